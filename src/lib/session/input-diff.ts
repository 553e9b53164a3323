// What differs between two runs before they begin: the seed, the faults, the files. Whatever the
// runs do differently comes of this and of nothing else.

import { diffLines } from '#lib/lessons/diff.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import type { TraceHeader } from '#lib/protocol/trace.ts';
import { parseFaults } from './fault-file.ts';
import type { KeptRun, RunInput } from './kept-runs.ts';

export type InputChange =
  | { type: 'seed'; before: number; now: number }
  | { type: 'fault-added' | 'fault-removed'; fault: Fault }
  | { type: 'fault-moved'; fault: Fault; beforeMs: number; nowMs: number }
  | { type: 'file-added' | 'file-removed'; path: string }
  /** The line of the second run's file, from 1, and how many lines differ from there. */
  | { type: 'file'; path: string; line: number; changedCount: number }
  /** Of a run from a file more than this is not known. */
  | { type: 'unknown' };

/** What differs, in the order in which it is told: the seed, the faults, the files by name. */
export function inputChanges(before: KeptRun, now: KeptRun): InputChange[] {
  if (!before.input || !now.input) return headerChanges(before.trace.header, now.trace.header);
  return [
    ...seedChange(before.input.seed, now.input.seed),
    ...faultChanges(before.input, now.input),
    ...fileChanges(before.input.files, now.input.files),
  ];
}

function headerChanges(before: TraceHeader | null, now: TraceHeader | null): InputChange[] {
  if (!before || !now) return [{ type: 'unknown' }];
  return [...seedChange(before.seed, now.seed), { type: 'unknown' }];
}

function seedChange(before: number, now: number): InputChange[] {
  return before === now ? [] : [{ type: 'seed', before, now }];
}

function faultChanges(before: RunInput, now: RunInput): InputChange[] {
  const [left, right] = [before, now].map(({ files }) => parseFaults(files['faults.json']));
  const removed = without(left!, right!);
  const added = without(right!, left!);
  const changes: InputChange[] = [];
  for (const fault of removed) {
    const at = added.findIndex((other) => isMoved(fault, other));
    if (at < 0) {
      changes.push({ type: 'fault-removed', fault });
      continue;
    }
    const [other] = added.splice(at, 1) as [Fault & { atMs: number }];
    const beforeMs = (fault as Fault & { atMs: number }).atMs;
    changes.push({ type: 'fault-moved', fault: other, beforeMs, nowMs: other.atMs });
  }
  return [...changes, ...added.map((fault): InputChange => ({ type: 'fault-added', fault }))];
}

/** What the first list has more of than the second. */
function without(faults: readonly Fault[], others: readonly Fault[]): Fault[] {
  const left = others.map((fault) => JSON.stringify(fault));
  return faults.filter((fault) => {
    const at = left.indexOf(JSON.stringify(fault));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function isMoved(fault: Fault, other: Fault): boolean {
  if (!('atMs' in fault) || !('atMs' in other)) return false;
  return JSON.stringify({ ...fault, atMs: 0 }) === JSON.stringify({ ...other, atMs: 0 });
}

function fileChanges(before: RunInput['files'], now: RunInput['files']): InputChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return paths
    .filter((path) => path !== 'faults.json' && before[path] !== now[path])
    .sort()
    .map((path): InputChange => {
      const [left, right] = [before[path], now[path]];
      if (left === undefined) return { type: 'file-added', path };
      if (right === undefined) return { type: 'file-removed', path };
      return { type: 'file', path, ...changedLines(left, right) };
    });
}

function changedLines(before: string, now: string): { line: number; changedCount: number } {
  const lines = diffLines(before, now);
  const first = lines.findIndex(({ type }) => type !== 'same');
  const count = (wanted: string): number => lines.filter(({ type }) => type === wanted).length;
  return { line: first + 1, changedCount: Math.max(count('old'), count('new')) };
}
