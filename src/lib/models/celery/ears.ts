// Whether a worker's main process hears what is going on. With `-P solo` the loop that reads its
// connections also runs its tasks: until a body returns it reads nothing, polls nothing, answers
// nobody, sends no heartbeat and no acknowledgement (seen in Celery 5.2.6). The body's own
// connections are its own affair.

import { Deferred, wait, type Body } from '#lib/node/promise.ts';

export class Ears {
  #shutCount = 0;
  #isReleased = false;
  #opening = new Deferred<void>();
  readonly #later: (() => void)[] = [];

  get isDeaf(): boolean {
    return this.#shutCount > 0;
  }

  /** A body begins. */
  shut(): void {
    if (!this.#isReleased) this.#shutCount++;
  }

  /** It has ended: what was to be said meanwhile is said now. */
  open(): void {
    if (this.#shutCount === 0 || --this.#shutCount > 0) return;
    for (const act of this.#later.splice(0)) act();
    this.#opening.resolve();
    this.#opening = new Deferred<void>();
  }

  /** From now on it hears whatever runs. */
  release(): void {
    this.#isReleased = true;
    this.#shutCount = Math.min(1, this.#shutCount);
    this.open();
  }

  /** Waits until it hears again. */
  *hear(): Body<void> {
    while (this.isDeaf) yield* wait(this.#opening.promise);
  }

  /** Does something as soon as it hears: at once, as a rule. */
  whenOpen(act: () => void): void {
    if (this.isDeaf) this.#later.push(act);
    else act();
  }
}
