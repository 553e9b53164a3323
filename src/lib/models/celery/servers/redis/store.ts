// What a Redis database holds: typed values by key, each with an optional end of life. Keys and
// texts are binary strings. A collection that becomes empty takes its key with it. A key that has
// ended is found out when somebody looks: nobody can tell, and no timer is needed.

import { ErrorReply } from '../../resp.ts';

interface Values {
  string: string;
  /** From left to right. */
  list: string[];
  hash: Map<string, string>;
  set: Set<string>;
  /** Member to score. */
  zset: Map<string, number>;
}

export type ValueType = keyof Values;

type Entry = {
  [T in ValueType]: { type: T; value: Values[T]; expiresUs: number };
}[ValueType];

/** A command fails with this reply. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly reply: ErrorReply;
  constructor(text: string) {
    super(text);
    this.reply = new ErrorReply(text);
  }
}

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';

export class Database {
  readonly #entries = new Map<string, Entry>();
  readonly #lists = new Set<string>();
  readonly #nowUs: () => number;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  get size(): number {
    return this.#live().length;
  }

  /** Keys that exist now, in the order in which they came. */
  keys(): string[] {
    return this.#live().map(([key]) => key);
  }

  typeOf(key: string): ValueType | null {
    return this.#entry(key)?.type ?? null;
  }

  /**
   * The value of a key, or null.
   *
   * @throws CommandError WRONGTYPE
   */
  get<T extends ValueType>(key: string, type: T): Values[T] | null {
    const entry = this.#entry(key);
    if (!entry) return null;
    if (entry.type !== type) throw new CommandError(WRONG_TYPE);
    return entry.value as Values[T];
  }

  /** The collection of a key, made when there is none. */
  collection<T extends Exclude<ValueType, 'string'>>(key: string, type: T): Values[T] {
    const known = this.get(key, type);
    if (known) return known;
    const value = EMPTY[type]() as Values[T];
    this.#entries.set(key, { type, value, expiresUs: Infinity } as Entry);
    if (type === 'list') this.#lists.add(key);
    return value;
  }

  /** Sets a string, whatever was there, without an end of life. */
  setString(key: string, value: string, expiresUs = Infinity): void {
    this.#entries.set(key, { type: 'string', value, expiresUs });
    this.#lists.delete(key);
  }

  /** Removes a collection that has become empty. */
  prune(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.type === 'string') return;
    const isEmpty = entry.type === 'list' ? entry.value.length === 0 : entry.value.size === 0;
    if (isEmpty) this.#remove(key);
  }

  delete(key: string): boolean {
    return this.#entry(key) !== null && this.#remove(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#lists.clear();
  }

  /** Keys of lists, in the order in which they came. */
  listKeys(): Iterable<string> {
    return this.#lists;
  }

  /** When the key ends; Infinity when never, null when there is no such key. */
  expiryUs(key: string): number | null {
    return this.#entry(key)?.expiresUs ?? null;
  }

  setExpiry(key: string, expiresUs: number): boolean {
    const entry = this.#entry(key);
    if (!entry) return false;
    entry.expiresUs = expiresUs;
    return true;
  }

  #entry(key: string): Entry | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (entry.expiresUs > this.#nowUs()) return entry;
    this.#remove(key);
    return null;
  }

  #remove(key: string): boolean {
    this.#lists.delete(key);
    return this.#entries.delete(key);
  }

  #live(): [string, Entry][] {
    const nowUs = this.#nowUs();
    for (const [key, { expiresUs }] of this.#entries) {
      if (expiresUs <= nowUs) this.#remove(key);
    }
    return [...this.#entries];
  }
}

const EMPTY = {
  list: () => [] as string[],
  hash: () => new Map<string, string>(),
  set: () => new Set<string>(),
  zset: () => new Map<string, number>(),
} as const;
