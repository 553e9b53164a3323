// Iteration in growing pieces: one message for each piece, in place of one for each item.

import { type Body, run, type SimPromise } from '#lib/node/promise.ts';
import { HANDLE } from '../consts.ts';
import { typeError } from '../errors.ts';
import { keepOf } from './keep.ts';
import { asked, release } from './netref.ts';
import { Tuple } from './values.ts';

export interface BuffiterOptions {
  /** Items of the first piece. Default 10. */
  chunk?: number;
  /** Items of a piece at most. Default 1000. */
  maxChunk?: number;
  /** Each piece has so many times as many items as the one before. Default 2. */
  factor?: number;
}

interface Step {
  done: boolean;
  value: unknown;
}

export class Buffiter {
  readonly #object: unknown;
  readonly #chunkMax: number;
  readonly #factor: number;
  #chunk: number;
  #iterator: unknown = null;
  #items: unknown[] = [];
  #isOver = false;

  /** @throws ValueError for a factor below 1 */
  constructor(object: unknown, { chunk = 10, maxChunk = 1_000, factor = 2 }: BuffiterOptions = {}) {
    if (factor < 1) {
      throw Object.assign(typeError(`factor must be >= 1, got ${factor}`), { name: 'ValueError' });
    }
    this.#object = object;
    this.#chunk = chunk;
    this.#chunkMax = maxChunk;
    this.#factor = factor;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): SimPromise<Step> {
    return run(this.#next());
  }

  return(): SimPromise<Step> {
    return run(this.#end());
  }

  *#next(): Body<Step> {
    if (this.#items.length === 0 && !this.#isOver) yield* this.#fetch();
    if (this.#items.length === 0) return yield* this.#end();
    return { done: false, value: this.#items.shift() };
  }

  *#fetch(): Body<void> {
    const none = new Tuple([]);
    this.#iterator ??= yield* asked(this.#object, HANDLE.callattr, '__iter__', none, none);
    const items = yield* asked(this.#iterator, HANDLE.buffiter, this.#chunk);
    this.#items = [...(items as Tuple)].map(keepOf);
    this.#chunk = Math.min(this.#chunk * this.#factor, this.#chunkMax);
  }

  *#end(): Body<Step> {
    yield* [];
    if (!this.#isOver && this.#iterator !== null) release(this.#iterator);
    this.#isOver = true;
    this.#items = [];
    return { done: true, value: undefined };
  }
}
