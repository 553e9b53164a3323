// What the sessions of a Redis server share: databases, channels, clients that wait, and what the
// rest of the cluster is told of it all.

import type { NodeProcess } from '#lib/node/process.ts';
import { COST, serialiseNs } from '../../costs.ts';
import { QUEUED, UNACKED } from '../../obligations.ts';
import { UNACKED_INDEX_KEY, UNACKED_KEY, type Command } from '../../redis-labels.ts';
import { shortened } from '../../previews.ts';
import { OK, textOf, type Resp } from '../../resp.ts';
import { globPattern } from './commands/keys.ts';
import { pop } from './commands/lists.ts';
import type { CommandContext } from './commands/table.ts';
import type { RedisConfig } from './config.ts';
import type { RedisLog } from './log.ts';
import { Persistence } from './persistence.ts';
import { Database } from './store.ts';

const DATABASE_COUNT = 16;
/** Between a queue's name and the priority of one of its lists. */
const SEPARATOR = '\x06\x16';

/** A client in a blocking pop. */
export interface Waiter {
  databaseIndex: number;
  keys: readonly string[];
  /** Answers it: `[key, value]`, or null when time is up. */
  serve(value: Resp): void;
}

interface Subscriber {
  /** @param pattern what it subscribed to, when that was a pattern */
  notify(channel: string, payload: string, pattern: string | null): void;
}

type Subscribers = Map<string, Set<Subscriber>>;

interface QueueDepth {
  ready: number;
  unacked: number;
}

export class RedisState {
  readonly #process: NodeProcess;
  readonly #databases: readonly Database[];
  readonly #channels: Subscribers = new Map();
  readonly #patterns: Subscribers = new Map();
  /** In the order in which they began to wait, with the timer that ends it. */
  readonly #waiters = new Map<Waiter, number>();
  readonly #shown = new Map<string, string>();
  readonly #held = new Map<string, boolean>();
  #isSettling = false;
  readonly config: RedisConfig;
  readonly persistence: Persistence;

  constructor(process: NodeProcess, config: RedisConfig, log: RedisLog) {
    this.#process = process;
    this.config = config;
    this.persistence = new Persistence(process, config, log, {
      contextOf: (index) => this.context(index),
      databaseCount: DATABASE_COUNT,
      size: () => this.#databases.reduce((sum, { size }) => sum + size, 0),
    });
    const nowUs = (): number => process.nowUs();
    this.#databases = Array.from({ length: DATABASE_COUNT }, () => new Database(nowUs));
  }

  get databaseCount(): number {
    return DATABASE_COUNT;
  }

