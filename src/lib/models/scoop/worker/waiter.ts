// A run that waits for futures.

import { Deferred } from '#lib/node/promise.ts';
import type { Run } from './run.ts';

export class Waiter {
  readonly run: Run;
  /** So many more futures have to be done. */
  left: number;
  isTimedOut = false;
  readonly goesOn: Deferred<void> = new Deferred<void>();

  constructor(run: Run, left: number) {
    this.run = run;
    this.left = left;
  }
}
