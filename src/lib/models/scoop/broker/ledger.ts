// What the broker remembers: who wants work, which futures nobody has taken, and who has which.

import { idText, type Frame, type FutureId } from '../wire.ts';

export class Ledger<Worker extends { readonly name: string }> {
  /** In the order of asking. */
  readonly #wanting: Worker[] = [];
  readonly #tasks: Frame[] = [];
  /** Names of futures by the worker that has them. */
  readonly #given = new Map<Worker, Set<string>>();

  get taskCount(): number {
    return this.#tasks.length;
  }

  get wantingCount(): number {
    return this.#wanting.length;
  }

  join(worker: Worker): void {
    this.#given.set(worker, new Set());
  }

  /** Nobody has what it had. */
  leave(worker: Worker): void {
    this.#given.delete(worker);
    for (let at = this.#wanting.indexOf(worker); at >= 0; at = this.#wanting.indexOf(worker)) {
      this.#wanting.splice(at, 1);
    }
  }

  want(worker: Worker): void {
    this.#wanting.push(worker);
  }

  /** @param from who gives it away: it may have got it from here */
  add(task: Frame, from: Worker): void {
    this.done(task.id!, from);
    this.#tasks.push(task);
  }

  /**
   * The next task for the next worker, and it is given. Whoever gave it away gets it back only when
   * nobody else wants one: an old request of a worker that is busy again must not hold its own futures.
   */
  match(): { task: Frame; worker: Worker } | null {
    if (this.#tasks.length === 0 || this.#wanting.length === 0) return null;
    const task = this.#tasks.shift()!;
    const submitter = task.id![0];
    const other = this.#wanting.findIndex((it) => it.name !== submitter);
    const [worker] = this.#wanting.splice(Math.max(0, other), 1) as [Worker];
    this.#given.get(worker)?.add(idText(task.id!));
    return { task, worker };
  }

  done(id: FutureId, by: Worker): void {
    this.#given.get(by)?.delete(idText(id));
  }

  /** Those that nobody has. */
  missing(ids: readonly FutureId[]): FutureId[] {
    const known = new Set(this.#tasks.map(({ id }) => idText(id!)));
    for (const names of this.#given.values()) for (const name of names) known.add(name);
    return ids.filter((id) => !known.has(idText(id)));
  }

  /** Forgets what a worker has, but not the worker: it has been silent for too long. */
  forget(worker: Worker): void {
    this.#given.get(worker)?.clear();
  }
}
