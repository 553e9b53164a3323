// `app.control` and `app.control.inspect()` as TypeScript learners see them.

import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import type { Reply } from '../control/client.ts';
import { purgeKnown } from '../control/purge.ts';
import { broadcast, inspect, type ControlOptions } from '../control/requests.ts';
import type { QueueSetting } from '../routing.ts';
import { checkOptions } from './context.ts';

type Given = Readonly<Record<string, unknown>>;
type Answer = SimPromise<Reply[] | null>;
/** What a method says besides its arguments. */
type Broadcast = Omit<ControlOptions, 'onReply'>;

export interface RevokeOptions {
  /** Also end the pool process that runs it. */
  terminate?: boolean;
  signal?: string;
}

/** `wait`: for the workers' answers, so many seconds. */
export interface ResultRevokeOptions extends RevokeOptions {
  wait?: boolean;
  timeout?: number;
}

/** `AsyncResult.revoke` and `GroupResult.revoke`. */
export function* revokeAll(
  app: CeleryApp,
  ids: string | readonly string[],
  options: ResultRevokeOptions,
): Body<void> {
  checkOptions('option of revoke', options, ['terminate', 'signal', 'wait', 'timeout']);
  const { terminate = false, signal = null, wait: reply = false, timeout = 1 } = options;
  yield* broadcast(app, 'revoke', { task_id: ids, terminate, signal }, { reply, timeout });
}

const OPTIONS = ['destination', 'reply', 'timeout', 'limit'] as const;
const INSPECT_OPTIONS = ['destination', 'timeout', 'limit'] as const;
const QUEUE_OPTIONS = ['exchange', 'exchangeType', 'routingKey'] as const;

export class Control {
  readonly #app: CeleryApp;

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  inspect(options: Broadcast = {}): Inspect {
    checkOptions('option of inspect', options, INSPECT_OPTIONS);
    return new Inspect(this.#app, options);
  }

  broadcast(method: string, options: Broadcast & { arguments?: Given } = {}): Answer {
    const { arguments: given = {}, ...rest } = options;
    return this.#send(method, given, rest);
  }

  /** @param known names of options that are the method's own */
  #send(method: string, given: Given, options: Broadcast, known: readonly string[] = []): Answer {
    checkOptions(`option of ${method}`, options, [...known, ...OPTIONS]);
    return run(broadcast(this.#app, method, given, options));
  }

  ping(options: Broadcast = {}): Answer {
    return this.#send('ping', {}, { ...options, reply: true });
  }

  revoke(taskId: string | readonly string[], options: RevokeOptions & Broadcast = {}): Answer {
    const { terminate = false, signal = 'SIGTERM' } = options;
    const given = { task_id: taskId, terminate, signal };
    return this.#send('revoke', given, options, ['terminate', 'signal']);
  }

  terminate(
    taskId: string | readonly string[],
    options: Omit<RevokeOptions, 'terminate'> & Broadcast = {},
  ): Answer {
    return this.revoke(taskId, { ...options, terminate: true });
  }

  rateLimit(taskName: string, limit: string | number | null, options: Broadcast = {}): Answer {
    return this.#send('rate_limit', { task_name: taskName, rate_limit: limit }, options);
  }

  timeLimit(taskName: string, options: { soft?: number; hard?: number } & Broadcast = {}): Answer {
    const { soft = null, hard = null } = options;
    const given = { task_name: taskName, hard, soft };
    return this.#send('time_limit', given, options, ['soft', 'hard']);
  }

  addConsumer(queue: string, options: Omit<QueueSetting, 'name'> & Broadcast = {}): Answer {
    const { exchange = null, exchangeType = 'direct', routingKey = null } = options;
    const given = { queue, exchange, exchange_type: exchangeType, routing_key: routingKey };
    return this.#send('add_consumer', given, options, QUEUE_OPTIONS);
  }

  cancelConsumer(queue: string, options: Broadcast = {}): Answer {
    return this.#send('cancel_consumer', { queue }, options);
  }

  poolGrow(n = 1, options: Broadcast = {}): Answer {
    return this.#send('pool_grow', { n }, options);
  }

  poolShrink(n = 1, options: Broadcast = {}): Answer {
    return this.#send('pool_shrink', { n }, options);
  }

  shutdown(options: Broadcast = {}): Answer {
    return this.#send('shutdown', {}, options);
  }

  purge(): SimPromise<number> {
    return run(purgeKnown(this.#app));
  }

  discardAll(): SimPromise<number> {
    return this.purge();
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

  conf({ withDefaults = false } = {}): SimPromise<Reply | null> {
    return this.#ask('conf', { with_defaults: withDefaults });
  }

  ping(): SimPromise<Reply | null> {
    return this.#ask('ping');
  }

  queryTask(...ids: string[]): SimPromise<Reply | null> {
    return this.#ask('query_task', { ids: ids.flat() });
  }

  registered(...items: string[]): SimPromise<Reply | null> {
    return this.#ask('registered', { taskinfoitems: items });
  }

  report(): SimPromise<Reply | null> {
    return this.#ask('report');
  }

  reserved(): SimPromise<Reply | null> {
    return this.#ask('reserved');
  }

  revoked(): SimPromise<Reply | null> {
    return this.#ask('revoked');
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
