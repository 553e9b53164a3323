// Broadcasts through Redis (bus.ts), the way kombu does it (kombu/transport/redis.py, `_put_fanout`
// and `_subscribe`): publish and subscribe for a fanout, a list for what goes to one.

import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { Ears } from '../ears.ts';
import { OperationalError, RedisConnectionError } from '../errors.ts';
import { uuid } from '../ids.ts';
import { readRedisPayload, redisPayload } from '../message.ts';
import { RedisClient, RedisLink } from '../redis-client.ts';
import { BINDING_KEY, type Command } from '../redis-labels.ts';
import { binaryOf, textOf, type Resp } from '../resp.ts';
import type { ServiceUrl } from '../url.ts';
import type { Broadcast, Bus, BusExchange, Subscription } from './bus.ts';
import { connectWithRetries } from './publishing.ts';
import { bindingOf, queuesFor } from './redis-routing.ts';

const isRedisError = (error: unknown): boolean => error instanceof RedisConnectionError;
/** Seconds for which one poll of a list waits (kombu's brpop_timeout). */
const POLL_S = 1;
const GUARD_US = 60_000_000;

export class RedisBus implements Bus {
  readonly #process: NodeProcess;
  readonly #url: ServiceUrl;
  readonly #client: RedisClient;
  readonly #pollers: RedisClient[] = [];
  #opening: SimPromise<RedisLink> | null = null;
  #listener: RedisLink | null = null;
  /** Subscriptions that the server has not confirmed yet. */
  readonly #answers: Deferred<void>[] = [];
  /** Undoes the bindings. */
  readonly #farewell: Command[] = [];
  /** By the channel, or the pattern of channels, that brings its messages. */
  readonly #subscriptions = new Map<string, Subscription>();
  #isClosed = false;
  onLost: (() => void) | null = null;

  readonly #ears: Ears;

  constructor(process: NodeProcess, url: ServiceUrl, ears: Ears) {
    this.#process = process;
    this.#url = url;
    this.#ears = ears;
    this.#client = new RedisClient(process, url, ears);
  }

  publish(broadcast: Broadcast): Body<void> {
    return this.#guarded(this.#publish(broadcast));
  }

  subscribe(subscription: Subscription): Body<void> {
    return this.#guarded(this.#subscribe(subscription));
  }

