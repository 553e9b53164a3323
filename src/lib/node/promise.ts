// Promises, the job queue and coroutines of simulated processes (KT4). No native promise runs inside a
// TypeScript process, so a turn ends exactly when this queue is empty.
//
// Order of jobs is that of ECMAScript (27.2, 27.7), tick for tick, so that a program prints what it
// prints in Node. What is simpler: `then` of a subclass returns a plain SimPromise (no species).
//
// Speed matters: an await allocates nothing but what the generator itself does. A coroutine is its
// own reaction record, and reactions are a linked list of records, not closures.

import { currentProcess, type CurrentProcess } from './current.ts';
import { AggregateError, normaliseError, simErrors } from './engine-errors.ts';
import { ASYNC_CALL_WEIGHT, isStop, type Position } from './meter.ts';

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;
type State = typeof PENDING | typeof FULFILLED | typeof REJECTED;

/** Something to do before the turn ends. Fields are set when the awaited promise settles. */
abstract class Job {
  next: Job | null = null;
  state: State = PENDING;
  value: unknown = undefined;
  /** See `JobQueue.context`. */
  readonly context: unknown = currentProcess().queue.context;
  abstract run(): void;
}

/**
 * What a wait that is pending and a callback that is queued take of a turn's memory (see meter.ts),
 * until they are over: a chain of promises that never settles grows without a loop or a literal.
 */
const PENDING_BYTES = 256;
const CALLBACK_BYTES = 64;

/**
 * What going on after an await costs a learner's program, in ticks. Without it `for (;;) await null`
 * would fill its ten virtual seconds (NODE7) with nine real ones.
 */
const RESUME_TICKS = 4;

function release(bytes: number): void {
  currentProcess().meter.release(bytes);
}

/** Smallest ring; must be a power of two. */
const RING_MIN = 64;

/** The jobs of one process, in order. */
export class JobQueue {
  #ring: (Job | undefined)[] = new Array<Job | undefined>(RING_MIN).fill(undefined);
  #head = 0;
  #count = 0;
  #rejected: SimPromise<unknown>[] = [];
  /** First of the coroutines that have been suspended and have not ended. */
  live: Coroutine | null = null;
  /**
   * What the code that runs belongs to, such as a model's task, or null: whatever it starts or waits
   * for goes on in the same one. Set by `runWithin`; timers keep it too.
   */
  context: unknown = null;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Adds a job behind all others. */
  push(job: Job): void {
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count++) & (this.#ring.length - 1)] = job;
  }

  #grow(): void {
    const { length } = this.#ring;
    const ring = new Array<Job | undefined>(2 * length).fill(undefined);
    for (let i = 0; i < length; i++) ring[i] = this.#ring[(this.#head + i) & (length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }

  /**
   * Runs jobs until none is left. What a job throws (a callback of `queueMicrotask`, the meter's
   * stop) ends the run and reaches the caller; the rest of the jobs stay queued.
   */
  run(): void {
    while (this.#count > 0) {
      const job = this.#ring[this.#head]!;
      this.#ring[this.#head] = undefined;
      this.#head = (this.#head + 1) & (this.#ring.length - 1);
      this.#count--;
      this.context = job.context;
      job.run();
    }
    this.context = null;
  }

  /** Remembers a promise that was rejected while nobody listened. */
  noteRejected(promise: SimPromise<unknown>): void {
    this.#rejected.push(promise);
  }

