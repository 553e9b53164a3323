/**
 * SCOOP: futures over a pool of workers. `scoop -n 4 main.ts` runs the program in four processes; one
 * of them is the origin, where the program itself runs, the others wait for futures.
 *
 * ```ts
 * import { futures, IS_ORIGIN } from 'scoop';
 * export function square(x: number) { return x * x; }     // exported: workers find it by its name
 * if (IS_ORIGIN) {                                        // the other workers only define it
 *   console.log(await futures.map(square, [1, 2, 3]));    // [1, 4, 9]
 * }
 * ```
 *
 * Python's names in camelCase, options last; what blocks there is awaited here; times are seconds.
 */
declare module 'scoop' {
  /** Results in order: await them all, or loop over them as they come (`for await`). */
  export interface Results<T> extends AsyncIterable<T>, PromiseLike<T[]> {}

  /** Items of iterables, one after the other. */
  type Columns<A extends readonly unknown[]> = { [K in keyof A]: Iterable<A[K]> };

  /** A call that runs somewhere in the pool, or will. */
  export class Future<T = unknown> {
    private constructor();
    /**
     * What the call returned. While it is not there this worker runs other futures.
     *
     * @param options `timeout` in seconds; a future that this very worker runs is waited for
     * @throws what the call threw; TimeoutError; CancelledError
     */
    result(options?: { timeout?: number }): Promise<T>;
    /** Does not wait: null while the future is not done, or when it threw nothing. */
    exception(): unknown;
    /** Whether it has ended. One that still waits here is sent to another worker. */
    done(): boolean;
    /** Whether it has left this worker's queue and not ended. */
    running(): boolean;
    cancelled(): boolean;
    /** True when it still waited here: it will not run. */
    cancel(): boolean;
    /** Calls `callback(future)` when the result arrives at the worker that submitted it. */
    addDoneCallback(callback: (future: Future<T>) => unknown): void;
  }

  export const futures: {
    /** Calls `callable` with the items of the iterables, up to the end of the shortest. */
    map<A extends unknown[], R>(
      callable: (...args: A) => R,
      ...iterables: Columns<A>
    ): Results<Awaited<R>>;
    /** As `map`; results come as they are done. */
    mapAsCompleted<A extends unknown[], R>(
      callable: (...args: A) => R,
      ...iterables: Columns<A>
    ): Results<Awaited<R>>;
    /** Joins the results of `map`, in order, by a tree of futures. */
    mapReduce<A extends unknown[], R>(
      map: (...args: A) => R,
      reduce: (left: Awaited<R>, right: Awaited<R>) => Awaited<R> | Promise<Awaited<R>>,
      ...iterables: Columns<A>
    ): Promise<Awaited<R>>;
    /** As `mapReduce`: the results up to each item. */
    mapScan<A extends unknown[], R>(
      map: (...args: A) => R,
      reduce: (left: Awaited<R>, right: Awaited<R>) => Awaited<R> | Promise<Awaited<R>>,
      ...iterables: Columns<A>
    ): Promise<Awaited<R>[]>;
    submit<A extends unknown[], R>(callable: (...args: A) => R, ...args: A): Future<Awaited<R>>;
    /** The futures as they end. `timeout` in seconds, from each to the next. */
    asCompleted<T>(
      futures: Iterable<Future<T>>,
      options?: { timeout?: number },
    ): Results<Future<T>>;
    wait<T>(
      futures: Iterable<Future<T>>,
      options?: {
        /** Seconds; then those that are not done are told. */
        timeout?: number;
        /** Default `futures.ALL_COMPLETED`. */
        returnWhen?: 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';
      },
    ): Promise<{ done: Set<Future<T>>; notDone: Set<Future<T>> }>;
    readonly FIRST_COMPLETED: 'FIRST_COMPLETED';
    readonly FIRST_EXCEPTION: 'FIRST_EXCEPTION';
    readonly ALL_COMPLETED: 'ALL_COMPLETED';
  };

  /** Constants that all workers can read. */
  export const shared: {
    /** @throws TypeError when there is one of that name */
    setConst(values: Record<string, unknown>): void;
    /** Waits until there is one of that name; with `timeout` (seconds) null when it does not come. */
    getConst<T = unknown>(name: string, options?: { timeout?: number }): Promise<T>;
  };

  /** Whether this process runs the program itself. True also without a pool. */
  export const IS_ORIGIN: boolean;
  /** Whether this process is part of a pool, and has joined it. */
  export const IS_RUNNING: boolean;
  /** Workers in the pool, the origin included. */
  export const SIZE: number;
  /** This worker: `127.0.0.1:32769`. */
  export const worker: string;

  /** A value or function cannot travel. */
  export class PicklingError extends Error {}
  /** A future refers to what its worker has not. */
  export class ReferenceBroken extends Error {}
  /** The program was started without `scoop`. */
  export class NotStartedProperly extends Error {}
  /** A result did not come in time. */
  export class TimeoutError extends Error {}
  /** The future was cancelled. */
  export class CancelledError extends Error {}
}
