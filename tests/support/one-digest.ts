// One program, run in every way in which a run may not differ.

import { expect } from 'vitest';
import { runInSandbox } from '../../bin/experiment.ts';
import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import { TraceChecker } from '#lib/trace/invariants/index.ts';
import type { LawProgram } from './law-programs.ts';

/**
 * Runs it twice in each placement, with windows cut at random and with processes asked and heard in
 * random order; its trace breaks no invariant.
 */
export async function expectOneDigest(program: LawProgram): Promise<void> {
  const prepared = await program.prepared();
  const checker = new TraceChecker(prepared.cluster);
  const isQuiet = true;
  const reports = await runInSandbox(
    prepared,
    [
      { seed: 1, placement: 'inline' },
      { seed: 1, placement: 'inline', isQuiet },
      { seed: 1, placement: 'inline', isQuiet, windowSeed: 1 },
      { seed: 1, placement: 'inline', isQuiet, windowSeed: 2, replySeed: 2 },
      { seed: 1, placement: 'worker', isQuiet },
      { seed: 1, placement: 'worker', isQuiet, windowSeed: 3, replySeed: 3 },
      { seed: 1, placement: 'shared', isQuiet },
      { seed: 1, placement: 'shared', isQuiet, windowSeed: 4, replySeed: 4 },
    ],
    (line) => check(checker, line),
  );
  const digests = reports.map(({ end }) => end.digest);
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
