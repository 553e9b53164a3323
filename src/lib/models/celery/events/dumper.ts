// `celery events --dump`: prints events as they come (celery/events/dumper.py).

import { SimPromise, Deferred, wait, type Body, run } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { CeleryError } from '../errors.ts';
import { loads } from '../json.ts';
import { reprOfJson } from '../python-repr.ts';
import { ConnectFailure } from '../transports/transport.ts';
import { numberField, textField, type EventFields } from './event.ts';
import { EventStream } from './receiver.ts';
import { moment } from './worker-states.ts';

const WORDS: Readonly<Record<string, string>> = {
  'worker-offline': 'shutdown',
  'worker-online': 'started',
  'worker-heartbeat': 'heartbeat',
};
/** Seconds between attempts to reach the broker: 2, 4, … up to 30. */
const RETRY_STEP_S = 2;
const RETRY_MAX_S = 30;

/** Runs until Ctrl+C. */
export function* dumpMain(app: CeleryApp): Body<void> {
  const interrupted = new Deferred<void>();
  app.process.onSignal('SIGINT', () => interrupted.resolve());
  say(app, '-> evdump: starting capture...');
  yield* wait(SimPromise.race([run(capture(app)), interrupted.promise]));
  app.process.exit(0);
}

function* capture(app: CeleryApp): Body<void> {
  const dumper = new Dumper();
  for (;;) {
    yield* reachBroker(app);
    try {
      const stream = yield* EventStream.open(app, '#', true);
      for (;;) {
        for (const event of (yield* stream.next(null)) ?? []) say(app, dumper.line(event));
      }
    } catch (error) {
      if (!(error instanceof CeleryError)) throw error;
      say(app, '-> Connection lost, attempting reconnect');
    }
  }
}

function* reachBroker(app: CeleryApp): Body<void> {
  for (let waitS = RETRY_STEP_S; ; waitS = Math.min(waitS + RETRY_STEP_S, RETRY_MAX_S)) {
    const connection = app.createConsumer();
    try {
      yield* connection.connect();
      return yield* connection.close();
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      const where = app.transportDescription;
      const when = `in ${waitS.toFixed(2)} seconds`;
      say(app, `-> Cannot connect to ${where}: ${error.message}.\nTrying again ${when}\n`);
      yield* wait(app.process.sleepUs(waitS * 1e6, { label: 'broker retry' }));
    }
  }
}

function say({ process }: CeleryApp, text: string): void {
  process.write('stdout', `${text}\n`, false);
}

/** Names a task in every line by what its first event told of it. */
export class Dumper {
  readonly #tasks = new Map<string, string>();

  line(event: EventFields): string {
    const type = textField(event, 'type').toLowerCase();
    const head = `${textField(event, 'hostname')} [${moment(numberField(event, 'timestamp') ?? 0)}]`;
    const taken = new Set(['timestamp', 'type', 'hostname']);
    const task = type.startsWith('task-') ? ` ${this.#taskOf(event, type, taken)}` : '';
    const names = [...event.keys()].filter((name) => !taken.has(name)).sort();
    const fields = names.map((name) => `${name}=${printed(event.get(name)!)}`).join(', ');
    const words = WORDS[type] ?? type.replaceAll('-', ' ');
    return `${head} ${words}${fields === '' ? '' : ':'}${task} ${fields}`;
  }

  #taskOf(event: EventFields, type: string, taken: Set<string>): string {
    taken.add('uuid');
    const id = textField(event, 'uuid');
    if (type !== 'task-received' && type !== 'task-sent') return this.#tasks.get(id) ?? '';
    const [name, args, kwargs] = ['name', 'args', 'kwargs'].map((one) => {
      taken.add(one);
      return textField(event, one);
    });
    const task = `${name}(${id}) args=${args} kwargs=${kwargs}`;
    this.#tasks.set(id, task);
    return task;
  }
}

/** As Python's `str` of a value. */
function printed(text: string): string {
  const value = text.startsWith('"') ? loads(text) : null;
  return typeof value === 'string' ? value : reprOfJson(text);
}
