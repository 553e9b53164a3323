// What a process and those that it started take, from Linux's /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** Its own id and those of its descendants. */
function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The name in brackets may hold anything; state and parent follow it.
    const parent = / \w (\d+) /.exec(readOrEmpty(`/proc/${name}/stat`).split(')').at(-1)!)?.[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  const tree = [root];
  for (const id of tree) {
    for (const [child, parent] of parents) if (parent === id) tree.push(child);
  }
  return tree;
}

/** Megabytes of memory, what is shared in equal parts (PSS). */
export function memoryMB(root: number): number {
  const kilobytes = treeOf(root).map((id) =>
    Number(/^Pss:\s+(\d+)/m.exec(readOrEmpty(`/proc/${id}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, kB) => sum + kB, 0) / 1000;
}

/** Of a Linux that was not built otherwise. */
const TICKS_PER_SECOND = 100;

/** Seconds that processors have worked for it, those of processes that have ended left out. */
export function cpuSeconds(root: number): number {
  const ticks = treeOf(root).map((id) => {
    // From the state, the third field, on.
    const fields = readOrEmpty(`/proc/${id}/stat`).split(') ').at(-1)!.split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_SECOND;
}

/** How many threads bear a name that begins so. */
export function threadCount(root: number, name: string): number {
  return treeOf(root)
    .flatMap((id) => listOrEmpty(`/proc/${id}/task`).map((task) => `/proc/${id}/task/${task}/comm`))
    .filter((file) => readOrEmpty(file).startsWith(name)).length;
}

/** The processes that this one has started. */
export function children(): number[] {
  return treeOf(process.pid).slice(1);
}

// Processes and threads end while they are looked at.

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function listOrEmpty(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