  /**
   * Promises rejected since the last call that still have no handler, each reported once. The host
   * asks when a turn ends, so a handler attached later in the same turn counts.
   */
  takeUnhandled(): { promise: SimPromise<unknown>; reason: unknown }[] {
    if (this.#rejected.length === 0) return [];
    const rejected = this.#rejected;
    this.#rejected = [];
    return rejected
      .filter((promise) => !isHandled(promise))
      .map((promise) => ({ promise, reason: resultOf(promise) }));
  }

  /** Every coroutine that is suspended, oldest first: what an end-of-run report tells of (KT8). */
  suspended(): Coroutine[] {
    const found: Coroutine[] = [];
    for (let it = this.live; it !== null; it = it.nextLive) found.push(it);
    return found.reverse();
  }
}

class CallbackJob extends Job {
  readonly #callback: () => void;
  readonly #at: Position;
  constructor(callback: () => void, at: Position) {
    super();
    this.#callback = callback;
    this.#at = at;
  }
  override run(): void {
    release(CALLBACK_BYTES);
    const { meter } = currentProcess();
    meter.at = this.#at;
    meter.n += RESUME_TICKS;
    this.#callback();
  }
}

/** Runs `callback` after the jobs already queued; what it throws is an uncaught exception. */
export function queueMicrotask(callback: () => void): void {
  if (typeof callback !== 'function')
    throw new simErrors.TypeError('queueMicrotask needs a function');
  const { queue, meter } = currentProcess();
  meter.allocate(CALLBACK_BYTES);
  queue.push(new CallbackJob(callback, meter.at));
}

type Resolve<T> = (value: T | PromiseLike<T>) => void;
type Reject = (reason?: unknown) => void;
type Executor<T> = (resolve: Resolve<T>, reject: Reject) => void;

/** In place of an executor: make a pending promise and nothing else. */
const BARE = Symbol('bare') as unknown as Executor<never>;

let isHandled: (promise: SimPromise<unknown>) => boolean;
let resultOf: (promise: SimPromise<unknown>) => unknown;
let stateOf: (promise: SimPromise<unknown>) => State;
let settle: (promise: SimPromise<unknown>, state: State, value: unknown) => void;
let subscribe: (promise: SimPromise<unknown>, job: Job) => void;
let setOrigin: (promise: SimPromise<unknown>, origin: Coroutine) => void;
let originIn: (promise: SimPromise<unknown>) => Coroutine | null;
let unsubscribe: (promise: SimPromise<unknown>, job: Job) => boolean;

/** The Promise of simulated processes: one class for the whole realm, whose jobs run in the current process. */
export class SimPromise<T> implements Promise<T> {
  #state: State = PENDING;
  #value: unknown = undefined;
  #first: Job | null = null;
  #last: Job | null = null;
  #isHandled = false;
  #origin: Coroutine | null = null;

