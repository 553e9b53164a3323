// The CPU meter of one process (NODE7): compiled learner code counts loop iterations and calls on it,
// models add their declared costs, and it stops a turn that never ends, recurses too deep or allocates
// without bound. Deterministic: it counts what the program does, never what the engine takes.
//
// The fields are public and plain because compiled code touches them inline; see the compile step.

import { noteFrame, normaliseError, simErrors } from './engine-errors.ts';

/** Cost of a loop iteration or a call in learner code (NODE7). */
export const TICK_NS = 50;

/** What one turn may use before it is stopped (NODE7): 10 virtual seconds. */
export const TURN_BUDGET_NS = 10_000_000_000;

/**
 * Calls of ordinary size that may be nested. CPython's default too. It cannot be larger: a Web Worker
 * in Chromium has about 500 KB of stack, where a bare recursive function reaches 4 890 levels and a
 * metered one about 3 000, half of that through `map`. Large frames count as several calls.
 */
export const CALLS_MAX = 1_000;

/** What a call of an async function weighs: its frames are four times as large in Firefox. */
export const ASYNC_CALL_WEIGHT = 4;

/** Bytes that learner code may allocate in one turn, by the estimates named in `ALLOCATION`. */
export const TURN_ALLOCATION_MAX = 256 * 1024 * 1024;

/** Longest string that may grow by `+=`, in UTF-16 units; far below what any engine refuses. */
export const STRING_LENGTH_MAX = 1 << 26;

/** Most arguments that may be spread into one call; engines refuse at very different counts. */
export const SPREAD_ARGUMENTS_MAX = 16_384;

/** Estimated bytes per thing, the same in every engine because they are ours. */
export const ALLOCATION = {
  /** An array or object literal, an instance, a closure: this and one slot per element. */
  object: 48,
  slot: 8,
  /** An entry pushed, added or set in a collection. */
  entry: 32,
  /** A property under a computed name. */
  property: 96,
  /** A function made in a loop, or anew by each call of another. */
  closure: 64,
  /** An element written beyond `ELEMENTS_FREE`: the array grows to where engines refuse. */
  farElement: 16,
} as const;

/** Elements of an array that may be written without being counted one by one. */
const ELEMENTS_FREE = 1 << 24;

/** Bits of the largest bigint; engines refuse at very different sizes. */
export const BIGINT_BITS_MAX = 1 << 18;
const BIGINT_MAX = 1n << BigInt(BIGINT_BITS_MAX);

/** Bits of a position that hold the line; the bits above hold the index of the file. */
const LINE_BITS = 20;

/** A place in learner code as compiled code records it: `file index * 2^20 + line`; 0 is nowhere. */
export type Position = number;

export function positionOf(fileIndex: number, line: number): Position {
  return fileIndex * (1 << LINE_BITS) + line;
}

export function fileIndexOf(position: Position): number {
  return position >>> LINE_BITS;
}

export function lineOf(position: Position): number {
  return position & ((1 << LINE_BITS) - 1);
}

/** `flood`: more operations in one turn than a packet should carry (process.ts). */
export type StopReason = 'cpu' | 'memory' | 'flood';

/**
 * Ends the process. Not an Error, and never handed to learner code: `catch` rethrows it, promises let
 * it pass, and a `finally` that runs meets it again at its next call or iteration.
 */
export class Stop {
  readonly reason: StopReason;
  /** Where in the learner's code it struck. */
  readonly at: Position;
  constructor(reason: StopReason, at: Position) {
    this.reason = reason;
    this.at = at;
  }
}

/** Whether a caught value is the meter's stop. Code that catches everything must rethrow it. */
export function isStop(value: unknown): value is Stop {
  return value instanceof Stop;
}

/** Counts what one process does in the turn at hand. */
export class Meter {
  /** Ticks of this turn. */
  n = 0;
  /** Ticks after which the turn is stopped. */
  max: number;
  /** Where the learner's code is: set by each statement, restored when a call returns. */
  at: Position = 0;
  /** Nested calls, in calls of ordinary size. */
  depth = 0;
  /** Limit of `depth`. */
  deep = CALLS_MAX;
  /** Bytes that may still be allocated in this turn. */
  room = TURN_ALLOCATION_MAX;
  /** Set once the process has been stopped, even if learner code swallowed the stop. */
  stop: Stop | null = null;
  #budgetNs = TURN_BUDGET_NS;
  #spentNs = 0;

  constructor() {
    this.max = this.#budgetNs / TICK_NS;
  }

  /** Starts counting anew. `budgetNs` scales with the machine's speed, so the host passes it. */
  beginTurn(budgetNs: number = TURN_BUDGET_NS): void {
    this.n = 0;
    this.at = 0;
    this.depth = 0;
    this.room = TURN_ALLOCATION_MAX;
    this.#budgetNs = budgetNs;
    this.#spentNs = 0;
    this.max = Math.floor(budgetNs / TICK_NS);
  }

