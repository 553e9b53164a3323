// The pairs of results, fetched as they are walked.

import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { DdfsClient } from '../client/ddfs-client.ts';
import { MasterClient } from '../client/master-client.ts';
import { expandInputs } from '../client/pack.ts';
import { reach, type FaceContext } from './context.ts';

const decoder = new TextDecoder();

export class Results implements AsyncIterableIterator<unknown> {
  readonly #context: FaceContext;
  readonly #client: MasterClient;
  readonly #given: readonly unknown[];
  #urls: string[][] | null = null;
  #lines: string[] = [];
  /** One after the other, whoever asks. */
  #last: SimPromise<unknown> | null = null;

  constructor(context: FaceContext, urls: Iterable<unknown>) {
    this.#context = context;
    this.#client = new MasterClient(context.process);
    this.#given = [...urls];
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): SimPromise<IteratorResult<unknown>> {
    const before = this.#last;
    const next = reach(this.#context, this.#next(before));
    this.#last = next;
    return next;
  }

  *#next(before: SimPromise<unknown> | null): Body<IteratorResult<unknown>> {
    if (before) yield before.catch(() => undefined);
    this.#urls ??= yield* expandInputs(this.#client, this.#given, String(this.#given));
    while (this.#lines.length === 0) {
      const urls = this.#urls.shift();
      if (!urls) return { done: true, value: undefined };
      const bytes = yield* new DdfsClient(this.#client).read(urls);
      this.#lines = decoder
        .decode(bytes)
        .split('\n')
        .filter((line) => line !== '')
        .reverse();
    }
    return { done: false, value: this.#context.values.loads(this.#lines.pop()!) };
  }

  return(): SimPromise<IteratorResult<unknown>> {
    return run(this.#close());
  }

  // eslint-disable-next-line require-yield -- awaited like `next`
  *#close(): Body<IteratorResult<unknown>> {
    this.#urls = [];
    this.#lines = [];
    return { done: true, value: undefined };
  }
}