  static {
    isHandled = (promise) => promise.#isHandled;
    resultOf = (promise) => promise.#value;
    stateOf = (promise) => promise.#state;
    setOrigin = (promise, origin) => {
      promise.#origin = origin;
    };
    originIn = (promise) => promise.#origin;
    settle = (promise, state, value) => {
      promise.#state = state;
      promise.#value = state === REJECTED ? normaliseError(value) : value;
      let job = promise.#first;
      promise.#first = promise.#last = null;
      const { queue } = currentProcess();
      if (job === null && state === REJECTED && !promise.#isHandled) queue.noteRejected(promise);
      while (job !== null) {
        release(PENDING_BYTES);
        const { next } = job;
        job.next = null;
        job.state = state;
        job.value = promise.#value;
        queue.push(job);
        job = next;
      }
    };
    unsubscribe = (promise, job) => {
      let before: Job | null = null;
      let one = promise.#first;
      while (one !== null && one !== job) [before, one] = [one, one.next];
      if (one === null) return false;
      if (before === null) promise.#first = one.next;
      else before.next = one.next;
      if (promise.#last === one) promise.#last = before;
      one.next = null;
      release(PENDING_BYTES);
      return true;
    };
    subscribe = (promise, job) => {
      promise.#isHandled = true;
      if (promise.#state !== PENDING) {
        job.state = promise.#state;
        job.value = promise.#value;
        currentProcess().queue.push(job);
        return;
      }
      currentProcess().meter.allocate(PENDING_BYTES);
      if (promise.#last === null) promise.#first = promise.#last = job;
      else promise.#last = promise.#last.next = job;
    };
  }

  constructor(executor: Executor<T>) {
    if ((executor as unknown) === BARE) return;
    if (typeof executor !== 'function')
      throw new simErrors.TypeError('new Promise needs a function');
    const { resolve, reject } = resolversOf<T>(this);
    try {
      executor(resolve, reject);
    } catch (error) {
      if (isStop(error)) throw error;
      reject(error);
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Promise';
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): SimPromise<A | B> {
    const result = new SimPromise<A | B>(BARE);
    subscribe(this, new Reaction(onFulfilled, onRejected, result, currentProcess().meter.at));
    return result;
  }

  catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): SimPromise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): SimPromise<T> {
    if (typeof onFinally !== 'function') return this.then(onFinally, onFinally);
    return this.then(
      (value) => SimPromise.resolve(onFinally()).then(() => value),
      (reason) =>
        SimPromise.resolve(onFinally()).then((): never => {
          throw reason;
        }),
    );
  }

  static resolve(): SimPromise<void>;
  static resolve<T>(value: T | PromiseLike<T>): SimPromise<Awaited<T>>;
  static resolve(value?: unknown): SimPromise<unknown> {
    if (value instanceof SimPromise) return value;
    const promise = new SimPromise<unknown>(BARE);
    resolvePromise(promise, value);
    return promise;
  }

  static reject<T = never>(reason?: unknown): SimPromise<T> {
    const promise = new SimPromise<T>(BARE);
    settle(promise, REJECTED, reason);
    return promise;
  }

  static withResolvers<T>(): { promise: SimPromise<T>; resolve: Resolve<T>; reject: Reject } {
    const promise = new SimPromise<T>(BARE);
    return { promise, ...resolversOf(promise) };
  }

  static try<T, A extends unknown[]>(
    callback: (...args: A) => T | PromiseLike<T>,
    ...args: A
  ): SimPromise<Awaited<T>> {
    return new SimPromise<Awaited<T>>((resolve) => resolve(callback(...args) as Awaited<T>));
  }

  static all<T>(values: Iterable<T | PromiseLike<T>>): SimPromise<Awaited<T>[]>;
  static all(values: Iterable<unknown>): SimPromise<unknown> {
    return collect(values, {
      fulfilled: (entry, value) => entry.done(value),
      rejected: (entry, reason) => entry.reject(reason),
      finish: (results, resolve) => resolve(results),
    });
  }

  static allSettled<T>(
    values: Iterable<T | PromiseLike<T>>,
  ): SimPromise<PromiseSettledResult<Awaited<T>>[]>;
  static allSettled(values: Iterable<unknown>): SimPromise<unknown> {
    return collect(values, {
      fulfilled: (entry, value) => entry.done({ status: 'fulfilled', value }),
      rejected: (entry, reason) => entry.done({ status: 'rejected', reason }),
      finish: (results, resolve) => resolve(results),
    });
  }

  static any<T>(values: Iterable<T | PromiseLike<T>>): SimPromise<Awaited<T>>;
  static any(values: Iterable<unknown>): SimPromise<unknown> {
    return collect(values, {
      fulfilled: (entry, value) => entry.resolve(value),
      rejected: (entry, reason) => entry.done(reason),
      finish: (reasons, _resolve, reject) =>
        reject(new AggregateError(reasons, 'every promise was rejected')),
    });
  }

  static race<T>(values: Iterable<T | PromiseLike<T>>): SimPromise<Awaited<T>>;
  static race(values: Iterable<unknown>): SimPromise<unknown> {
    return new SimPromise<unknown>((resolve, reject) => {
      for (const value of values) SimPromise.resolve(value).then(resolve, reject);
    });
  }
}

/** One of the promises given to `all` and its kin, and the promise that they make together. */
interface Entry {
  /** Records the entry's outcome; the last one finishes. */
  done(outcome: unknown): void;
  readonly resolve: Resolve<unknown>;
  readonly reject: Reject;
}

interface Gatherer {
  fulfilled(entry: Entry, value: unknown): void;
  rejected(entry: Entry, reason: unknown): void;
  /** Every outcome is recorded. */
  finish(outcomes: unknown[], resolve: Resolve<unknown>, reject: Reject): void;
}

/** The common frame of `all`, `allSettled` and `any`. */
function collect(values: Iterable<unknown>, gatherer: Gatherer): SimPromise<unknown> {
  return new SimPromise<unknown>((resolve, reject) => {
    const outcomes: unknown[] = [];
    let pendingCount = 1;
    const leave = () => {
      if (--pendingCount === 0) gatherer.finish(outcomes, resolve, reject);
    };
    for (const value of values) {
      const index = outcomes.push(undefined) - 1;
      pendingCount++;
      const done = (outcome: unknown) => {
        outcomes[index] = outcome;
        leave();
      };
      const entry: Entry = { done, resolve, reject };
      SimPromise.resolve(value).then(
        (result) => gatherer.fulfilled(entry, result),
        (reason) => gatherer.rejected(entry, reason),
      );
    }
    leave();
  });
}

function resolversOf<T>(promise: SimPromise<T>): { resolve: Resolve<T>; reject: Reject } {
  let isResolved = false;
  return {
    resolve: (value) => {
      if (isResolved) return;
      isResolved = true;
      resolvePromise(promise, value);
    },
    reject: (reason) => {
      if (isResolved) return;
      isResolved = true;
      settle(promise, REJECTED, reason);
    },
  };
}

/** The promise resolve function of the specification (27.2.1.3.2), for a promise not yet resolved. */
function resolvePromise(promise: SimPromise<unknown>, value: unknown): void {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    settle(promise, FULFILLED, value);
  } else if (value === promise) {
    settle(promise, REJECTED, new simErrors.TypeError('a promise cannot wait for itself'));
  } else if (value instanceof SimPromise) {
    currentProcess().queue.push(new AdoptJob(promise, value, null));
  } else {
    adoptThenable(promise, value);
  }
}

function adoptThenable(promise: SimPromise<unknown>, value: object): void {
  let then: unknown;
  try {
    ({ then } = value as { then?: unknown });
  } catch (error) {
    if (isStop(error)) throw error;
    settle(promise, REJECTED, error);
    return;
  }
  if (typeof then !== 'function') settle(promise, FULFILLED, value);
  else currentProcess().queue.push(new AdoptJob(promise, value, then));
}

/** NewPromiseResolveThenableJob: lets `promise` follow another promise or thenable. */
class AdoptJob extends Job {
  readonly #promise: SimPromise<unknown>;
  readonly #source: object;
  readonly #then: ((resolve: Resolve<unknown>, reject: Reject) => unknown) | null;
  readonly #at: Position;