  context(databaseIndex: number): CommandContext {
    const { wallUs, nowUs } = { wallUs: this.#process.wallUs(), nowUs: this.#process.nowUs() };
    return { db: this.#databases[databaseIndex]!, wallUs, nowUs };
  }

  /**
   * Takes back what the disk has kept.
   *
   * @throws PersistenceFailure
   */
  load(): void {
    this.persistence.load();
    this.#showQueues();
  }

  /** @param isSaved by default what the settings say */
  shutDown(isSaved?: boolean): void {
    if (this.persistence.stop(isSaved)) this.#process.exit(0);
  }

  /** What a command costs the CPU. */
  spend(command: Command): void {
    const length = command.reduce((sum, word) => sum + word.length, 0);
    this.#process.spendNs(COST.redisCommandNs + serialiseNs(length));
  }

  /** After commands: whoever waits is served, and the trace is told what changed. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    while (this.#serveOne());
    this.#isSettling = false;
    this.#showQueues();
  }

  /** @param section '' for all */
  info(section: string): string {
    const sections = [
      [
        '# Server',
        'redis_version:7.0.15',
        'redis_mode:standalone',
        `process_id:${this.#process.spec.pid}`,
        `tcp_port:${this.config.port}`,
        `uptime_in_seconds:${Math.floor(this.#process.nowUs() / 1e6)}`,
      ],
      ['# Clients', `blocked_clients:${this.#waiters.size}`],
      this.persistence.info(),
      [
        '# Keyspace',
        ...this.#databases.flatMap((db, index) =>
          db.size === 0 ? [] : [`db${index}:keys=${db.size},expires=0,avg_ttl=0`],
        ),
      ],
    ];
    const isAll = ['', 'all', 'default', 'everything'].includes(section);
    const wanted = sections.filter(([title]) => isAll || title === `# ${titleOf(section)}`);
    return wanted.flatMap((lines) => [...lines, '']).join('\r\n');
  }

  flushAll(): Resp {
    for (const db of this.#databases) db.clear();
    return OK;
  }

  // Publish and subscribe.

  subscribe(name: string, isPattern: boolean, subscriber: Subscriber): void {
    const all = isPattern ? this.#patterns : this.#channels;
    const subscribers = all.get(name) ?? new Set();
    all.set(name, subscribers.add(subscriber));
  }

  unsubscribe(name: string, isPattern: boolean, subscriber: Subscriber): void {
    const all = isPattern ? this.#patterns : this.#channels;
    const subscribers = all.get(name);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) all.delete(name);
  }

  /** @returns how many got it */
  publish(channel: string, payload: string): number {
    let count = 0;
    const notify = (subscribers: Iterable<Subscriber>, pattern: string | null): void => {
      for (const subscriber of subscribers) {
        subscriber.notify(channel, payload, pattern);
        count++;
      }
    };
    notify(this.#channels.get(channel) ?? [], null);
    for (const [pattern, subscribers] of this.#patterns) {
      if (globPattern(pattern).test(channel)) notify(subscribers, pattern);
    }
    return count;
  }

  /** Names that somebody subscribed to; patterns do not count. */
  channels(): string[] {
    return [...this.#channels.keys()];
  }

  subscriberCount(channel: string): number {
    return this.#channels.get(channel)?.size ?? 0;
  }

  get patternCount(): number {
    return this.#patterns.size;
  }

  // Blocking pops.

  /** @param timeoutUs 0: without end */
  block(waiter: Waiter, timeoutUs: number): void {
    const giveUp = (): void => {
      this.#waiters.delete(waiter);
      waiter.serve(null);
    };
    // Whoever waits knows what for; that time is up changes nothing here.
    const options = { isBackground: true, label: 'BRPOP timeout' };
    const timer = timeoutUs > 0 ? this.#process.setTimer(timeoutUs, giveUp, options) : 0;
    this.#waiters.set(waiter, timer);
  }

  unblock(waiter: Waiter): void {
    const timer = this.#waiters.get(waiter);
    this.#waiters.delete(waiter);
    if (timer) this.#process.clearTimer(timer);
  }

  #serveOne(): boolean {
    for (const waiter of this.#waiters.keys()) {
      const context = this.context(waiter.databaseIndex);
      for (const key of waiter.keys) {
        if (context.db.typeOf(key) !== 'list') continue;
        const value = pop(context, key, false)!;
        this.unblock(waiter);
        this.persistence.note(waiter.databaseIndex, [['RPOP', key]]);
        this.persistence.flush();
        waiter.serve([key, value]);
        return true;
      }
    }
    return false;
  }

  // What the trace is told.

  #showQueues(): void {
    const depths = new Map<string, QueueDepth>();
    const depthOf = (queue: string): QueueDepth => {
      const depth = depths.get(queue) ?? { ready: 0, unacked: 0 };
      depths.set(queue, depth);
      return depth;
    };
    let hasUnacked = false;
    for (const db of this.#databases) {
      if (db.typeOf(UNACKED_INDEX_KEY) === 'zset') hasUnacked = true;
      countQueues(db, depthOf);
    }
    const hasQueued = [...depths.values()].some(({ ready }) => ready > 0);
    this.#oblige(QUEUED, hasQueued);
    this.#oblige(UNACKED, hasUnacked);
    for (const name of this.#shown.keys()) depthOf(name);
    for (const [name, depth] of depths) this.#showQueue(name, depth);
  }

  #showQueue(name: string, { ready, unacked }: QueueDepth): void {
    const text = `${ready}/${unacked}`;
    if ((this.#shown.get(name) ?? '0/0') === text) return;
    this.#shown.set(name, text);
    this.#process.state(shortened(`queue/${textOf(name)}`), { ready, unacked });
  }

  #oblige(token: string, isHeld: boolean): void {
    if ((this.#held.get(token) ?? false) === isHeld) return;
    this.#held.set(token, isHeld);
    this.#process.oblige(token, isHeld ? 1 : -1);
  }
}

function titleOf(section: string): string {
  return section.charAt(0).toUpperCase() + section.slice(1);
}

/** Lists are queues, one per priority; unacknowledged messages name theirs. */
function countQueues(db: Database, depthOf: (queue: string) => QueueDepth): void {
  for (const key of db.listKeys()) {
    depthOf(key.split(SEPARATOR)[0]!).ready += db.get(key, 'list')?.length ?? 0;
  }
  if (db.typeOf(UNACKED_KEY) !== 'hash') return;
  for (const entry of db.get(UNACKED_KEY, 'hash')!.values()) {
    const queue = routingKeyOf(entry);
    if (queue !== null) depthOf(queue).unacked++;
  }
}

/** Of `[message, exchange, routing key]`: no quote inside of a string follows a comma and a blank. */
function routingKeyOf(entry: string): string | null {
  const start = entry.lastIndexOf(', "');
  return start >= 0 && entry.endsWith('"]') ? entry.slice(start + 3, -2) : null;
}
