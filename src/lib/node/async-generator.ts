// Async generators and `for await` over our own promises (ECMAScript 27.6, 27.1.4). The compile step
// turns `async function*` into a plain generator that yields an `Awaited` box for each await and the
// bare value for each yield; this drives it.

import { currentProcess, type CurrentProcess } from './current.ts';
import { simErrors } from './engine-errors.ts';
import { ASYNC_CALL_WEIGHT, isStop, type Position } from './meter.ts';
import { Deferred, Job, REJECTED, SimPromise, subscribe, type Body } from './promise.ts';

/** Marks what an async generator awaits, as against what it yields. */
export class AwaitBox {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

type Verb = 'next' | 'throw' | 'return';

interface Request {
  readonly verb: Verb;
  readonly value: unknown;
  readonly answer: Deferred<IteratorResult<unknown, unknown>>;
}

/** Drives one generator; requests made while it runs wait their turn. */
class Driver extends Job {
  readonly #body: Body<unknown>;
  readonly #functionId: number;
  readonly #requests: Request[] = [];
  #isRunning = false;
  #hasStarted = false;
  #hasEnded = false;
  /** What the settled promise in hand is for: going on with the body, or ending by `return`. */
  #isReturning = false;
  #at: Position = 0;

  constructor(body: Body<unknown>, functionId: number) {
    super();
    this.#body = body;
    this.#functionId = functionId;
  }

  request(verb: Verb, value: unknown): SimPromise<IteratorResult<unknown, unknown>> {
    const answer = new Deferred<IteratorResult<unknown, unknown>>();
    this.#requests.push({ verb, value, answer });
    if (!this.#isRunning) this.#serve();
    return answer.promise;
  }

  #serve(): void {
    while (!this.#isRunning && this.#requests.length > 0) {
      const { verb, value } = this.#requests[0]!;
      if (verb === 'return' && (this.#hasEnded || !this.#hasStarted)) this.#endBy(value);
      else if (this.#hasEnded || (verb === 'throw' && !this.#hasStarted))
        this.#afterEnd(verb, value);
      else if (verb === 'return') this.#awaitThenReturn(value);
      else this.#enter(verb, value);
    }
  }

  #afterEnd(verb: Verb, value: unknown): void {
    this.#hasEnded = true;
    const { answer } = this.#requests.shift()!;
    if (verb === 'throw') answer.reject(value);
    else answer.resolve({ value: undefined, done: true });
  }

  #endBy(value: unknown): void {
    this.#hasEnded = true;
    this.#awaitThenReturn(value);
  }

  #awaitThenReturn(value: unknown): void {
    this.#isRunning = this.#isReturning = true;
    subscribe(SimPromise.resolve(value), this);
  }

  #enter(verb: Verb, value: unknown): void {
    this.#isRunning = this.#hasStarted = true;
    const { meter } = currentProcess();
    const { at, depth } = meter;
    if (this.#at !== 0) meter.at = this.#at;
    if ((meter.depth += ASYNC_CALL_WEIGHT) > meter.deep) this.#refuse();
    else this.#step(verb, value);
    meter.at = at;
    meter.depth = depth;
  }

  /** Too deep: the request fails, the generator ends. */
  #refuse(): void {
    const process = currentProcess();
    try {
      process.meter.over();
    } catch (error) {
      this.#fail(process, error);
    }
  }

  override run(): void {
    const process = currentProcess();
    const { state, value } = this;
    this.value = undefined;
    process.meter.at = this.#at;
    process.meter.depth = ASYNC_CALL_WEIGHT;
    if (this.#isReturning) this.#goOnReturning(state === REJECTED, value);
    else this.#step(state === REJECTED ? 'throw' : 'next', value);
    this.#serve();
  }

  #goOnReturning(isRejected: boolean, value: unknown): void {
    this.#isReturning = false;
    if (!this.#hasEnded) {
      this.#step(isRejected ? 'throw' : 'return', value);
      return;
    }
    this.#isRunning = false;
    const { answer } = this.#requests.shift()!;
    if (isRejected) answer.reject(value);
    else answer.resolve({ value, done: true });
  }

  #step(verb: Verb, sent: unknown): void {
    const process = currentProcess();
    let result: IteratorResult<unknown, unknown>;
    try {
      result = this.#body[verb](sent);
    } catch (error) {
      this.#fail(process, error);
      return;
    }
    this.#at = process.meter.at;
    const { value, done } = result;
    if (!done && value instanceof AwaitBox) {
      subscribe(SimPromise.resolve(value.value), this);
      return;
    }
    this.#isRunning = false;
    if (done) this.#hasEnded = true;
    this.#requests.shift()!.answer.resolve({ value, done: done === true });
  }

  #fail(process: CurrentProcess, error: unknown): void {
    this.#isRunning = false;
    this.#hasEnded = true;
    if (isStop(error)) throw error;
    this.#requests.shift()!.answer.reject(process.meter.out(error, this.#functionId));
  }
}

