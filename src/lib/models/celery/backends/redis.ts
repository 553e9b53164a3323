// Redis as a result backend: a string key per task, and a channel of the same name that says when it
// changes (celery/backends/redis.py). A client subscribes before it sends the task, then reads the
// key once and waits for the channel.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { Settings } from '../conf.ts';
import { OperationalError, RedisConnectionError, RuntimeError } from '../errors.ts';
import { RedisClient, RedisLink } from '../redis-client.ts';
import { RESULT_KEY } from '../redis-labels.ts';
import { binaryOf, textOf, type Resp } from '../resp.ts';
import { displayUrl, type ServiceUrl } from '../url.ts';
import {
  isReady,
  PENDING,
  readMeta,
  writeMeta,
  type ResultBackend,
  type ResultMeta,
  type ResultTarget,
  type WhileWaiting,
} from './backend.ts';
import { WaitingResults } from './waiting.ts';

/** The subscription is tried again at once and then every second, 20 times (retry_policy). */
const RETRY_MAX = 20;
const RETRY_US = 1_000_000;
const RETRY_LIMIT_EXCEEDED =
  'Retry limit exceeded while trying to reconnect to the Celery redis result store backend. ' +
  'The Celery application must be restarted.';

export class RedisBackend implements ResultBackend {
  readonly #process: NodeProcess;
  readonly #settings: Settings;
  readonly #client: RedisClient;
  readonly description: string;
  readonly hosts: readonly string[];
  readonly replyTo = '';
  #subscription: RedisLink | null = null;
  #subscribing: SimPromise<RedisLink> | null = null;
  readonly #subscribed = new Set<string>();
  readonly #waiting = new WaitingResults();

  constructor(process: NodeProcess, url: ServiceUrl, settings: Settings) {
    this.#process = process;
    this.#settings = settings;
    this.#client = new RedisClient(process, url);
    this.description = displayUrl(url);
    this.hosts = [url.host];
  }

  *onTaskCall(taskId: string): Body<void> {
    try {
      yield* this.#subscribe(taskId);
    } catch (error) {
      if (!(error instanceof RedisConnectionError)) throw error;
      throw new OperationalError(error.message);
    }
  }

  *store({ taskId }: ResultTarget, meta: ResultMeta): Body<void> {
    const known = yield* this.meta(taskId);
    // A late duplicate does not take a success back.
    if (known.status === 'SUCCESS') return;
    const key = RESULT_KEY + taskId;
    const value = binaryOf(writeMeta(taskId, meta));
    const expiresS = Math.ceil(this.#settings.resultExpires);
    yield* this.#client.transaction([
      expiresS > 0 ? ['SETEX', key, String(expiresS), value] : ['SET', key, value],
      ['PUBLISH', key, value],
    ]);
  }

  *meta(taskId: string): Body<ResultMeta> {
    const value = yield* this.#client.command('GET', RESULT_KEY + taskId);
    return typeof value === 'string' ? readMeta(textOf(value)).meta : PENDING;
  }

  *wait(taskId: string, whileWaiting: WhileWaiting): Body<ResultMeta> {
    yield* this.#subscribe(taskId);
    const waiting = this.#waiting.join(taskId);
    this.#updateHold();
    try {
      return yield* whileWaiting(run(this.#resolved(taskId, waiting)));
    } finally {
      this.#waiting.leave(taskId);
      this.#updateHold();
    }
  }

  *#resolved(taskId: string, waiting: SimPromise<ResultMeta>): Body<ResultMeta> {
    const known = yield* this.meta(taskId);
    return isReady(known) ? known : yield* wait(waiting);
  }

  *#subscribe(taskId: string): Body<void> {
    const channel = RESULT_KEY + taskId;
    if (this.#subscribed.has(channel)) return;
    const link = yield* this.#connected();
    this.#subscribed.add(channel);
    link.tell([['SUBSCRIBE', channel]]);
  }

  *#connected(): Body<RedisLink> {
    if (this.#subscription?.isOpen) return this.#subscription;
    this.#subscribing ??= run(this.#connect());
    return yield* wait(this.#subscribing);
  }

  *#connect(): Body<RedisLink> {
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return yield* this.#open();
        } catch (error) {
          if (!(error instanceof RedisConnectionError) || attempt >= RETRY_MAX) throw error;
        }
        if (attempt > 0) yield* wait(this.#process.sleepUs(RETRY_US, { label: 'result retry' }));
      }
    } finally {
      this.#subscribing = null;
    }
  }

  *#open(): Body<RedisLink> {
    const link = yield* RedisLink.open(this.#process, this.#client.address);
    link.onPush = (value) => this.#take(value);
    link.onLost = () => void run(this.#reconnect());
    this.#subscription = link;
    this.#updateHold();
    return link;
  }

  /** After a loss: subscribe again, and look at what happened meanwhile. */
  *#reconnect(): Body<void> {
    try {
      const link = yield* this.#connected();
      if (this.#subscribed.size > 0) link.tell([['SUBSCRIBE', ...this.#subscribed]]);
      for (const taskId of this.#waiting.taskIds) {
        const known = yield* this.meta(taskId);
        if (isReady(known)) this.#waiting.settle(taskId, known);
      }
    } catch (error) {
      if (!(error instanceof RedisConnectionError)) throw error;
      this.#waiting.fail(new RuntimeError(RETRY_LIMIT_EXCEEDED));
    }
  }

  #take(value: Resp): void {
    const [kind, , payload] = Array.isArray(value) ? (value as readonly Resp[]) : [];
    if (kind !== 'message') return;
    const { taskId, meta } = readMeta(textOf(String(payload)));
    if (isReady(meta)) this.#waiting.settle(taskId, meta);
  }

  /** A program that waits for a result may not end. */
  #updateHold(): void {
    if (this.#subscription) this.#subscription.isAwaited = !this.#waiting.isEmpty;
  }
}
