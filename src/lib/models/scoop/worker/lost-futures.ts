// Watches over futures that have left this worker: while it has nothing else to do it asks the broker
// every two seconds whether they are still somewhere. Nobody has a future whose worker is gone; after
// two such answers in a row it is sent again, and may so be run twice.

import type { NodeProcess } from '#lib/node/process.ts';
import { idText, type Frame, type FutureId } from '../wire.ts';
import type { Future } from './future.ts';

const POLL_US = 2_000_000;
const ANSWERS = 2;

export class LostFutures {
  readonly #process: NodeProcess;
  readonly #futures: ReadonlyMap<number, Future>;
  readonly #send: (frame: Frame) => void;
  /** Asked for, and not answered yet. */
  #asked: Future[] | null = null;

  constructor(
    process: NodeProcess,
    futures: ReadonlyMap<number, Future>,
    send: (frame: Frame) => void,
  ) {
    this.#process = process;
    this.#futures = futures;
    this.#send = send;
  }

  /** @returns the timer of the next question, 0 when there is nothing to ask */
  watch(): number {
    if (this.#asked || !this.#sent().next().value) return 0;
    const label = 'look for lost futures';
    return this.#process.setTimer(POLL_US, () => this.#ask(), { label });
  }

  /** @returns what is to be sent again */
  heard(missing: readonly FutureId[]): Future[] {
    const names = new Set(missing.map(idText));
    const again: Future[] = [];
    for (const future of this.#asked ?? []) {
      future.missingCount = names.has(future.name) ? future.missingCount + 1 : 0;
      if (future.state !== 'sent' || future.missingCount < ANSWERS) continue;
      future.missingCount = 0;
      again.push(future);
    }
    this.#asked = null;
    return again;
  }

  #ask(): void {
    this.#asked = [...this.#sent()];
    const ids = this.#asked.map(({ id }) => id);
    if (ids.length > 0) this.#send({ kind: 'ask', ids });
    else this.#asked = null;
  }

  *#sent(): Generator<Future, void> {
    for (const future of this.#futures.values()) if (future.state === 'sent') yield future;
  }
}
