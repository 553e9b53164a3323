// Futures in the order in which they end, for one who takes them one by one.

import type { Future } from './future.ts';
import type { Waiter } from './waiter.ts';

export class Arrivals {
  /** Done, and not taken yet. */
  readonly #done: Future[];
  #pendingCount: number;
  /** Who waits for the next one. */
  waiter: Waiter | null = null;
  /** Told when somebody who waits can go on. */
  readonly #onsatisfied: (waiter: Waiter) => void;

  constructor(futures: readonly Future[], onsatisfied: (waiter: Waiter) => void) {
    this.#onsatisfied = onsatisfied;
    this.#done = futures.filter(({ isDone }) => isDone).sort((a, b) => a.doneIndex - b.doneIndex);
    const pending = futures.filter(({ isDone }) => !isDone);
    for (const future of pending) future.arrivals.push(this);
    this.#pendingCount = pending.length;
  }

  get hasNext(): boolean {
    return this.#done.length > 0;
  }

  /** Done or not. */
  get leftCount(): number {
    return this.#done.length + this.#pendingCount;
  }

  take(): Future | undefined {
    return this.#done.shift();
  }

  settled(future: Future): void {
    this.#pendingCount--;
    this.#done.push(future);
    const { waiter } = this;
    this.waiter = null;
    if (waiter && --waiter.left === 0) this.#onsatisfied(waiter);
  }
}
