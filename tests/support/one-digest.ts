// One program, run in every way in which a run may not differ.

import { expect } from 'vitest';
import { runTogether, type SandboxRun } from '../../bin/experiment.ts';
import type { RunReport } from '#lib/runtime/control.ts';
import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import { TraceChecker } from '#lib/trace/invariants/index.ts';
import type { LawProgram } from './law-programs.ts';

const isQuiet = true;
/** Every way in which a run may not differ. */
const RUNS: readonly SandboxRun[] = [
  { seed: 1, placement: 'inline' },
  { seed: 1, placement: 'inline', isQuiet },
  { seed: 1, placement: 'inline', isQuiet, windowSeed: 1 },
  { seed: 1, placement: 'inline', isQuiet, windowSeed: 2, replySeed: 2 },
  { seed: 1, placement: 'worker', isQuiet },
  { seed: 1, placement: 'worker', isQuiet, windowSeed: 3, replySeed: 3 },
  { seed: 1, placement: 'shared', isQuiet },
  { seed: 1, placement: 'shared', isQuiet, windowSeed: 4, replySeed: 4 },
];

/** What came of one program, to be looked at by a test of its own. */
export interface LawOutcome {
  reports: readonly RunReport[];
  checker: TraceChecker;
}

/**
 * Runs each twice in each placement, with windows cut at random and with processes asked and heard in
 * random order, all in one child.
 */
export async function runEveryWay(programs: readonly LawProgram[]): Promise<LawOutcome[]> {
  const prepared = await Promise.all(programs.map((program) => program.prepared()));
  const checkers = prepared.map(({ cluster }) => new TraceChecker(cluster));
  const reports = await runTogether(
    prepared.flatMap((it) => RUNS.map((run) => ({ prepared: it, run }))),
    (line, at) => check(checkers[Math.floor(at / RUNS.length)]!, line),
  );
  return checkers.map((checker, index) => ({
    reports: reports.slice(index * RUNS.length, (index + 1) * RUNS.length),
    checker,
  }));
}

/** Every run had the same digest, and its trace breaks no invariant. */
export function expectOneDigest({ reports, checker }: LawOutcome): void {
  const digests = reports.map(({ end }) => end.digest);
  expect(digests).toHaveLength(RUNS.length);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(digests).toEqual(digests.map(() => digests[0]));
  expect(checker.eventCount).toBe(reports[0]!.end.eventCount);
  expect(checker.breaches).toEqual([]);
}

function check(checker: TraceChecker, line: string): void {
  const value = JSON.parse(line) as TraceEvent | TraceEnd | { lightcone: 1 };
  if ('lightcone' in value) return;
  if (value.kind === 'end') checker.end(value);
  else checker.event(value);
}
