// What `map` and its kin return: results that can be awaited as an array, or looped over one by one.

import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';

/** The next result, as an iterator gives it. */
export type NextBody = () => Body<IteratorResult<unknown, undefined>>;

export class Results implements PromiseLike<unknown[]> {
  readonly #next: NextBody;

  constructor(next: NextBody) {
    this.#next = next;
  }

  [Symbol.asyncIterator](): object {
    return {
      next: () => run(this.#next()),
      return: () => SimPromise.resolve({ done: true, value: undefined }),
    };
  }

  then<A, B>(
    onFulfilled?: ((values: unknown[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): SimPromise<A | B> {
    return run(this.#all()).then(onFulfilled, onRejected) as SimPromise<A | B>;
  }

  *#all(): Body<unknown[]> {
    const values: unknown[] = [];
    for (;;) {
      const { done, value } = yield* wait(run(this.#next()));
      if (done) return values;
      values.push(value);
    }
  }
}
