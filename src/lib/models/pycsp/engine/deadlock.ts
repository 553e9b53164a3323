// Who waits for whom among the processes of a node in which nothing can happen any more (KT8).

import type { Block, CspProcess } from './process.ts';

/** One process of a report, as a `state` event carries it. */
export interface Stuck {
  readonly process: string;
  /** `write 1 to A`, `Parallel`. */
  readonly waits: string;
  readonly line: string | undefined;
  /** Who could end the wait; nobody may be left. */
  readonly for: readonly string[];
}

export interface DeadlockReport {
  /** Every process that waits. */
  readonly stuck: readonly Stuck[];
  /** Processes and channels in turn, from a process back to itself; empty when somebody waits for nobody. */
  readonly cycle: readonly string[];
}

/** What is told of processes that all wait, in the order of their start. */
export function reportOf(processes: readonly CspProcess[]): DeadlockReport {
  const stuck = processes.flatMap((process) =>
    [...process.blocks].map(({ at, joins, line }) => ({
      process: process.name,
      waits: at.map(wordsOf).join(' or ') || 'Parallel',
      line,
      for: namesOf([...joins.filter(({ ending }) => !ending), ...endersOf(process)]),
    })),
  );
  return { stuck, cycle: cycleOf(processes) };
}

/** `write 1 to A` */
export function wordsOf({ does, channel, value }: Block['at'][number]): string {
  return does === 'read' ? `read from ${channel.name}` : `write ${value} to ${channel.name}`;
}

/** Processes that hold the other ends of what a process waits at. */
function endersOf(process: CspProcess): CspProcess[] {
  return stepsOf(process).map(({ to }) => to);
}

interface Step {
  channel: string;
  to: CspProcess;
}

function stepsOf(process: CspProcess): Step[] {
  return [...process.blocks].flatMap(({ at }) =>
    at.flatMap(({ does, channel }) =>
      channel
        .holders(does === 'read' ? 'write' : 'read')
        .filter((other) => other !== process)
        .map((to) => ({ channel: channel.name, to })),
    ),
  );
}

/** The first way from a process over channels back to itself. */
function cycleOf(processes: readonly CspProcess[]): string[] {
  for (const start of processes) {
    const found = wayBack(start, start, new Set());
    if (found) return [start.name, ...found];
  }
  return [];
}

function wayBack(from: CspProcess, goal: CspProcess, seen: Set<CspProcess>): string[] | null {
  for (const { channel, to } of stepsOf(from)) {
    if (to === goal) return [channel, to.name];
    if (seen.has(to) || to.ending) continue;
    seen.add(to);
    const rest = wayBack(to, goal, seen);
    if (rest) return [channel, to.name, ...rest];
  }
  return null;
}

function namesOf(processes: readonly CspProcess[]): string[] {
  const living = processes.filter(({ ending }) => !ending);
  return [...new Set(living.map(({ name }) => name))];
}
