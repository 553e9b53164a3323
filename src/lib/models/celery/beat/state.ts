// What beat remembers across restarts: when each entry was last sent, in a file on its disk
// (`celerybeat-schedule`). Celery keeps a shelve there; ours is JSON that one can read.

import { DiskError } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { isoOf, wallUsOf } from '../app.ts';
import { dumps, loads } from '../json.ts';

export interface EntryState {
  /** When it was last sent, or first seen; wall-clock microseconds. */
  lastRunUs: number;
  totalRunCount: number;
}

/** The states in a file by name of entry; none when there is no such file, or it is broken. */
export function readStates(process: NodeProcess, path: string): Map<string, EntryState> {
  const states = new Map<string, EntryState>();
  for (const [name, value] of Object.entries(entriesIn(process, path))) {
    const { last_run_at: lastRun, total_run_count: count } = value as Record<string, unknown>;
    const lastRunUs = wallUsOf(String(lastRun));
    if (lastRunUs !== null) states.set(name, { lastRunUs, totalRunCount: Number(count) });
  }
  return states;
}

function entriesIn(process: NodeProcess, path: string): object {
  try {
    const file = loads(new TextDecoder().decode(process.disk.read(path))) as { entries?: object };
    return file.entries ?? {};
  } catch (error) {
    if (error instanceof DiskError || (error as Error).name === 'JsonError') return {};
    throw error;
  }
}

/** Writes all states, down to the disk itself. */
export function writeStates(
  process: NodeProcess,
  path: string,
  states: ReadonlyMap<string, EntryState>,
): void {
  const entries = Object.fromEntries(
    [...states].map(([name, { lastRunUs, totalRunCount }]) => [
      name,
      { last_run_at: isoOf(lastRunUs), total_run_count: totalRunCount },
    ]),
  );
  process.disk.write(path, new TextEncoder().encode(`${dumps({ entries })}\n`));
  process.disk.sync(path);
}
