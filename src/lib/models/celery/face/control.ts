// `app.control` and `app.control.inspect()` as TypeScript learners see them.

import { run, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import type { Reply } from '../control/client.ts';
import { broadcast, inspect, type ControlOptions } from '../control/requests.ts';
import { checkOptions } from './context.ts';

type Given = Readonly<Record<string, unknown>>;
type Answer = SimPromise<Reply[] | null>;

const OPTIONS = ['destination', 'reply', 'timeout', 'limit'] as const;
const INSPECT_OPTIONS = ['destination', 'timeout', 'limit'] as const;

export class Control {
  readonly #app: CeleryApp;

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  inspect(options: ControlOptions = {}): Inspect {
    checkOptions('option of inspect', options, INSPECT_OPTIONS);
    return new Inspect(this.#app, options);
  }

  broadcast(method: string, options: ControlOptions & { arguments?: Given } = {}): Answer {
    const { arguments: given = {}, ...rest } = options;
    checkOptions('option of broadcast', rest, OPTIONS);
    return run(broadcast(this.#app, method, given, rest));
  }

  ping(options: ControlOptions = {}): Answer {
    return this.broadcast('ping', { ...options, reply: true });
  }

  shutdown(options: ControlOptions = {}): Answer {
    return this.broadcast('shutdown', options);
  }
}

export class Inspect {
  readonly #app: CeleryApp;
  readonly #options: ControlOptions;

  constructor(app: CeleryApp, options: ControlOptions) {
    this.#app = app;
    this.#options = options;
  }

  #ask(method: string, given: Given = {}): SimPromise<Reply | null> {
    return run(inspect(this.#app, method, given, this.#options));
  }

  active(): SimPromise<Reply | null> {
    return this.#ask('active');
  }

  activeQueues(): SimPromise<Reply | null> {
    return this.#ask('active_queues');
  }

  clock(): SimPromise<Reply | null> {
    return this.#ask('clock');
  }

  conf(): SimPromise<Reply | null> {
    return this.#ask('conf');
  }

  ping(): SimPromise<Reply | null> {
    return this.#ask('ping');
  }

  queryTask(...ids: string[]): SimPromise<Reply | null> {
    return this.#ask('query_task', { ids: ids.flat() });
  }

  registered(): SimPromise<Reply | null> {
    return this.#ask('registered');
  }

  reserved(): SimPromise<Reply | null> {
    return this.#ask('reserved');
  }

  scheduled(): SimPromise<Reply | null> {
    return this.#ask('scheduled');
  }

  stats(): SimPromise<Reply | null> {
    return this.#ask('stats');
  }
}

for (const Class of [Control, Inspect]) {
  Object.freeze(Class);
  Object.freeze(Class.prototype);
}
