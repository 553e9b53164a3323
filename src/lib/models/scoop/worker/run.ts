// Learner code in progress at a worker: the program itself, or a future. One of them runs at a time;
// a run that waits for futures gives its place up, and gets it back when it can go on.

import { contextNow } from '#lib/node/promise.ts';
import type { Future } from './future.ts';

export class Run {
  /** Counts the runs of this worker; the program is 0. */
  readonly number: number;
  /** Null for the program itself. */
  readonly future: Future | null;
  readonly depth: number;
  /** What it waits for now: in TypeScript it can be several things at once. */
  waitCount = 0;
  /** It has ended. */
  isOver = false;
  /** Since when it has had its place, and how long before. */
  sinceNs = 0;
  usedNs = 0;

  constructor(number: number, future: Future | null, depth: number) {
    this.number = number;
    this.future = future;
    this.depth = depth;
  }
}

/** The run that the running code belongs to. */
export function currentRun(): Run | null {
  const context = contextNow();
  return context instanceof Run ? context : null;
}
