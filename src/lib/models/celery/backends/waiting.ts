// Who waits for which result. A wait that ends early (a timeout) leaves nothing behind, so that a
// result which comes later is not handed to nobody.

import { Deferred, run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { done } from '../coroutines.ts';
import {
  isFailed,
  type Found,
  type ResultMeta,
  type Wanted,
  type WhileWaiting,
} from './backend.ts';

interface Entry {
  result: Deferred<ResultMeta>;
  waiterCount: number;
}

export class WaitingResults {
  readonly #entries = new Map<string, Entry>();

  /** One more waits for this task; call `leave` when it does no longer, for whatever reason. */
  join(taskId: string): SimPromise<ResultMeta> {
    let entry = this.#entries.get(taskId);
    if (!entry) {
      this.#entries.set(taskId, (entry = { result: new Deferred(), waiterCount: 0 }));
      // Whoever joined may not be listening yet when it fails.
      entry.result.promise.catch(() => undefined);
    }
    entry.waiterCount++;
    return entry.result.promise;
  }

  leave(taskId: string): void {
    const entry = this.#entries.get(taskId);
    if (entry && --entry.waiterCount === 0) this.#entries.delete(taskId);
  }

  /** @returns whether anybody waited for it */
  settle(taskId: string, meta: ResultMeta): boolean {
    const entry = this.#entries.get(taskId);
    entry?.result.resolve(meta);
    return entry !== undefined;
  }

  fail(error: Error): void {
    for (const { result } of this.#entries.values()) result.reject(error);
  }

  /**
   * Waits for one task, or for the failure of another that is watched.
   *
   * @param look what has come before; asked once the wait has begun, so that nothing is missed
   */
  *first(
    { taskId, watched = [] }: Wanted,
    whileWaiting: WhileWaiting,
    look?: () => Body<Found | null>,
  ): Body<Found> {
    const ids = [...watched, taskId];
    const found = new Deferred<Found>();
    found.promise.catch(() => undefined);
    for (const id of ids) {
      this.join(id).then(
        (meta) => {
          if (id === taskId || isFailed(meta)) found.resolve({ taskId: id, meta });
        },
        (error: unknown) => found.reject(error),
      );
    }
    try {
      return yield* whileWaiting(run(looked(found, look)));
    } finally {
      for (const id of ids) this.leave(id);
    }
  }

  get taskIds(): readonly string[] {
    return [...this.#entries.keys()];
  }
}

function* looked(found: Deferred<Found>, look?: () => Body<Found | null>): Body<Found> {
  return (yield* look?.() ?? done(null)) ?? (yield* wait(found.promise));
}
