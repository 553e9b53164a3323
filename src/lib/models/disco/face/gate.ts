// What is different inside a worker: the program is imported for its functions only. It runs up to its
// first use of Disco, where it stays.

import type { NodeProcess } from '#lib/node/process.ts';
import { contextNow, Deferred, SimPromise } from '#lib/node/promise.ts';
import { WORKER_COMMAND } from '../worker/command.ts';

/** The context of what runs for a task, as against what the program does that was imported for it. */
export const TASK: unique symbol = Symbol('task');

export class WorkerGate {
  readonly isWorker: boolean;
  readonly #process: NodeProcess;
  readonly #reached = new Deferred<void>();
  #load: (module: string) => SimPromise<unknown> = () => SimPromise.resolve();

  constructor(process: NodeProcess) {
    this.#process = process;
    this.isWorker = process.spec.argv[0] === WORKER_COMMAND;
  }

  useLoader(load: (module: string) => SimPromise<unknown>): void {
    this.#load = load;
  }

  /** @param isProgram it is the client's own, and waits for what only the client has to wait for */
  importModule(path: string, isProgram: boolean): SimPromise<unknown> {
    const ends: SimPromise<unknown>[] = [
      this.#load(path.replace(/\.ts$/, '').replaceAll('/', '.')),
      this.#reached.promise,
    ];
    if (isProgram) ends.push(this.#process.sleepUs(0));
    return SimPromise.race(ends);
  }

  /** Whether the call comes from a program that was imported for its functions: it gets no further. */
  stops(): boolean {
    if (!this.isWorker || contextNow() === TASK) return false;
    this.#reached.resolve();
    return true;
  }

  /** For ever. */
  static readonly never = <T>(): SimPromise<T> => new SimPromise<T>(() => undefined);
}