/** What an `async function*` returns. */
export class SimAsyncGenerator<T = unknown> implements AsyncIterableIterator<T> {
  readonly #driver: Driver;
  constructor(body: Body<unknown>, functionId: number) {
    this.#driver = new Driver(body, functionId);
  }
  get [Symbol.toStringTag](): string {
    return 'AsyncGenerator';
  }
  next(value?: unknown): SimPromise<IteratorResult<T>> {
    return this.#driver.request('next', value) as SimPromise<IteratorResult<T>>;
  }
  throw(reason?: unknown): SimPromise<IteratorResult<T>> {
    return this.#driver.request('throw', reason) as SimPromise<IteratorResult<T>>;
  }
  return(value?: unknown): SimPromise<IteratorResult<T>> {
    return this.#driver.request('return', value) as SimPromise<IteratorResult<T>>;
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** An iterator as `for await` and `yield*` use it. */
export interface ForAwaitIterator {
  next(value?: unknown): unknown;
  throw?(reason?: unknown): unknown;
  return?(value?: unknown): unknown;
}

/** Lets `for await` walk a plain iterator: each value is awaited (27.1.4.2). */
class AsyncFromSync implements ForAwaitIterator {
  readonly #source: Iterator<unknown, unknown, unknown>;
  constructor(source: Iterator<unknown, unknown, unknown>) {
    this.#source = source;
  }
  next(value?: unknown): unknown {
    return this.#settled(this.#source.next(value));
  }
  return(value?: unknown): unknown {
    const result = this.#source.return?.(value);
    return result === undefined ? { value, done: true } : this.#settled(result);
  }
  throw(reason?: unknown): unknown {
    const result = this.#source.throw?.(reason);
    if (result === undefined) throw new simErrors.TypeError('the iterator has no throw method');
    return this.#settled(result);
  }
  #settled({ value, done }: IteratorResult<unknown, unknown>): unknown {
    return SimPromise.resolve(value).then((settled) => ({ value: settled, done }));
  }
}

/**
 * The iterator of `for await (… of iterable)`.
 *
 * @throws TypeError when the value is neither async iterable nor iterable
 */
export function asyncIteratorOf(iterable: unknown): ForAwaitIterator {
  const holder = iterable as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  const openAsync = holder?.[Symbol.asyncIterator];
  if (openAsync !== undefined && openAsync !== null) {
    return openAsync.call(iterable) as unknown as ForAwaitIterator;
  }
  const open = holder?.[Symbol.iterator];
  if (typeof open !== 'function') {
    throw new simErrors.TypeError(
      'value is not iterable: for await needs an iterable or async iterable',
    );
  }
  return new AsyncFromSync(open.call(iterable) as Iterator<unknown, unknown, unknown>);
}

/** @throws TypeError when an iterator returned something that is no result */
export function iteratorResult(result: unknown): IteratorResult<unknown, unknown> {
  if ((typeof result === 'object' && result !== null) || typeof result === 'function') {
    return result as IteratorResult<unknown, unknown>;
  }
  throw new simErrors.TypeError('next() of an iterator must return an object');
}

/** `yield*` inside an async generator: `yield* delegate(iterable)` in the compiled generator. */
export function* delegate(iterable: unknown): Generator<unknown, unknown, unknown> {
  const iterator = asyncIteratorOf(iterable);
  let answer = iterator.next();
  for (;;) {
    const result = iteratorResult(yield new AwaitBox(answer));
    if (result.done) return result.value;
    // `return` reaches a suspended generator as an abrupt completion, which only `finally` sees.
    let isReturned = true;
    try {
      const sent = yield result.value;
      isReturned = false;
      answer = iterator.next(sent);
    } catch (error) {
      if (isStop(error) || !isReturned) throw error;
      isReturned = false;
      answer = yield* passThrow(iterator, error);
    } finally {
      if (isReturned && iterator.return !== undefined) yield new AwaitBox(iterator.return());
    }
  }
}

function* passThrow(
  iterator: ForAwaitIterator,
  reason: unknown,
): Generator<unknown, unknown, unknown> {
  if (iterator.throw !== undefined) return iterator.throw(reason);
  if (iterator.return !== undefined) yield new AwaitBox(iterator.return());
  throw new simErrors.TypeError('the iterator has no throw method');
}
