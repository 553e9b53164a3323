// Redis as Celery's broker, the way kombu does it (kombu/transport/redis.py): a queue is a list,
// acknowledgement is emulated with a hash `unacked` and a sorted set `unacked_index` of delivery
// times, and what nobody acknowledged is looked for from time to time and put back.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { Settings } from '../conf.ts';
import type { Ears } from '../ears.ts';
import { ImproperlyConfigured, RedisConnectionError } from '../errors.ts';
import { uuid } from '../ids.ts';
import { dumps, loads } from '../json.ts';
import { markRedelivered, readRedisPayload, redisPayload, type Target } from '../message.ts';
import { QUEUED, UNACKED } from '../obligations.ts';
import { RedisClient } from '../redis-client.ts';
import {
  BINDING_KEY,
  MUTEX_KEY,
  UNACKED_INDEX_KEY,
  UNACKED_KEY,
  type Command,
} from '../redis-labels.ts';
import { binaryOf, textOf, type Resp } from '../resp.ts';
import type { QueueSpec } from '../routing.ts';
import type { ServiceUrl } from '../url.ts';
import { connectWithRetries, publishWithRetries } from './publishing.ts';
import { bindingOf, queuesFor, SEPARATOR } from './redis-routing.ts';
import {
  ConnectFailure,
  type Consumer,
  type ConsumerOptions,
  type Delivery,
  type Producer,
  type Publication,
} from './transport.ts';

const isRedisError = (error: unknown): boolean => error instanceof RedisConnectionError;

/** Messages of priority 3, 6 and 9 lie in lists of their own; all are polled. */
const PRIORITY_STEPS = [0, 3, 6, 9] as const;

function listOf(queue: string, priority: number): string {
  const step = PRIORITY_STEPS.findLast((one) => one <= priority) ?? 0;
  return step > 0 ? `${queue}${SEPARATOR}${step}` : queue;
}

/** The lists of a queue. */
export function queueLists(queue: string): string[] {
  return PRIORITY_STEPS.map((priority) => listOf(queue, priority));
}

/** kombu notes which queues are bound to an exchange, so that others find them. */
function bindCommand({ name, exchange, exchangeType, routingKey }: QueueSpec): Command {
  if (exchangeType === 'fanout' || exchangeType === 'headers') {
    throw new ImproperlyConfigured(
      `a ${exchangeType} exchange for tasks (queue ${name}) needs RabbitMQ in this model`,
    );
  }
  const binding = bindingOf(exchangeType, routingKey, name);
  return ['SADD', binaryOf(BINDING_KEY + exchange), binaryOf(binding)];
}

/** The lists that a message goes to; a new binding goes before the question. */
function* queuesOf(
  client: RedisClient,
  { exchange, routingKey }: Target,
  binding: readonly Command[] = [],
): Body<string[]> {
  if (exchange === '') return [routingKey];
  const ask: Command = ['SMEMBERS', binaryOf(BINDING_KEY + exchange)];
  const table = (yield* client.pipeline([...binding, ask])).at(-1);
  return Array.isArray(table) ? queuesFor(table as string[], routingKey) : [];
}

export class RedisProducer implements Producer {
  readonly #process: NodeProcess;
  readonly #client: RedisClient;
  readonly #bound = new Set<string>();
  #wasConnected = false;

  constructor(process: NodeProcess, url: ServiceUrl) {
    this.#process = process;
    this.#client = new RedisClient(process, url);
  }

