// `Future` as TypeScript learners see it.

import { repr } from '#lib/node/print.ts';
import { run, SimPromise, type Body } from '#lib/node/promise.ts';
import { CancelledError, TimeoutError } from '../errors.ts';
import type { Future } from '../worker/future.ts';
import { currentRun, type Run } from '../worker/run.ts';
import type { Worker } from '../worker/worker.ts';
import { callableOf, timeoutOf, type Callable, type Options } from './arguments.ts';

export class FutureFace {
  readonly #worker: Worker;
  readonly #future: Future;
  readonly #callbacks: Callable[] = [];

  constructor(worker: Worker, future: Future) {
    this.#worker = worker;
    this.#future = future;
  }

  /** @throws (rejects with) what the future threw, TimeoutError, CancelledError */
  result(options?: Options): SimPromise<unknown> {
    return run(this.#result(timeoutOf(options, ['timeout'])));
  }

  *#result(timeoutUs: number | null): Body<unknown> {
    const future = this.#future;
    const isInTime = yield* this.#worker.wait(runOf(this.#worker), [future], 1, timeoutUs);
    if (!isInTime) throw new TimeoutError('');
    return valueOf(future);
  }

  /** Does not wait: null while the future is not done. */
  exception(): unknown {
    const { outcome } = this.#future;
    return outcome?.isError ? outcome.value : null;
  }

  done(): boolean {
    this.#look();
    return this.#future.isDone;
  }

  running(): boolean {
    this.#look();
    return !this.#future.isDone && this.#future.state !== 'queued';
  }

  cancelled(): boolean {
    return this.#future.state === 'cancelled';
  }

  cancel(): boolean {
    return this.#worker.cancel(this.#future);
  }

  addDoneCallback(callback: unknown): void {
    this.#callbacks.push(callableOf(callback, 'addDoneCallback'));
    if (this.#future.isDone) this.callBack();
    else this.#future.watcher = this;
  }

  /** For the engine. A callback that waits goes on by itself. */
  callBack(): SimPromise<void> {
    for (const callback of this.#callbacks.splice(0)) callback(this);
    return SimPromise.resolve();
  }

  toString(): string {
    return this.#future.title;
  }

  [repr](): string {
    return this.#future.title;
  }

  #look(): void {
    if (!this.#future.isDone) run(this.#worker.look(this.#future)).catch(() => undefined);
  }

  static engineOf(value: unknown): Future | null {
    return value instanceof FutureFace ? value.#future : null;
  }
}

/** The run that a call of the library's comes from. */
export function runOf(worker: Worker): Run | null {
  return currentRun() ?? (worker.config.isOrigin ? worker.root : null);
}

/** What a future that is done has come to. @throws it, if it is an error */
export function valueOf({ outcome, state }: Future): unknown {
  if (state === 'cancelled') throw new CancelledError('');
  if (outcome!.isError) throw outcome!.value;
  return outcome!.value;
}