  constructor(promise: SimPromise<unknown>, source: object, then: unknown) {
    super();
    this.#promise = promise;
    this.#source = source;
    this.#then = then as ((resolve: Resolve<unknown>, reject: Reject) => unknown) | null;
    this.#at = currentProcess().meter.at;
  }

  override run(): void {
    currentProcess().meter.at = this.#at;
    if (this.#then === null) {
      subscribe(
        this.#source as SimPromise<unknown>,
        new Reaction(null, null, this.#promise, this.#at),
      );
      return;
    }
    const { resolve, reject } = resolversOf(this.#promise);
    try {
      this.#then.call(this.#source, resolve, reject);
    } catch (error) {
      if (isStop(error)) throw error;
      reject(error);
    }
  }
}

/** What `then` leaves behind. */
class Reaction extends Job {
  readonly #onFulfilled: unknown;
  readonly #onRejected: unknown;
  readonly #result: SimPromise<unknown>;
  readonly #at: Position;

  constructor(
    onFulfilled: unknown,
    onRejected: unknown,
    result: SimPromise<unknown>,
    at: Position,
  ) {
    super();
    this.#onFulfilled = onFulfilled;
    this.#onRejected = onRejected;
    this.#result = result;
    this.#at = at;
  }

  override run(): void {
    const handler = this.state === FULFILLED ? this.#onFulfilled : this.#onRejected;
    if (typeof handler !== 'function') {
      settle(this.#result, this.state, this.value);
      return;
    }
    currentProcess().meter.at = this.#at;
    let value: unknown;
    try {
      value = (handler as (value: unknown) => unknown)(this.value);
    } catch (error) {
      if (isStop(error)) throw error;
      settle(this.#result, REJECTED, error);
      return;
    }
    resolvePromise(this.#result, value);
  }
}

/** Generators as coroutines: whatever they yield is awaited. */
export type Body<T> = Generator<unknown, T, unknown>;

/**
 * An async function in progress. `functionId` is that of the learner's function (see meter.ts) or 0
 * for model code, whose frames do not show in tracebacks.
 */
export class Coroutine extends Job {
  readonly promise: SimPromise<unknown> = new SimPromise<unknown>(BARE);
  readonly functionId: number;
  /** The learner's line at which it is suspended. */
  at: Position = 0;
  /** The promise it waits for, null while it runs or waits for a plain value. */
  awaiting: SimPromise<unknown> | null = null;
  nextLive: Coroutine | null = null;
  #previousLive: Coroutine | null = null;
  #isLive = false;
  readonly #body: Body<unknown>;

  constructor(body: Body<unknown>, functionId: number) {
    super();
    this.#body = body;
    this.functionId = functionId;
    setOrigin(this.promise, this);
  }

  override run(): void {
    this.awaiting = null;
    const { value } = this;
    this.value = undefined;
    const process = currentProcess();
    const { meter } = process;
    meter.at = this.at;
    if (this.functionId === 0) meter.depth = 0;
    else {
      meter.depth = ASYNC_CALL_WEIGHT;
      meter.n += RESUME_TICKS;
    }
    this.step(process, this.state === REJECTED, value);
  }

  step(process: CurrentProcess, isThrow: boolean, sent: unknown): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = isThrow ? this.#body.throw(sent) : this.#body.next(sent);
    } catch (error) {
      this.#fail(process, error);
      return;
    }
    const { value } = result;
    if (result.done) {
      this.#leave(process.queue);
      resolvePromise(this.promise, value);
      return;
    }
    this.at = process.meter.at;
    if (!this.#isLive) this.#join(process.queue);
    if (value instanceof SimPromise) {
      this.awaiting = value;
      subscribe(value, this);
    } else if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
      subscribe((this.awaiting = SimPromise.resolve(value)), this);
    } else {
      this.state = FULFILLED;
      this.value = value;
      process.queue.push(this);
    }
  }

  #fail(process: CurrentProcess, error: unknown): void {
    this.#leave(process.queue);
    if (isStop(error)) throw error;
    const { meter } = process;
    settle(
      this.promise,
      REJECTED,
      this.functionId === 0 ? error : meter.out(error, this.functionId),
    );
  }

  #join(queue: JobQueue): void {
    this.#isLive = true;
    this.nextLive = queue.live;
    if (queue.live !== null) queue.live.#previousLive = this;
    queue.live = this;
  }

  #leave(queue: JobQueue): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    if (this.#previousLive === null) queue.live = this.nextLive;
    else this.#previousLive.nextLive = this.nextLive;
    if (this.nextLive !== null) this.nextLive.#previousLive = this.#previousLive;
    this.nextLive = this.#previousLive = null;
  }
}

/**
 * Starts a generator as a coroutine; it runs at once, up to its first await. The learner's line is
 * the caller's again afterwards.
 *
 * @param functionId see Coroutine; leave it out for model code
 */
export function run<T>(body: Body<T>, functionId = 0): SimPromise<T> {
  const process = currentProcess();
  const { meter } = process;
  const { at, depth } = meter;
  const coroutine = new Coroutine(body, functionId);
  coroutine.step(process, false, undefined);
  meter.at = at;
  meter.depth = depth;
  return coroutine.promise as SimPromise<T>;
}

/** Starts a coroutine of model code in a context of its own (see `JobQueue.context`). */
export function runWithin<T>(context: unknown, body: Body<T>): SimPromise<T> {
  const { queue } = currentProcess();
  const before = queue.context;
  queue.context = context;
  const promise = run(body);
  queue.context = before;
  return promise;
}

/** The context of the code that runs, or null (see `JobQueue.context`). */
export function contextNow(): unknown {
  return currentProcess().queue.context;
}

/**
 * Turns a generator function into a function that returns a promise; `this` and arguments are kept.
 * For our own code; learners' async functions are compiled to `run`.
 */
export function coroutine<This, A extends unknown[], T>(
  body: (this: This, ...args: A) => Body<T>,
): (this: This, ...args: A) => SimPromise<T> {
  const started = function (this: This, ...args: A): SimPromise<T> {
    return run(body.apply(this, args));
  };
  Object.defineProperty(started, 'name', { value: body.name, configurable: true });
  Object.defineProperty(started, 'length', { value: body.length, configurable: true });
  return started;
}

/** `const answer = yield* wait(promise)`: an await with its type, for our own generators. */
export function* wait<T>(value: PromiseLike<T> | T): Generator<unknown, T, unknown> {
  return (yield value) as T;
}

/** A promise that stays pending until `settler` acts, without closures: for models and `node`. */
export class Deferred<T> {
  readonly promise: SimPromise<T> = new SimPromise<T>(BARE);
  #isDone = false;

