// Events for Python programs (celery/events/__init__.py is the other half): streams by number, events as
// JSON texts.

import { run, wait, type Body } from '#lib/node/promise.ts';
import type { Given } from '#lib/node/python-port.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from '../app.ts';
import { anonymousName, sendEvent, type EventFields } from '../events/event.ts';
import { EventStream } from '../events/receiver.ts';
import { dumps, partsOf, RawJson } from '../json.ts';

type Question = 'events_open' | 'events_next' | 'events_close' | 'events_send';

export class PythonEvents {
  readonly #streams = new Map<number, EventStream>();
  #openedCount = 0;

  /** @throws OperationalError, RedisConnectionError */
  *ask(app: CeleryApp, what: Question, given: Given): Body<unknown> {
    if (what === 'events_open') return yield* this.#open(app, given);
    if (what === 'events_send') return yield* this.#send(app, given);
    const number = Number(given['stream']);
    const stream = this.#streams.get(number)!;
    if (what === 'events_next') return yield* this.#next(app, stream, given['timeout']);
    this.#streams.delete(number);
    stream.close();
    return null;
  }

  *#open(app: CeleryApp, { routingKey, wakeup }: Given): Body<number> {
    const stream = yield* EventStream.open(app, String(routingKey), wakeup === true);
    this.#streams.set(++this.#openedCount, stream);
    return this.#openedCount;
  }

  /** JSON text of a list, or null when none has come in time. */
  *#next(app: CeleryApp, stream: EventStream, timeout: unknown): Body<string | null> {
    const timeoutUs = typeof timeout === 'number' ? usFromSeconds(timeout) : null;
    const news = run(stream.next(timeoutUs));
    const events = yield* wait(
      app.process.waitFor(news, { what: 'events', by: [app.brokerUrl.host] }),
    );
    return events && `[${events.map(textOf).join(', ')}]`;
  }

  *#send(app: CeleryApp, { type, hostname, fields }: Given): Body<null> {
    const name = typeof hostname === 'string' ? hostname : anonymousName(app);
    const given = [...partsOf(String(fields))].map(([key, text]) => [key, new RawJson(text)]);
    const told = Object.fromEntries(given) as Record<string, RawJson>;
    yield* sendEvent(app, name, String(type), told);
    return null;
  }
}

function textOf(event: EventFields): string {
  return `{${[...event].map(([name, text]) => `${dumps(name)}: ${text}`).join(', ')}}`;
}
