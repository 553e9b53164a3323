// The cores of a machine (NODE2): a turn takes one of them from its beginning to its end, and one
// that finds none free waits. Who has been ready longest goes first; at one instant, by index.
//
// When a turn begins then depends on when others end, which is known only after they have run. So
// while more processes are at work than there are cores, the machine runs one turn at a time, and
// each only when everything before it is committed: a kill may free a core sooner. As long as all
// who are at work have a core, nobody can have to wait, and the machine runs as any other.

import { LOOPBACK_US } from '#lib/protocol/cluster.ts';
import type { Machine, Process } from './process.ts';

/** The turn that a crowded machine runs next. */
export interface NextTurn {
  process: Process;
  startUs: number;
}

/** Whose turn it is on a machine that has too few cores for all who are at work, else null. */
export function nextTurnOn(machine: Machine): NextTurn | null {
  const { cores } = machine.spec;
  let first: Process | null = null;
  for (const process of machine.processes) {
    if (process.isAlive && readyUs(process) < (first ? readyUs(first) : Infinity)) first = process;
  }
  if (!first) return null;
  const firstUs = readyUs(first);
  if (atWorkCount(machine, firstUs) <= cores) return null;
  return { process: first, startUs: Math.max(firstUs, freeUs(machine, first)) };
}

/** When a process could begin its next turn if it had a core. */
export function readyUs(process: Process): number {
  return Math.max(process.wakeUs(), process.busyUntilUs);
}

/**
 * Who computes at this time or may begin to before it is known what the others do meanwhile; also
 * who is gone by now, for somebody may have waited for it until then.
 */
function atWorkCount(machine: Machine, fromUs: number): number {
  let count = 0;
  for (const process of machine.processes) {
    const isReady = process.isAlive && readyUs(process) < fromUs + LOOPBACK_US;
    if (process.busyUntilUs > fromUs || isReady) count++;
  }
  return count;
}

/** When a core is free of everybody but this process. */
function freeUs(machine: Machine, own: Process): number {
  const ends: number[] = [];
  for (const process of machine.processes) if (process !== own) ends.push(process.busyUntilUs);
  ends.sort((a, b) => b - a);
  return ends[machine.spec.cores - 1] ?? 0;
}