  *publish(publication: Publication): Body<void> {
    const publish = (): Body<void> => this.#publish(publication);
    yield* publishWithRetries(this.#process, publish, isRedisError, publication.policy);
  }

  *#publish({ route, message, onSend }: Publication): Body<void> {
    const { queue } = route;
    const binding = queue && !this.#bound.has(queue.name) ? [bindCommand(queue)] : [];
    if (this.#wasConnected) yield* this.#client.connect();
    else yield* connectWithRetries(this.#process, () => this.#client.connect(), isRedisError);
    this.#wasConnected = true;
    const payload = binaryOf(redisPayload(message, route, uuid(this.#process)));
    const names = yield* queuesOf(this.#client, route, binding);
    const { priority } = message.properties;
    const pushes = names.map((name): Command => [
      'LPUSH',
      binaryOf(listOf(name, priority)),
      payload,
    ]);
    onSend();
    yield* this.#client.pipeline([...(route.exchange === '' ? binding : []), ...pushes]);
    if (queue) this.#bound.add(queue.name);
  }
}

/** Seconds for which an emptied queue is watched before the poll is asked again (brpop_timeout). */
const POLL_S = 1;
/** kombu looks at the connection of a waiting poll every so often (health_check_interval). */
const POLL_CHECK_US = 25_000_000;
const RESTORE_TICK_US = 10_000_000;
/** The check for lost deliveries is done on one tick of so many. */
const RESTORE_INTERVAL = 10;
/** Ticks that count as past when a worker connects: the next check came 90 s later (observed). */
const RESTORE_START = 1;
const RESTORE_MAX = 10;
const MUTEX_EXPIRE_MS = 300_000;
const VISIBILITY_TIMEOUT_S = 3600;

export class RedisConsumer implements Consumer {
  readonly #process: NodeProcess;
  readonly #visibilityTimeoutS: number;
  /** One connection waits in BRPOP, the other does everything else. */
  readonly #poller: RedisClient;
  readonly #client: RedisClient;
  readonly #unacked = new Map<string, string>();
  #options: ConsumerOptions | null = null;
  #queues: string[] = [];
  #prefetchCount = 0;
  #polling: SimPromise<void> | null = null;
  #isCancelled = false;
  #isClosed = false;
  #pollTimer = 0;
  #restoreTimer = 0;
  #restoreCount = RESTORE_START;

  readonly #ears: Ears;

  constructor(process: NodeProcess, url: ServiceUrl, settings: Settings, ears: Ears) {
    this.#process = process;
    this.#ears = ears;
    this.#poller = new RedisClient(process, url, ears);
    this.#client = new RedisClient(process, url, ears);
    this.#visibilityTimeoutS =
      settings.brokerTransportOptions.visibilityTimeout ?? VISIBILITY_TIMEOUT_S;
  }

  get restorableCount(): number {
    return this.#unacked.size;
  }

  *connect(): Body<void> {
    try {
      yield* this.#client.connect();
      yield* this.#poller.connect();
    } catch (error) {
      if (!isRedisError(error)) throw error;
      this.#client.close();
      this.#poller.close();
      throw new ConnectFailure((error as Error).message);
    }
    this.#inBackground(this.#restoreVisible());
    this.#tick();
  }

  *start(options: ConsumerOptions): Body<void> {
    this.#options = options;
    this.#prefetchCount = options.prefetchCount;
    this.#client.onLost = (error) => this.#lose(error);
    this.#poller.onLost = (error) => this.#lose(error);
    yield* this.#client.pipeline(options.queues.map(bindCommand));
    this.#queues = options.queues.map(({ name }) => name);
    this.#poll();
  }

  *addQueue(queue: QueueSpec): Body<void> {
    yield* this.#client.pipeline([bindCommand(queue)]);
    this.#queues.push(queue.name);
    this.#poll();
  }

  /** The poll under way may still bring a message of it. */
  cancelQueue(name: string): void {
    this.#queues = this.#queues.filter((one) => one !== name);
  }

  setPrefetchCount(count: number): void {
    this.#prefetchCount = count;
    this.#poll();
  }

  ack({ tag }: Delivery): void {
    this.#settle(String(tag));
  }

  reject({ tag }: Delivery, requeue: boolean): void {
    if (!requeue) return this.#settle(String(tag));
    this.#unacked.delete(String(tag));
    this.#inBackground(this.#restoreByTag(String(tag), true));
    this.#poll();
  }

  cancel(): void {
    this.#isCancelled = true;
  }

  *close(): Body<void> {
    this.cancel();
    // What the last poll brings must not be lost: it is waited for, and goes back with the others.
    if (this.#polling) yield* wait(this.#polling);
    this.#process.clearTimer(this.#restoreTimer);
    const tags = [...this.#unacked.keys()].reverse();
    this.#unacked.clear();
    try {
      // The last delivered goes back first, so that the queue has its old order.
      for (const tag of this.#isClosed ? [] : tags) yield* this.#restoreByTag(tag, false);
    } catch (error) {
      if (!isRedisError(error)) throw error;
    }
    this.#isClosed = true;
    this.#client.close();
    this.#poller.close();
  }

  /** There is room for a message, and somewhere to look for one. */
  get #mayPoll(): boolean {
    const hasRoom = this.#prefetchCount === 0 || this.#unacked.size < this.#prefetchCount;
    return hasRoom && this.#queues.length > 0;
  }

  #settle(tag: string): void {
    if (this.#unacked.delete(tag) && !this.#isClosed) {
      const commands: Command[] = [
        ['ZREM', UNACKED_INDEX_KEY, tag],
        ['HDEL', UNACKED_KEY, tag],
      ];
      this.#ears.whenOpen(() => this.#inBackground(this.#client.transaction(commands)));
    }
    this.#ears.whenOpen(() => this.#poll());
  }

  // Polling.

  #poll(): void {
    if (this.#polling || this.#isCancelled || !this.#mayPoll) return;
    this.#polling = run(this.#pollWhileRoom());
  }

  *#pollWhileRoom(): Body<void> {
    this.#armPollCheck();
    try {
      while (this.#mayPoll && !this.#isCancelled) {
        const reply = yield* this.#poller.command('BRPOP', ...this.#lists(), String(POLL_S));
        if (reply !== null) this.#receive(reply);
        yield* this.#ears.hear();
      }
    } catch (error) {
      if (!isRedisError(error)) throw error;
      this.#lose(error as RedisConnectionError);
    }
    this.#process.clearTimer(this.#pollTimer);
    this.#polling = null;
  }

  #lists(): string[] {
    return PRIORITY_STEPS.flatMap((priority) =>
      this.#queues.map((name) => binaryOf(listOf(name, priority))),
    );
  }

  /** The poll's own messages are background; this keeps the run alive while it has something to find. */
  #armPollCheck(): void {
    const again = (): void => this.#armPollCheck();
    this.#pollTimer = this.#process.setTimer(POLL_CHECK_US, again, {
      whileHeld: QUEUED,
      label: 'poll check',
    });
  }

  #receive(reply: Resp): void {
    const [list, payload] = reply as readonly Resp[];
    const text = textOf(String(payload));
    const queue = textOf(String(list)).split(SEPARATOR)[0]!;
    const message = readRedisPayload(text);
    const { deliveryTag: tag, exchange, routingKey } = message;
    this.#unacked.set(tag, text);
    const score = String(this.#process.wallUs() / 1e6);
    const commands: Command[] = [
      ['ZADD', UNACKED_INDEX_KEY, score, tag],
      ['HSET', UNACKED_KEY, tag, binaryOf(`[${text}, ${dumps(exchange)}, ${dumps(routingKey)}]`)],
    ];
    this.#inBackground(this.#client.transaction(commands));
    if (this.#isCancelled) return;
    if (!this.#queues.includes(queue))
      return this.reject({ message, queue, tag, redelivered: null }, true);
    const redelivered = message.headers['redelivered'] === true ? true : null;
    this.#options!.onDelivery({ message, queue, tag, redelivered });
  }

  // Looking for what was lost.

  #tick(): void {
    const tick = (): void => {
      this.#tick();
      this.#restoreCount++;
      if (this.#restoreCount % RESTORE_INTERVAL !== 0) return;
      this.#ears.whenOpen(() => this.#inBackground(this.#restoreVisible()));
    };
    this.#restoreTimer = this.#process.setTimer(RESTORE_TICK_US, tick, {
      whileHeld: UNACKED,
      label: 'restore check',
    });
  }

  /** Puts back what was delivered longer ago than the visibility timeout; one worker at a time. */
  *#restoreVisible(): Body<void> {
    const mutex = ['SET', MUTEX_KEY, uuid(this.#process), 'NX', 'PX', String(MUTEX_EXPIRE_MS)];
    if ((yield* this.#client.command(...mutex)) === null) return;
    const ceiling = String(this.#process.wallUs() / 1e6 - this.#visibilityTimeoutS);
    const visible = yield* this.#client.command(
      ...['ZREVRANGEBYSCORE', UNACKED_INDEX_KEY, ceiling, '0', 'WITHSCORES'],
      ...['LIMIT', '0', String(RESTORE_MAX)],
    );
    const tags = (visible as readonly string[]).filter((_, index) => index % 2 === 0);
    for (const tag of tags) yield* this.#restoreByTag(tag, false);
    yield* this.#client.command('DEL', MUTEX_KEY);
  }

  *#restoreByTag(tag: string, isLeftmost: boolean): Body<void> {
    const [entry] = yield* this.#client.transaction([
      ['HGET', UNACKED_KEY, tag],
      ['ZREM', UNACKED_INDEX_KEY, tag],
      ['HDEL', UNACKED_KEY, tag],
    ]);
    if (typeof entry !== 'string') return;
    const [, exchange, routingKey] = loads(textOf(entry)) as [unknown, string, string];
    const payload = markRedelivered(payloadOf(textOf(entry)));
    const { priority } = readRedisPayload(payload).properties;
    for (const queue of yield* queuesOf(this.#client, { exchange, routingKey })) {
      const list = binaryOf(listOf(queue, priority));
      yield* this.#client.command(isLeftmost ? 'LPUSH' : 'RPUSH', list, binaryOf(payload));
    }
  }

  #inBackground(work: Body<unknown>): void {
    run(guarded(work));
  }

  #lose(error: RedisConnectionError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isCancelled = true;
    this.#process.clearTimer(this.#pollTimer);
    this.#process.clearTimer(this.#restoreTimer);
    this.#client.close();
    this.#poller.close();
    this.#options?.onLost({ text: `redis.exceptions.ConnectionError: ${error.message}` });
  }
}

/** What fails because the connection is gone is told by `onLost`; anything else is a bug and shows. */
function* guarded(work: Body<unknown>): Body<void> {
  try {
    yield* work;
  } catch (error) {
    if (!isRedisError(error)) throw error;
  }
}

/** The message inside `[message, exchange, routing key]`, unread. */
function payloadOf(entry: string): string {
  const start = entry.indexOf('{');
  const end = entry.lastIndexOf('}');
  return entry.slice(start, end + 1);
}
