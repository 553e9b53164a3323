// Futures that wait to be run at a worker. What a run submits goes before what was there, so that a tree
// of futures is run depth first and few runs wait at a time; the oldest go to others, because they are
// the largest parts of a tree.

import type { Estimates } from './estimates.ts';
import type { Future } from './future.ts';

export class FutureQueue {
  readonly #estimates: Estimates;
  /** By depth; each in the order of submission. */
  readonly #levels: Future[][] = [];
  readonly #counts = new Map<string, number>();
  #length = 0;

  constructor(estimates: Estimates) {
    this.#estimates = estimates;
  }

  get length(): number {
    return this.#length;
  }

  /** How long they would take here, in nanoseconds. */
  get durationNs(): number {
    let sum = 0;
    for (const [key, count] of this.#counts) sum += count * this.#estimates.of(key);
    return sum;
  }

  add(future: Future): void {
    while (this.#levels.length <= future.depth) this.#levels.push([]);
    this.#levels[future.depth]!.push(future);
    this.#count(future, 1);
  }

  /** The next one to run here. */
  take(): Future | undefined {
    return this.#shift(this.#levels.findLast((level) => level.length > 0));
  }

  /** The next one to give away. */
  takeOldest(): Future | undefined {
    return this.#shift(this.#levels.find((level) => level.length > 0));
  }

  /** @returns whether it was there */
  remove(future: Future): boolean {
    const level = this.#levels[future.depth] ?? [];
    const index = level.indexOf(future);
    if (index < 0) return false;
    level.splice(index, 1);
    this.#count(future, -1);
    return true;
  }

  #shift(level: Future[] | undefined): Future | undefined {
    const future = level?.shift();
    if (future) this.#count(future, -1);
    return future;
  }

  #count({ key }: Future, change: number): void {
    this.#length += change;
    const count = (this.#counts.get(key) ?? 0) + change;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
