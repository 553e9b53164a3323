// Which node runs which task (SEMANTICS 5.9): jobs share the slots fairly, a task goes where its data
// is if there is a slot, else anywhere, and not where it failed before.

import { hostOf } from '../addresses.ts';
import type { Job } from './job.ts';
import type { NodeLink } from './node-link.ts';
import type { Task } from './task.ts';

export interface Choice {
  job: Job;
  task: Task;
  node: NodeLink;
}

/** The next task to run, or null when none can. */
export function choose(jobs: readonly Job[], nodes: readonly NodeLink[]): Choice | null {
  const free = nodes
    .filter((node) => node.isAllowed && node.running.size < node.slots)
    .sort((a, b) => a.running.size - b.running.size);
  if (free.length === 0) return null;
  // Sorting is stable: of jobs that have as much the older one goes first.
  const fair = jobs
    .filter(({ status }) => status === 'active')
    .sort((a, b) => a.runningCount - b.runningCount);
  for (const job of fair) {
    const found = chooseIn(job, free, nodes);
    if (found) return { job, ...found };
  }
  return null;
}

function chooseIn(
  job: Job,
  free: readonly NodeLink[],
  nodes: readonly NodeLink[],
): { task: Task; node: NodeLink } | null {
  const { maxCores, forceLocal, forceRemote } = job.pack.scheduler;
  if (maxCores !== null && job.runningCount >= maxCores) return null;
  const pending = job.tasks.filter(({ state }) => state === 'pending');
  for (const task of pending) forgive(task, nodes);
  const homes = new Map(pending.map((task) => [task, homesOf(task)]));
  for (const isLocal of [true, false]) {
    if (isLocal ? forceRemote : forceLocal) continue;
    for (const task of pending) {
      const home = homes.get(task)!;
      const fits = (node: NodeLink): boolean =>
        !task.avoided.has(node.name) && (isLocal ? home.has(node.name) : mayLeave(home, node));
      const node = free.find(fits);
      if (node) return { task, node };
    }
  }
  return null;

  function mayLeave(home: ReadonlySet<string>, node: NodeLink): boolean {
    return !forceRemote || !home.has(node.name);
  }
}

/** What has failed everywhere may be tried everywhere. */
function forgive(task: Task, nodes: readonly NodeLink[]): void {
  const usable = nodes.filter(({ isAllowed }) => isAllowed);
  if (usable.length > 0 && usable.every(({ name }) => task.avoided.has(name))) task.avoided.clear();
}

/** Nodes that hold what the task reads. */
function homesOf(task: Task): Set<string> {
  const urls = task.inputs().inputs.flatMap((input) => input.urls);
  return new Set(urls.map(hostOf).filter((host) => host !== null));
}