  /** Somebody waits for it, but its messages are background: this keeps the run alive (KT7). */
  *#guarded(work: Body<void>): Body<void> {
    const timer = this.#process.setTimer(GUARD_US, () => undefined, { label: 'broadcast' });
    try {
      yield* work;
    } finally {
      this.#process.clearTimer(timer);
    }
  }

  *#publish(broadcast: Broadcast): Body<void> {
    const { exchange, routingKey } = broadcast;
    const payload = this.#payloadOf(broadcast);
    try {
      yield* connectWithRetries(this.#process, () => this.#client.connect(), isRedisError);
      if (exchange.type !== 'direct') {
        yield* this.#client.command('PUBLISH', this.#channelOf(exchange, routingKey), payload);
        return;
      }
      // Nobody bound: nobody waits for it any more.
      const table = yield* this.#client.command('SMEMBERS', BINDING_KEY + exchange.name);
      const queues = queuesFor(table as readonly string[], routingKey);
      const pushes = queues.map((queue): Command => ['LPUSH', queue, payload]);
      if (pushes.length > 0) yield* this.#client.pipeline(pushes);
    } catch (error) {
      throw operational(error);
    }
  }

  *#subscribe(subscription: Subscription): Body<void> {
    const { exchange, queue, routingKey } = subscription;
    const binding = binaryOf(bindingOf(exchange.type, routingKey, queue));
    const bindings = BINDING_KEY + exchange.name;
    try {
      yield* connectWithRetries(this.#process, () => this.#client.connect(), isRedisError);
      yield* this.#client.command('SADD', bindings, binding);
      this.#farewell.push(['SREM', bindings, binding]);
      if (exchange.type !== 'direct') return yield* this.#listen(subscription);
      this.#farewell.push(['DEL', queue]);
      run(this.#poll(subscription));
    } catch (error) {
      throw operational(error);
    }
  }

  ready(): Body<void> {
    return this.#guarded(this.#connect());
  }

  tell(broadcast: Broadcast): boolean {
    const link = this.#client.openLink;
    if (!link) return false;
    const { exchange, routingKey } = broadcast;
    const sent = link.exchange([
      ['PUBLISH', this.#channelOf(exchange, routingKey), this.#payloadOf(broadcast)],
    ]);
    link.isAwaited = false;
    sent.catch(() => undefined);
    return true;
  }

  *#connect(): Body<void> {
    try {
      yield* connectWithRetries(this.#process, () => this.#client.connect(), isRedisError);
    } catch (error) {
      throw operational(error);
    }
  }

  #payloadOf({ exchange, routingKey, message }: Broadcast): string {
    const target = { exchange: exchange.name, routingKey };
    return binaryOf(redisPayload(message, target, uuid(this.#process)));
  }

  close(): void {
    this.#isClosed = true;
    this.#client.tell(this.#farewell);
    this.#client.close();
    for (const poller of this.#pollers) poller.close();
    this.#listener?.close();
  }

  /** `/0.celery.pidbox`, `/0.celeryev/task.received`. */
  #channelOf({ name }: BusExchange, routingKey: string): string {
    const channel = `/${this.#url.database}.${name}`;
    return routingKey === '' ? channel : `${channel}/${routingKey}`;
  }

  /** Waits for the server's word: what is published from then on will come. */
  *#listen(subscription: Subscription): Body<void> {
    const { exchange, routingKey } = subscription;
    const pattern = this.#channelOf(exchange, routingKey.replaceAll('#', '*'));
    this.#subscriptions.set(binaryOf(pattern), subscription);
    this.#opening ??= run(this.#openListener());
    const link = yield* wait(this.#opening);
    const answered = new Deferred<void>();
    this.#answers.push(answered);
    link.tell([['PSUBSCRIBE', binaryOf(pattern)]]);
    yield* wait(answered.promise);
  }

  *#openListener(): Body<RedisLink> {
    const link = yield* RedisLink.open(this.#process, this.#url, this.#ears);
    link.onPush = (value) => this.#take(value);
    link.onLost = (error) => {
      for (const { reject } of this.#answers.splice(0)) reject(error);
      this.#lose();
    };
    this.#listener = link;
    return link;
  }

  #take(value: Resp): void {
    const [kind, pattern, , payload] = Array.isArray(value) ? (value as Resp[]) : [];
    if (kind === 'psubscribe') this.#answers.shift()?.resolve();
    if (kind !== 'pmessage') return;
    const subscription = this.#subscriptions.get(String(pattern));
    if (subscription) hand(subscription, String(payload));
  }

  *#poll(subscription: Subscription): Body<void> {
    const poller = new RedisClient(this.#process, this.#url);
    this.#pollers.push(poller);
    try {
      const queue = binaryOf(subscription.queue);
      while (!this.#isClosed) {
        const link = yield* poller.connect();
        const reply = link.exchange([['BRPOP', queue, String(POLL_S)]]);
        // The replies are waited for with a time limit by whoever asked.
        link.isAwaited = false;
        const [popped] = yield* wait(reply);
        if (Array.isArray(popped) && !this.#isClosed) hand(subscription, String(popped[1]));
      }
    } catch (error) {
      if (!isRedisError(error)) throw error;
      this.#lose();
    }
  }

  #lose(): void {
    if (this.#isClosed) return;
    this.close();
    this.onLost?.();
  }
}

function hand({ onMessage }: Subscription, payload: string): void {
  const message = readRedisPayload(textOf(payload));
  onMessage(message, message.routingKey);
}

function operational(error: unknown): unknown {
  return isRedisError(error) ? OperationalError.from(error as Error) : error;
}
