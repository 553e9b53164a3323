// The threads in which processes live: a few, however many processes there are. They outlive a run,
// so that the next one of the same program finds them started and warm.

import { assert } from '#lib/protocol/errors.ts';
import { PoolThread, type ThreadEvents, type WorkerPort } from './pool-thread.ts';

/** Every thread holds the whole simulation in memory, and more than there are cores gain nothing. */
const THREAD_COUNT_MAX = 16;

export class ThreadPool {
  readonly #create: () => WorkerPort;
  readonly #createPython: (() => WorkerPort) | undefined;
  readonly #threadCountMax: number;
  readonly #threads: PoolThread[] = [];
  /** Threads that serve one process, once. */
  #ownThreads: PoolThread[] = [];
  #all: readonly PoolThread[] = [];
  readonly #setInterval = globalThis.setInterval;
  readonly #clearInterval = globalThis.clearInterval;
  #nextSlot = 1;
  /** Of the run under way. */
  events: ThreadEvents | null = null;

  /**
   * @param create makes a worker that runs the node script and the linked program
   * @param coreCount how many threads the machine runs at a time
   * @param createPython makes a worker that runs the Python script and the Python files
   */
  constructor(create: () => WorkerPort, coreCount: number, createPython?: () => WorkerPort) {
    this.#create = create;
    this.#createPython = createPython;
    this.#threadCountMax = Math.min(Math.max(2, coreCount), THREAD_COUNT_MAX);
  }

  get threads(): readonly PoolThread[] {
    return this.#all;
  }

  /** A number that no process had before. */
  slot(): number {
    return this.#nextSlot++;
  }

  /**
   * Calls `work` again and again, in real time, until what is returned is called. With the timers of
   * when this pool was made: where a program runs inline, its scope has lost them since.
   */
  every(ms: number, work: () => void): () => void {
    const [set, clear] = [this.#setInterval, this.#clearInterval];
    const timer = set(work, ms);
    return () => clear(timer);
  }

  /** The thread for the machine that came up as the nth, from 0. Machines are dealt out in turn. */
  threadFor(nth: number): PoolThread {
    const place = nth % this.#threadCountMax;
    const thread = this.#threads[place];
    if (thread && !thread.isLost) return thread;
    const made = (this.#threads[place] = this.#threadOn(this.#create()));
    this.#count();
    return made;
  }

  /**
   * A thread for one Python process: what an interpreter has imported cannot be taken back.
   *
   * @throws InvariantError when whoever made this pool brought no Python
   */
  ownThread(): PoolThread {
    assert(this.#createPython, 'Python was loaded for a program with Python nodes');
    const thread = this.#threadOn(this.#createPython(), true);
    this.#ownThreads.push(thread);
    this.#count();
    return thread;
  }

  /** Ends a thread that `ownThread` gave; others are left alone. */
  endOwn(thread: PoolThread): boolean {
    if (!this.#ownThreads.includes(thread)) return false;
    this.#ownThreads = this.#ownThreads.filter((it) => it !== thread);
    thread.terminate();
    this.#count();
    return true;
  }

  #threadOn(worker: WorkerPort, isStarting = false): PoolThread {
    const events: ThreadEvents = {
      onsettle: () => this.events?.onsettle(),
      onfail: (names, reason) => this.events?.onfail(names, reason),
    };
    return new PoolThread(worker, events, isStarting);
  }

  #count(): void {
    this.#all = [...this.#threads, ...this.#ownThreads].filter((it) => it !== undefined);
  }

  /** The run is over: threads that still compute, or are not to be believed, are ended. */
  release(): void {
    this.events = null;
    for (const thread of this.#ownThreads) thread.terminate();
    this.#ownThreads = [];
    const threads = this.#threads.splice(0);
    for (const thread of threads) {
      if (thread.vacate()) this.#threads.push(thread);
      else thread.terminate();
    }
    this.#count();
  }
}
