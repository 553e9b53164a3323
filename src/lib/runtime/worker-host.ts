// Processes in a pool of workers: a few threads, each with the processes of some machines. All that
// a thread has to do in a window is one message to it and one back, and all threads work at once.
// Nothing a worker says is believed before it was checked, and a worker that does not answer fails
// the run instead of hanging it (NODE7, DESIGN section 6). Who lives where never shows in a trace.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import type { OpenWait } from '#lib/protocol/packets.ts';
import type { Lodger, PoolThread } from './pool-thread.ts';
import { RunFailure, type Host, type HostAnswer } from './run.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Real time after which a worker counts as hung: far beyond any metered turn. */
const HANG_MS = 10_000;
/** The same for interpreters that start: several at once, maybe on a busy machine. */
const START_HANG_MS = 40_000;
const WATCH_MS = 1_000;
/** Processes that a message names. */
const NAME_COUNT_MAX = 5;

export class WorkerHost implements Host {
  readonly #pool: ThreadPool;
  readonly #isPython: (argv: readonly string[]) => boolean;
  readonly #threadCount: number;
  /** Machines in the order in which they came up. */
  readonly #places = new Map<string, number>();
  readonly #lodgers = new Map<ProcessHandle, Lodger>();
  readonly #stopWatching: () => void;

  /** Threads that have not answered yet, and who waits for them. */
  #openCount = 0;
  #answers: HostAnswer[] = [];
  #resolve: ((answers: HostAnswer[]) => void) | null = null;
  #reject: ((error: RunFailure) => void) | null = null;
  #failure: RunFailure | null = null;

  /**
   * @param isPython whether a command needs an interpreter, and so a thread to itself
   * @param threadCount threads that TypeScript processes are dealt out to, at most the pool's
   */
  constructor(
    pool: ThreadPool,
    isPython: (argv: readonly string[]) => boolean,
    threadCount = Infinity,
  ) {
    this.#pool = pool;
    this.#isPython = isPython;
    this.#threadCount = Math.max(1, threadCount);
    pool.events = {
      onsettle: () => this.#settle(),
      onfail: (names, reason) => this.#fail(names, reason),
    };
    this.#stopWatching = pool.every(WATCH_MS, () => this.#watch());
  }

  start(process: ProcessHandle): void {
    const { argv, machine } = process.spec;
    const thread = this.#isPython(argv) ? this.#pool.ownThread() : this.#threadOf(machine);
    this.#lodgers.set(process, thread.start(process, this.#pool.slot()));
  }

  end(process: ProcessHandle): void {
    const lodger = this.#lodgers.get(process);
    this.#lodgers.delete(process);
    if (lodger && !this.#pool.endOwn(lodger.thread)) lodger.thread.end(lodger);
  }

  advance(requests: readonly Request[]): Promise<HostAnswer[]> {
    const answers: HostAnswer[] = [];
    answers.length = requests.length;
    for (let index = 0; index < requests.length; index++) {
      const request = requests[index]!;
      const lodger = this.#lodgers.get(request.process)!;
      lodger.thread.add(lodger, request, index);
    }
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#answers = answers;
      this.#resolve = resolve;
      this.#reject = reject;
      this.#openCount = 1;
      for (const thread of this.#pool.threads) if (thread.ask(answers)) this.#openCount++;
      this.#settle();
    });
  }

  waits(process: ProcessHandle): Promise<OpenWait[]> {
    const { thread } = this.#lodgers.get(process)!;
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#reject = reject;
      thread.waits(this.#lodgers.get(process)!).then(resolve, reject);
    });
  }

  close(): void {
    this.#stopWatching();
    this.#lodgers.clear();
    this.#pool.release();
  }

  /**
   * Where the processes of a machine live: all in one thread, as their turns follow one another.
   */
  #threadOf(machine: string): PoolThread {
    let place = this.#places.get(machine);
    if (place === undefined) this.#places.set(machine, (place = this.#places.size));
    return this.#pool.threadFor(place % this.#threadCount);
  }

  #settle(): void {
    if (--this.#openCount > 0) return;
    const resolve = this.#resolve;
    this.#resolve = null;
    this.#reject = null;
    resolve?.(this.#answers);
  }

  /** One look at all threads, instead of a timer for each question. */
  #watch(): void {
    for (const thread of this.#pool.threads) {
      const { isWaiting, isStarting, place } = thread;
      const patienceMs = isStarting ? START_HANG_MS : HANG_MS;
      if (!isWaiting || ++thread.patience <= patienceMs / WATCH_MS) continue;
      const where = place
        ? `; last seen at ${place}. One call that computes so long cannot be interrupted: let it do less`
        : '';
      thread.hang(`computed ${patienceMs / 1000} s of real time without an answer${where}`);
    }
  }

  #fail(names: readonly string[], reason: string): void {
    const rest = names.length - NAME_COUNT_MAX;
    const shown = names.slice(0, NAME_COUNT_MAX).join(', ') + (rest > 0 ? ` or ${rest} more` : '');
    this.#failure ??= new RunFailure(`${shown}: ${reason}`);
    this.#reject?.(this.#failure);
    this.#resolve = null;
    this.#reject = null;
  }
}
