// What the master tells the trace of jobs, tasks and blobs: whole, and only when it has changed.

import type { NodeProcess } from '#lib/node/process.ts';
import { hostOf } from '../addresses.ts';
import type { Blobs } from './blobs.ts';
import type { Job, StageRun } from './job.ts';

/** A table of more tasks is of no use to anybody, and each change writes it anew. */
const TASKS_MAX = 200;
const RESULTS_MAX = 100;

export class Shown {
  readonly #process: NodeProcess;
  readonly #last = new Map<string, string>();

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  update(jobs: readonly Job[], blobs: Blobs): void {
    this.#tell('disco jobs', jobs.map(jobShown));
    this.#tell('disco tasks', jobs.flatMap(tasksShown).slice(-TASKS_MAX));
    this.#tell('disco blobs', blobsShown(blobs));
  }

  #tell(name: string, value: readonly unknown[]): void {
    const text = JSON.stringify(value);
    if ((this.#last.get(name) ?? '[]') === text) return;
    this.#last.set(name, text);
    this.#process.state(name, value);
  }
}

function jobShown(job: Job): object {
  const { name, status, stages, results } = job;
  return { name, status, stages: stages.map(stageShown), results: results.slice(0, RESULTS_MAX) };
}

function stageShown({ name, grouping, tasks, failedCount, fetched }: StageRun): object {
  const count = (state: string): number => tasks.filter((task) => task.state === state).length;
  return {
    name,
    grouping,
    waiting: count('waiting'),
    pending: count('pending'),
    running: count('running'),
    done: count('done'),
    failed: failedCount,
    /** What its tasks read from other nodes: from where, to where, bytes. */
    shuffled: [...fetched].flatMap(([to, own]) =>
      [...own].map(([from, bytes]) => [from, to, bytes]),
    ),
  };
}

function tasksShown(job: Job): object[] {
  return job.tasks.map((task) => ({
    job: job.name,
    task: task.name,
    state: task.state,
    node: task.attempt?.host ?? task.host,
    attempt: task.attempt?.number ?? null,
    failures: task.failureCount,
    /** Nodes that it is not given to for now. */
    avoided: [...task.avoided],
    /** It waits for what others make anew, not for the time of its next try. */
    isLacking: task.lacking.size > 0,
    outputs: task.outputs.map(({ label, size }) => ({ label, size })),
  }));
}

function blobsShown({ tags }: Blobs): object[] {
  return [...tags].map(([tag, { urls }]) => ({
    tag,
    blobs: urls.map((replicas) => ({
      name: replicas[0]?.replace(/^.*\//, '') ?? '',
      nodes: replicas.map((url) => hostOf(url) ?? ''),
    })),
  }));
}