  /** Adds a model's declared cost, an integer of nanoseconds, to this turn. Never throws. */
  spendNs(costNs: number): void {
    this.#spentNs += costNs;
    this.max = Math.floor((this.#budgetNs - this.#spentNs) / TICK_NS);
  }

  /** CPU time used in this turn on a machine of speed 1. */
  get usedNs(): number {
    return this.n * TICK_NS + this.#spentNs;
  }

  /** Compiled code comes here when a counter has passed its limit. */
  over(at: Position = this.at): never {
    this.at = at;
    if (this.stop !== null) throw this.stop;
    if (this.n > this.max) throw (this.stop = new Stop('cpu', this.at));
    if (this.room < 0) this.full();
    throw new simErrors.RangeError(
      `calls nested too deep: the limit is ${CALLS_MAX}; a function may call itself without end`,
    );
  }

  /** Takes `bytes` from this turn's room. */
  allocate(bytes: number): void {
    if (!((this.room -= bytes) >= 0)) this.full();
  }

  /** Gives back what `allocate` took, when it is known to be free again. */
  release(bytes: number): void {
    if (this.room < TURN_ALLOCATION_MAX) this.room += bytes;
  }

  /** Compiled code comes here when an allocation no longer fits. */
  full(): never {
    throw (this.stop ??= new Stop('memory', this.at));
  }

  /** Compiled code hands every learner exception through here as it leaves a function. */
  out(error: unknown, functionId: number): unknown {
    if (error instanceof Stop) return error;
    const normal = normaliseError(error);
    noteFrame(normal, functionId, this.at);
    return normal;
  }

  /** Compiled code hands every caught value through here before learner code sees it. */
  caught(error: unknown): unknown {
    if (error instanceof Stop) throw error;
    return normaliseError(error);
  }

  /** `new Array(length)` and typed arrays: takes the room first, so that no engine limit is met. */
  sized(length: unknown, slotBytes: number): unknown {
    if (typeof length === 'number' && length > 0) this.allocate(length * slotBytes);
    return length;
  }

  /** The right side of `instanceof`, which engines refuse in words that cannot be told apart. */
  classOf(value: unknown): unknown {
    if (typeof value === 'function') return value;
    if (typeof value === 'object' && value !== null && Symbol.hasInstance in value) return value;
    throw new simErrors.TypeError('the right side of instanceof must be a class');
  }

  /** An assignment under a computed key. */
  key<K>(key: K): K {
    if (typeof key === 'string') this.allocate(ALLOCATION.property);
    else if (typeof key === 'number' && key > ELEMENTS_FREE) this.allocate(ALLOCATION.farElement);
    return key;
  }

  /** A spread into an array literal. */
  spread(iterable: unknown): unknown {
    if (Array.isArray(iterable)) this.allocate(iterable.length * ALLOCATION.slot);
    else if (typeof iterable === 'string') this.allocate(iterable.length * ALLOCATION.slot);
    return iterable;
  }

  /** A spread into the arguments of a call. */
  args(iterable: Iterable<unknown>): unknown[] {
    const values = Array.isArray(iterable) ? (iterable as unknown[]) : [...iterable];
    if (values.length > SPREAD_ARGUMENTS_MAX) {
      throw new simErrors.RangeError(
        `too many arguments: ${values.length}; the limit is ${SPREAD_ARGUMENTS_MAX}, use a loop`,
      );
    }
    return values;
  }

  /** The result of `s += s` or `b = b * b`, which doubles in a loop sooner than any tick could tell. */
  grown<T>(value: T): T {
    if (typeof value === 'string') {
      if (value.length > STRING_LENGTH_MAX) throw textTooLong();
    } else if (typeof value === 'bigint' && (value > BIGINT_MAX || value < -BIGINT_MAX)) {
      throw bigintTooLarge();
    }
    return value;
  }
}

/** What is thrown for a string beyond `STRING_LENGTH_MAX`. */
export function textTooLong(): Error {
  return new simErrors.RangeError(`string too long: the limit is ${STRING_LENGTH_MAX} characters`);
}

/**
 * Levels of values that JSON, structuredClone and flat follow: they go down on the engine's stack,
 * which ends elsewhere in each engine and thread.
 */
export const NESTING_MAX = 200;

/** What is thrown for a value nested deeper than `NESTING_MAX`. */
export function nestedTooDeep(): Error {
  return new simErrors.RangeError(`value nested too deep: the limit is ${NESTING_MAX} levels`);
}

/** What is thrown for a bigint beyond `BIGINT_BITS_MAX`. */
export function bigintTooLarge(): Error {
  return new simErrors.RangeError(`bigint too large: the limit is ${BIGINT_BITS_MAX} bits`);
}
