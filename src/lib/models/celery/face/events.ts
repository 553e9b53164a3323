// `app.events` as TypeScript learners see it: who hears events, and what they tell of a cluster.

import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from '../app.ts';
import { anonymousName, sendEvent, type EventFields } from '../events/event.ts';
import { EventStream } from '../events/receiver.ts';
import { ClusterState } from '../events/task-states.ts';
import { BuiltinError } from '../errors.ts';
import { dumps, loads } from '../json.ts';
import { checkOptions } from './context.ts';

/** An event as programs see it, under its own field names. */
type Told = Readonly<Record<string, unknown>>;
type Handler = (event: Told) => unknown;

interface ReceiverOptions {
  handlers?: Readonly<Record<string, Handler>>;
  routingKey?: string;
}

interface CaptureOptions {
  limit?: number;
  timeout?: number;
  wakeup?: boolean;
}

/** A capture with an end in sight looks at the clock so often, in seconds. */
const SAFETY_INTERVAL_S = 1;

export class Receiver {
  readonly #app: CeleryApp;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly routingKey: string;
  shouldStop = false;

  constructor(app: CeleryApp, options: ReceiverOptions) {
    checkOptions('option of Receiver', options, ['handlers', 'routingKey']);
    this.#app = app;
    this.handlers = options.handlers ?? {};
    this.routingKey = options.routingKey ?? '#';
  }

  capture(options: CaptureOptions = {}): SimPromise<void> {
    checkOptions('option of capture', options, ['limit', 'timeout', 'wakeup']);
    return run(this.#capture(options));
  }

  *#capture({ limit = Infinity, timeout, wakeup = true }: CaptureOptions): Body<void> {
    const stream = yield* EventStream.open(this.#app, this.routingKey, wakeup);
    const hasEnd = limit < Infinity || timeout !== undefined;
    let elapsedS = 0;
    try {
      for (let round = 0; !this.shouldStop && round < limit; round++) {
        const events = yield* this.#next(stream, hasEnd);
        elapsedS = events ? 0 : elapsedS + SAFETY_INTERVAL_S;
        if (timeout !== undefined && elapsedS >= timeout) {
          throw new BuiltinError('TimeoutError', 'timed out');
        }
        for (const event of events ?? []) yield* this.#process(toldOf(event));
      }
    } finally {
      stream.close();
    }
  }

  *#next(stream: EventStream, hasEnd: boolean): Body<EventFields[] | null> {
    const { process, brokerUrl } = this.#app;
    const news = run(stream.next(hasEnd ? usFromSeconds(SAFETY_INTERVAL_S) : null));
    return yield* wait(process.waitFor(news, { what: 'events', by: [brokerUrl.host] }));
  }

  *#process(event: Told): Body<void> {
    const handler = this.handlers[String(event['type'])] ?? this.handlers['*'];
    if (handler) yield* wait(handler(event));
  }
}

export class Dispatcher {
  readonly #app: CeleryApp;
  readonly #hostname: string;

  constructor(app: CeleryApp, options: { hostname?: string }) {
    checkOptions('option of Dispatcher', options, ['hostname']);
    this.#app = app;
    this.#hostname = options.hostname ?? anonymousName(app);
  }

  send(type: string, fields: Told = {}): SimPromise<void> {
    return run(sendEvent(this.#app, this.#hostname, type, fields));
  }
}

export class State {
  readonly #app: CeleryApp;
  readonly #state = new ClusterState();
  eventCount = 0;

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  /** Takes an event; made for `handlers`. */
  readonly event = (event: Told): void => {
    this.eventCount++;
    this.#state.hear(new Map(Object.entries(event).map(([name, one]) => [name, dumps(one)])));
  };

  /** By name. */
  get workers(): Map<string, Told> {
    const nowUs = this.#app.process.wallUs();
    const rows = [...this.#state.workers.values()].map(({ hostname, expiresUs, fields }) => {
      const told = { hostname, alive: nowUs < expiresUs, ...toldOf(fields) };
      return [hostname, told] as const;
    });
    return new Map(rows);
  }

  /** By id. */
  get tasks(): Map<string, Told> {
    const rows = [...this.#state.tasks].map(
      ([id, task]) => [id, toldOf(new Map(task.entries()))] as const,
    );
    return new Map(rows);
  }

  aliveWorkers(): Told[] {
    return [...this.workers.values()].filter(({ alive }) => alive === true);
  }

  taskTypes(): string[] {
    return this.#state.taskTypes;
  }
}

export class Events {
  readonly #app: CeleryApp;

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  Receiver(options: ReceiverOptions = {}): Receiver {
    return new Receiver(this.#app, options);
  }

  Dispatcher(options: { hostname?: string } = {}): Dispatcher {
    return new Dispatcher(this.#app, options);
  }

  State(): State {
    return new State(this.#app);
  }
}

function toldOf(event: ReadonlyMap<string, string>): Told {
  return Object.fromEntries([...event].map(([name, text]) => [name, loads(text)]));
}

for (const Class of [Receiver, Dispatcher, State, Events]) {
  Object.freeze(Class);
  Object.freeze(Class.prototype);
}