  get isDone(): boolean {
    return this.#isDone;
  }
  resolve(value: T | PromiseLike<T>): void {
    if (this.#isDone) return;
    this.#isDone = true;
    resolvePromise(this.promise, value);
  }
  reject(reason: unknown): void {
    if (this.#isDone) return;
    this.#isDone = true;
    settle(this.promise, REJECTED, reason);
  }
}

/**
 * Makes a program that waits go on with an exception: the innermost of its async functions that
 * `promise` waits for gets it at its await. What that one waited for goes on, unheard.
 *
 * @returns false when no function of the program's waits there
 */
export function interrupt(promise: SimPromise<unknown>, error: unknown): boolean {
  let found: Coroutine | null = null;
  for (let it = originIn(promise); it !== null; it = it.awaiting && originIn(it.awaiting)) {
    if (it.functionId > 0) found = it;
  }
  if (!found?.awaiting || !unsubscribe(found.awaiting, found)) return false;
  found.state = REJECTED;
  found.value = error;
  currentProcess().queue.push(found);
  return true;
}

/** The coroutine whose result a promise is, or null: lets a report follow who waits for whom (KT8). */
export function originOf(promise: SimPromise<unknown>): Coroutine | null {
  return originIn(promise);
}

/** A look at a promise that does not wait. */
export function peek<T>(
  promise: SimPromise<T>,
):
  { state: 'pending' } | { state: 'fulfilled'; value: T } | { state: 'rejected'; reason: unknown } {
  switch (stateOf(promise)) {
    case FULFILLED:
      return { state: 'fulfilled', value: resultOf(promise) as T };
    case REJECTED:
      return { state: 'rejected', reason: resultOf(promise) };
    default:
      return { state: 'pending' };
  }
}

// Learners know the class by the language's name.
Object.defineProperty(SimPromise, 'name', { value: 'Promise', configurable: true });

export { Job, subscribe, REJECTED };
