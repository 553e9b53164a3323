// Redis as a result backend: a string key per task, and a channel of the same name that says when it
// changes (celery/backends/redis.py). A client subscribes before it sends the task, then reads the
// key once and waits for the channel.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { Settings } from '../conf.ts';
import { OperationalError, RedisConnectionError, RuntimeError } from '../errors.ts';
import { RedisClient, RedisLink } from '../redis-client.ts';
import { dumps, loads, partsOf, RawJson } from '../json.ts';
import { GROUP_KEY, RESULT_KEY } from '../redis-labels.ts';
import { binaryOf, textOf, type Resp } from '../resp.ts';
import { displayUrl, type ServiceUrl } from '../url.ts';
import {
  isFailed,
  isReady,
  PENDING,
  readMeta,
  writeMeta,
  type ChordPart,
  type Found,
  type ResultBackend,
  type ResultMeta,
  type ResultTarget,
  type Wanted,
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
  #subscription: RedisLink | null = null;
  #subscribing: SimPromise<RedisLink> | null = null;
  readonly #subscribed = new Set<string>();
  readonly #waiting = new WaitingResults();
  #waitCount = 0;

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
      throw OperationalError.from(error);
    }
  }

  *store({ taskId }: ResultTarget, meta: ResultMeta): Body<void> {
    const known = yield* this.meta(taskId);
    // A late duplicate does not take a success back.
    if (known.status === 'SUCCESS') return;
    yield* this.#keep(RESULT_KEY + taskId, writeMeta(taskId, meta));
  }

  *meta(taskId: string): Body<ResultMeta> {
    const value = yield* this.#client.command('GET', RESULT_KEY + taskId);
    return typeof value === 'string' ? readMeta(textOf(value)).meta : PENDING;
  }

  *wait(wanted: Wanted, whileWaiting: WhileWaiting): Body<Found> {
    const { taskId, watched = [] } = wanted;
    for (const id of [...watched, taskId]) yield* this.#subscribe(id);
    const found = this.#waiting.first(wanted, whileWaiting, () => this.#look(wanted));
    this.#updateHold(1);
    try {
      return yield* found;
    } finally {
      this.#updateHold(-1);
    }
  }

  /** Those that ended before anybody waited. */
  *#look({ taskId, watched = [] }: Wanted): Body<Found | null> {
    for (const id of watched) {
      const meta = yield* this.meta(id);
      if (isFailed(meta)) return { taskId: id, meta };
    }
    const meta = yield* this.meta(taskId);
    return isReady(meta) ? { taskId, meta } : null;
  }

  *forget(taskId: string): Body<void> {
    yield* this.#client.command('DEL', RESULT_KEY + taskId);
  }

  // Chords: parts in a sorted set, by their place in the header; the size comes with the last message
  // of the header (celery/backends/redis.py, `on_chord_part_return`).

  ensureChordsAllowed(): void {
    // Redis does them.
  }

  *setChordSize(groupId: string, size: number): Body<void> {
    yield* this.#keep(`${GROUP_KEY}${groupId}.s`, String(size));
  }

  *addChordPart(part: ChordPart): Body<ChordPart[] | null> {
    const { groupId, index, taskId, state, resultText } = part;
    const [partsKey, moreKey, sizeKey] = chordKeys(groupId);
    const value = binaryOf(dumps([1, taskId, state, new RawJson(resultText)]));
    const expires = String(Math.ceil(this.#settings.resultExpires));
    const [, countText, more, size] = yield* this.#client.transaction([
      ['ZADD', partsKey, index === null ? '+inf' : String(index), value],
      ['ZCOUNT', partsKey, '-inf', '+inf'],
      ['GET', moreKey],
      ['GET', sizeKey],
      ...(expires === '0' ? [] : chordKeys(groupId).map((key) => ['EXPIRE', key, expires])),
    ]);
    if (typeof size !== 'string' || Number(countText) !== Number(size) + Number(more ?? 0)) {
      return null;
    }
    const members = (yield* this.#client.command('ZRANGE', partsKey, '0', '-1')) as readonly Resp[];
    return members.map((member) => chordPartOf(groupId, textOf(String(member))));
  }

  *extendChord(groupId: string): Body<void> {
    yield* this.#client.command('INCR', `${GROUP_KEY}${groupId}.t`);
  }

  *dropChord(groupId: string): Body<void> {
    yield* this.#client.transaction(chordKeys(groupId).map((key) => ['DEL', key]));
  }

  *saveGroup(groupId: string, tuple: string): Body<void> {
    yield* this.#keep(GROUP_KEY + groupId, dumps({ result: new RawJson(tuple) }));
  }

  *restoreGroup(groupId: string): Body<string | null> {
    const value = yield* this.#client.command('GET', GROUP_KEY + groupId);
    return typeof value === 'string' ? (partsOf(textOf(value)).get('result') ?? null) : null;
  }

  *deleteGroup(groupId: string): Body<void> {
    yield* this.#client.command('DEL', GROUP_KEY + groupId);
  }

  /** Sets a key for as long as results are kept, and says so on the channel of its name. */
  *#keep(key: string, text: string): Body<void> {
    const value = binaryOf(text);
    const expiresS = Math.ceil(this.#settings.resultExpires);
    yield* this.#client.transaction([
      expiresS > 0 ? ['SETEX', key, String(expiresS), value] : ['SET', key, value],
      ['PUBLISH', key, value],
    ]);
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
  #updateHold(change = 0): void {
    this.#waitCount += change;
    if (this.#subscription) this.#subscription.isAwaited = this.#waitCount > 0;
  }
}

/** Of the parts, of the parts that were added later, and of the size. */
function chordKeys(groupId: string): [string, string, string] {
  const key = GROUP_KEY + groupId;
  return [`${key}.j`, `${key}.t`, `${key}.s`];
}

function chordPartOf(groupId: string, text: string): ChordPart {
  const parts = partsOf(text);
  const plain = (index: string): string => String(loads(parts.get(index) ?? '""'));
  const resultText = parts.get('3') ?? 'null';
  return { groupId, index: null, taskId: plain('1'), state: plain('2'), resultText };
}
