// The threads in which processes live: a few, however many processes there are. They outlive a run,
// so that the next one of the same program finds them started and warm.

import { PoolThread, type ThreadEvents, type WorkerPort } from './pool-thread.ts';

/** Every thread holds the whole simulation in memory, and more than there are cores gain nothing. */
const THREAD_COUNT_MAX = 16;

export class ThreadPool {
  readonly #create: () => WorkerPort;
  readonly #threadCountMax: number;
  readonly #threads: PoolThread[] = [];
  #nextSlot = 1;
  /** Of the run under way. */
  events: ThreadEvents | null = null;

  /**
   * @param create makes a worker that runs the node script and the linked program
   * @param coreCount how many threads the machine runs at a time
   */
  constructor(create: () => WorkerPort, coreCount: number) {
    this.#create = create;
    this.#threadCountMax = Math.min(Math.max(2, coreCount), THREAD_COUNT_MAX);
  }

  get threads(): readonly PoolThread[] {
    return this.#threads;
  }

  /** A number that no process had before. */
  slot(): number {
    return this.#nextSlot++;
  }

  /** The thread for the machine that came up as the nth, from 0. Machines are dealt out in turn. */
  threadFor(nth: number): PoolThread {
    const place = nth % this.#threadCountMax;
    const thread = this.#threads[place];
    if (thread && !thread.isLost) return thread;
    return (this.#threads[place] = new PoolThread(this.#create(), {
      onsettle: () => this.events?.onsettle(),
      onfail: (names, reason) => this.events?.onfail(names, reason),
    }));
  }

  /** The run is over: threads that still compute, or are not to be believed, are ended. */
  release(): void {
    this.events = null;
    const threads = this.#threads.splice(0);
    for (const thread of threads) {
      if (thread.vacate()) this.#threads.push(thread);
      else thread.terminate();
    }
  }
}
