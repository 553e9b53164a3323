// Whose turn it is at a worker: one piece of learner code runs at a time. One that waits for futures gives
// its turn up, and gets it back when it can go on and nobody else runs.

import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, wait, type Body } from '#lib/node/promise.ts';
import { COST } from '../costs.ts';
import type { Run } from './run.ts';
import type { Sight } from './sight.ts';
import type { Waiter } from './waiter.ts';

export interface TurnsOptions {
  process: NodeProcess;
  /** Null before the worker has joined its pool. */
  sight: () => Sight | null;
  /** A run can go on: told to a worker that has nothing to do. */
  onready: () => void;
}

export class Turns {
  readonly #options: TurnsOptions;
  /** Waits that are over, whose runs wait for their turn. */
  readonly #ready: Waiter[] = [];
  #running: Run | null = null;
  #released = new Deferred<void>();
  #suspendedCount = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get isTaken(): boolean {
    return this.#running !== null;
  }

  /** Some run waits for futures. */
  get hasSuspended(): boolean {
    return this.#suspendedCount > 0;
  }

  /** Waits until nobody has the turn. */
  *untilFree(): Body<void> {
    if (this.#running) yield* wait(this.#released.promise);
  }

  give(to: Run): void {
    this.#running = to;
    to.sinceNs = this.#nowNs();
    this.#released = new Deferred<void>();
    this.#options.sight()?.worker('busy');
  }

  release(by: Run): void {
    if (this.#running !== by) return;
    this.measure(by);
    this.#running = null;
    this.#released.resolve();
  }

  /** How long a run has had its turn, in nanoseconds. */
  measure(by: Run): number {
    const nowNs = this.#nowNs();
    by.usedNs += nowNs - by.sinceNs;
    by.sinceNs = nowNs;
    return by.usedNs;
  }

  /**
   * Gives the turn up until the waiter is satisfied.
   *
   * @param what it waits for, for people
   * @param by who could end the wait
   */
  *await(
    waiter: Waiter,
    what: string,
    timeoutUs: number | null,
    by: readonly string[],
  ): Body<void> {
    const { process } = this.#options;
    const timer = timeoutUs === null ? 0 : this.#setTimeout(waiter, timeoutUs);
    this.#suspend(waiter.run);
    yield* wait(process.waitFor(waiter.goesOn.promise, { what, by }));
    if (timer > 0) process.clearTimer(timer);
  }

  /** What somebody waited for is there: the run is next when its turn comes. */
  satisfy(waiter: Waiter): void {
    const { run: by } = waiter;
    if (--by.waitCount > 0) return waiter.goesOn.resolve();
    this.#suspendedCount--;
    this.#ready.push(waiter);
    this.#options.onready();
  }

  /** @returns whether there was a run that could go on, and does */
  resumeNext(): boolean {
    const waiter = this.#ready.shift();
    if (!waiter) return false;
    const { run: by, goesOn } = waiter;
    this.#options.process.spendNs(COST.switchNs);
    // In TypeScript part of a run may go on while another part waits, or may outlive it.
    if (by.waitCount === 0 && by.number >= 0 && !by.isOver) {
      this.give(by);
      if (by.future) this.#options.sight()?.future(by.future, 'running');
    }
    goesOn.resolve();
    return true;
  }

  #suspend(by: Run): void {
    if (by.waitCount++ > 0) return;
    this.#suspendedCount++;
    if (this.#running !== by) return;
    if (by.future) this.#options.sight()?.future(by.future, 'waiting');
    this.release(by);
  }

  #setTimeout(waiter: Waiter, timeoutUs: number): number {
    const giveUp = (): void => {
      if (waiter.left <= 0) return;
      waiter.isTimedOut = true;
      waiter.left = 0;
      this.satisfy(waiter);
    };
    return this.#options.process.setTimer(timeoutUs, giveUp, { label: 'timeout of a future' });
  }

  #nowNs(): number {
    return this.#options.process.nowUs() * 1000;
  }
}
