// A number of workers for all connections of a server: each takes some requests of a connection that has
// any, and goes on to the next. So a slow request holds up others only when all workers are at such.

import { type Body, Deferred, wait } from '#lib/node/promise.ts';
import type { RpycConnection } from '../connection.ts';
import { EOFError } from '../errors.ts';

export class WorkerPool {
  readonly #batchSize: number;
  readonly #waiting: Deferred<void>[] = [];
  #freeCount: number;

  /** @param batchSize requests that a worker takes of one connection at a time */
  constructor(count: number, batchSize: number) {
    this.#freeCount = count;
    this.#batchSize = batchSize;
  }

  /** Until the connection ends. */
  *serve(connection: RpycConnection): Body<void> {
    try {
      while (!connection.isClosed) {
        yield* connection.untilNews();
        yield* this.#take();
        try {
          yield* this.#serveSome(connection);
        } finally {
          this.#give();
        }
      }
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
    } finally {
      connection.close();
    }
  }

  *#serveSome(connection: RpycConnection): Body<void> {
    for (let left = this.#batchSize; left > 0 && !connection.isClosed; left--) {
      if (!(yield* connection.serve(connection.process.nowUs()))) return;
    }
  }

  *#take(): Body<void> {
    if (this.#freeCount > 0) {
      this.#freeCount--;
      return;
    }
    const turn = new Deferred<void>();
    this.#waiting.push(turn);
    yield* wait(turn.promise);
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#freeCount++;
  }
}
