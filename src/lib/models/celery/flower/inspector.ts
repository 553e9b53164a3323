// What Flower asks the workers about themselves, and keeps (flower/inspector.py): at its start and when a
// request says `refresh`.

import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { inspect } from '../control/requests.ts';
import { CeleryError } from '../errors.ts';
import { secondsOf } from '../events/event.ts';

const METHODS = [
  ...['stats', 'active_queues', 'registered', 'scheduled'],
  ...['active', 'reserved', 'revoked', 'conf'],
] as const;

/** What a worker has answered, by method. */
export type WorkerInfo = Record<string, unknown>;

export class Inspector {
  readonly #app: CeleryApp;
  readonly workers = new Map<string, WorkerInfo>();

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  /** @param worker one alone; null: all */
  *update(worker: string | null): Body<void> {
    const asked = METHODS.map((method) => run(this.#ask(method, worker)));
    yield* wait(SimPromise.all(asked));
  }

  *#ask(method: string, worker: string | null): Body<void> {
    try {
      const given = method === 'active' ? { safe: true } : {};
      const destination = worker === null ? null : [worker];
      const replies = yield* inspect(this.#app, method, given, { destination });
      for (const [name, answer] of Object.entries(replies ?? {})) this.#keep(name, method, answer);
    } catch (error) {
      // Without a broker nothing is known of the workers, and Flower goes on.
      if (!(error instanceof CeleryError)) throw error;
    }
  }

  #keep(name: string, method: string, answer: unknown): void {
    const info = this.workers.get(name) ?? {};
    info[method] = answer;
    info['timestamp'] = secondsOf(this.#app.process.wallUs());
    this.workers.set(name, info);
  }
}
