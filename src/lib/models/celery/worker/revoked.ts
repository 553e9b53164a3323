// The tasks that a worker will not run, by id: in its memory only, so that a worker that starts later
// knows nothing of them unless another worker tells it (mingle).

import { BuiltinError } from '../errors.ts';
import { pythonFloat, RawJson } from '../json.ts';
import { pythonRepr } from '../python-repr.ts';

/** Celery keeps so many, for three hours (`celery.worker.state`). */
const COUNT_MAX = 50_000;
const KEPT_US = 10_800_000_000;

export class Revoked {
  /** When each was revoked, in microseconds; oldest first. */
  readonly #times = new Map<string, number>();

  add(taskId: string, nowUs: number): void {
    this.#times.delete(taskId);
    this.#times.set(taskId, nowUs);
    for (const [oldest, timeUs] of this.#times) {
      if (this.#times.size <= COUNT_MAX && nowUs - timeUs < KEPT_US) break;
      this.#times.delete(oldest);
    }
  }

  has(taskId: string): boolean {
    return this.#times.has(taskId);
  }

  get ids(): string[] {
    return [...this.#times.keys()];
  }

  /** For another worker: seconds and id by id, as Celery sends them. */
  get table(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#times].map(([id, timeUs]) => [id, [new RawJson(pythonFloat(timeUs / 1e6)), id]]),
    );
  }

  /**
   * Takes another worker's table.
   *
   * @throws BuiltinError a ValueError for what is none
   */
  update(table: unknown): void {
    if (typeof table !== 'object' || table === null) return;
    for (const [id, entry] of Object.entries(table)) {
      const timeS = Array.isArray(entry) ? (entry[0] as unknown) : (entry as unknown);
      if (typeof timeS !== 'number') {
        const problem = `Expecting float timestamp, got value: ${pythonRepr(timeS)}`;
        throw new BuiltinError('ValueError', problem);
      }
      this.add(id, Math.round(timeS * 1e6));
    }
  }
}
