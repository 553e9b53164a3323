// `futures` as TypeScript learners call it, in a pool.

import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { simErrors } from '#lib/node/engine-errors.ts';
import { TimeoutError } from '../errors.ts';
import { submissionOf } from '../typescript-space.ts';
import type { Arrivals } from '../worker/arrivals.ts';
import type { Future } from '../worker/future.ts';
import type { Worker } from '../worker/worker.ts';
import { callableOf, rowsOf, timeoutOf, type Callable, type Options } from './arguments.ts';
import { FutureFace, runOf, valueOf } from './future.ts';
import { Results } from './results.ts';
import type { Trees } from './trees.ts';

export const FIRST_COMPLETED = 'FIRST_COMPLETED';
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
export const ALL_COMPLETED = 'ALL_COMPLETED';

export class Futures {
  readonly #worker: Worker;
  readonly #trees: Trees;
  /** One object for each future. */
  readonly #faces = new WeakMap<Future, FutureFace>();

  constructor(worker: Worker, trees: Trees) {
    this.#worker = worker;
    this.#trees = trees;
  }

  submit(callable: unknown, args: readonly unknown[]): FutureFace {
    return this.#face(this.#submit(callableOf(callable, 'submit'), [args])[0]!);
  }

  map(callable: unknown, iterables: readonly unknown[]): Results {
    const futures = this.#submit(callableOf(callable, 'map'), rowsOf(iterables, 'map'));
    let index = 0;
    return new Results(() => this.#nextInOrder(futures[index++]));
  }

  mapAsCompleted(callable: unknown, iterables: readonly unknown[]): Results {
    const rows = rowsOf(iterables, 'mapAsCompleted');
    const futures = this.#submit(callableOf(callable, 'mapAsCompleted'), rows);
    const arrivals = this.#worker.arrivals(futures);
    return new Results(() => this.#nextDone(arrivals, null, valueOf));
  }

  mapReduce(map: unknown, reduce: unknown, iterables: readonly unknown[]): SimPromise<unknown> {
    const rows = rowsOf(iterables, 'mapReduce');
    return run(this.#tree(this.#trees.reduce, 'mapReduce', map, reduce, rows));
  }

  mapScan(map: unknown, reduce: unknown, iterables: readonly unknown[]): SimPromise<unknown> {
    const rows = rowsOf(iterables, 'mapScan');
    return run(this.#tree(this.#trees.scan, 'mapScan', map, reduce, rows));
  }

  asCompleted(futures: unknown, options?: Options): Results {
    const arrivals = this.#worker.arrivals(this.#futuresIn(futures, 'asCompleted'));
    const timeoutUs = timeoutOf(options, ['timeout']);
    return new Results(() => this.#nextDone(arrivals, timeoutUs, (future) => this.#face(future)));
  }

  wait(futures: unknown, options: Options = {}): SimPromise<object> {
    const timeoutUs = timeoutOf(options, ['timeout', 'returnWhen']);
    const { returnWhen = ALL_COMPLETED } = options;
    return run(this.#wait(this.#futuresIn(futures, 'wait'), timeoutUs, returnWhen));
  }

  #submit(callable: Callable, rows: readonly (readonly unknown[])[]): Future[] {
    const worker = this.#worker;
    const submissions = rows.map((args) => submissionOf(callable, args));
    const futures = worker.submit(runOf(worker), submissions);
    // What cannot be pickled is told by the future itself.
    run(worker.giveAway()).catch(() => undefined);
    return futures;
  }

  #face(future: Future): FutureFace {
    const face = this.#faces.get(future) ?? new FutureFace(this.#worker, future);
    this.#faces.set(future, face);
    return face;
  }

  *#nextInOrder(future: Future | undefined): Body<IteratorResult<unknown, undefined>> {
    if (!future) return { done: true, value: undefined };
    yield* this.#worker.wait(runOf(this.#worker), [future], 1, null);
    return { done: false, value: valueOf(future) };
  }

  *#nextDone(
    arrivals: Arrivals,
    timeoutUs: number | null,
    show: (future: Future) => unknown,
  ): Body<IteratorResult<unknown, undefined>> {
    const { leftCount } = arrivals;
    if (leftCount === 0) return { done: true, value: undefined };
    const next = yield* this.#worker.next(runOf(this.#worker), arrivals, timeoutUs);
    if (!next) throw new TimeoutError(`${leftCount} futures unfinished`);
    return { done: false, value: show(next) };
  }

  *#tree(
    tree: Callable,
    name: string,
    map: unknown,
    reduce: unknown,
    rows: readonly (readonly unknown[])[],
  ): Body<unknown> {
    const [mapped, reduced] = [callableOf(map, name), callableOf(reduce, name)];
    if (rows.length === 0) throw new simErrors.TypeError(`${name} of no items has no value`);
    const future = this.#submit(tree, [[mapped, reduced, rows]])[0]!;
    yield* this.#worker.wait(runOf(this.#worker), [future], 1, null);
    return valueOf(future);
  }

  *#wait(futures: readonly Future[], timeoutUs: number | null, when: unknown): Body<object> {
    const worker = this.#worker;
    const endUs = timeoutUs === null ? null : worker.process.nowUs() + timeoutUs;
    const isEnough = (): boolean => {
      const done = futures.filter(({ isDone }) => isDone);
      if (done.length === futures.length) return true;
      if (when === FIRST_COMPLETED) return done.length > 0;
      return when === FIRST_EXCEPTION && done.some(({ outcome }) => outcome?.isError);
    };
    if (when === ALL_COMPLETED) {
      yield* worker.wait(runOf(worker), futures, futures.length, timeoutUs);
    }
    while (when !== ALL_COMPLETED && !isEnough()) {
      const pending = futures.filter(({ isDone }) => !isDone);
      const leftUs = endUs === null ? null : Math.max(0, endUs - worker.process.nowUs());
      if (!(yield* worker.wait(runOf(worker), pending, 1, leftUs))) break;
    }
    const faces = (isDone: boolean): Set<FutureFace> =>
      new Set(futures.filter((it) => it.isDone === isDone).map((it) => this.#face(it)));
    return { done: faces(true), notDone: faces(false) };
  }

  #futuresIn(value: unknown, of: string): Future[] {
    return rowsOf([value], of).map(([item]) => {
      const future = FutureFace.engineOf(item);
      if (!future) throw new simErrors.TypeError(`${of} takes futures, as submit returns them`);
      return future;
    });
  }
}
