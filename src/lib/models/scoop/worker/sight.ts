// What a worker shows of itself in the trace, on change: `scoop workers` (busy, waiting for futures of
// its own, idle) and `scoop futures` (submitted, sent, running, waiting, done, …). Enough to draw who
// ran what from when to when.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Future } from './future.ts';

export type WorkerActivity = 'busy' | 'waiting' | 'idle';
export type FutureActivity =
  'submitted' | 'sent' | 'running' | 'waiting' | 'done' | 'failed' | 'lost' | 'cancelled';

export class Sight {
  readonly #process: NodeProcess;
  readonly #worker: string;
  #activity: WorkerActivity | null = null;

  constructor(process: NodeProcess, worker: string) {
    this.#process = process;
    this.#worker = worker;
  }

  worker(activity: WorkerActivity): void {
    if (this.#activity === activity) return;
    this.#activity = activity;
    this.#process.state('scoop workers', { worker: this.#worker, state: activity });
  }

  submitted(futures: readonly Future[]): void {
    for (const future of futures) this.future(future, 'submitted');
  }

  future({ name, text }: Future, state: FutureActivity): void {
    const worker = this.#worker;
    this.#process.state('scoop futures', { id: name, call: text, state, worker });
  }
}
