// Streams of items: a generator that a method has returned stays with its daemon, and is asked for one
// item after the other. Of a client that has gone it is kept a while, because it may come back.

import { asyncIteratorOf } from '#lib/node/async-generator.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { PyroError, RemoteError } from './errors.ts';
import type { Pyro } from './pyro.ts';

/** In seconds, between two looks for streams whose time is over. */
const HOUSEKEEPING = 2;

interface Stream {
  iterator: ReturnType<typeof asyncIteratorOf>;
  /** Whose it is; null after that client has gone. */
  client: object | null;
  begunUs: number;
  leftUs: number;
}

export class Streams {
  readonly #pyro: Pyro;
  readonly #streams = new Map<string, Stream>();
  #isWatched = false;

  constructor(pyro: Pyro) {
    this.#pyro = pyro;
  }

  /** The id of a new stream, or null when they are switched off. */
  begin(iterable: unknown, client: object): string | null {
    if (!this.#pyro.settings.ITER_STREAMING) return null;
    const id = this.#pyro.newId();
    const begunUs = this.#pyro.process.nowUs();
    this.#streams.set(id, { iterator: asyncIteratorOf(iterable), client, begunUs, leftUs: 0 });
    this.#watch();
    return id;
  }

  /** @throws StopIteration at its end, PyroError `item stream terminated` for one that is gone */
  *next(id: string, client: object | null): Body<unknown> {
    const stream = this.#streams.get(id);
    if (!stream) throw new PyroError('item stream terminated');
    stream.client ??= client;
    try {
      const found = yield* wait(stream.iterator.next() as PromiseLike<IteratorResult<unknown>>);
      if (!found.done) return found.value;
    } catch (error) {
      this.close(id);
      throw error;
    }
    this.close(id);
    throw new RemoteError('StopIteration', [], '');
  }

  close(id: string): void {
    this.#streams.delete(id);
  }

  clear(): void {
    this.#streams.clear();
  }

  /** A client has gone. */
  left(client: object): void {
    for (const [id, stream] of this.#streams) {
      if (stream.client !== client) continue;
      stream.client = null;
      stream.leftUs = this.#pyro.process.nowUs();
      if (this.#pyro.settings.ITER_STREAM_LINGER <= 0) this.close(id);
    }
    this.#watch();
  }

  /** Looks after streams while there are any whose time can be over. */
  #watch(): void {
    if (this.#isWatched || !this.#canEnd()) return;
    this.#isWatched = true;
    run(this.#housekeeping());
  }

  #canEnd(): boolean {
    if (this.#pyro.settings.ITER_STREAM_LIFETIME > 0) return this.#streams.size > 0;
    return [...this.#streams.values()].some(({ client }) => client === null);
  }

  *#housekeeping(): Body<void> {
    const { process, settings } = this.#pyro;
    while (this.#canEnd()) {
      yield* wait(process.sleepUs(usFromSeconds(HOUSEKEEPING), { label: 'looks after streams' }));
      const lifetimeUs = usFromSeconds(settings.ITER_STREAM_LIFETIME);
      const lingerUs = usFromSeconds(settings.ITER_STREAM_LINGER);
      for (const [id, { client, begunUs, leftUs }] of this.#streams) {
        const isOld = lifetimeUs > 0 && process.nowUs() - begunUs > lifetimeUs;
        if (isOld || (client === null && process.nowUs() - leftUs > lingerUs)) this.close(id);
      }
    }
    this.#isWatched = false;
  }
}
