// The lesson says what lay on the disk of `rabbit`, and what a power cut left of it. The trace tells what
// each machine loses; the panel Files shows the same.

import { expect, test } from 'vitest';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

const JOURNAL = /rabbit@rabbit\/journal$/;

test('a kill leaves what rabbit wrote, a power cut does not, and with confirms it does', async () => {
  const [power] = await scenarioRuns('celery-power-cut', 'power');
  const [killed] = await scenarioRuns('celery-power-cut', 'kill');
  const [kept] = await scenarioRuns('celery-power-cut', 'kept');
  const lost = losses(power!);
  expect(lost).toHaveLength(1);
  expect(lost[0]!.left).toBeLessThan(lost[0]!.written / 10);
  expect(losses(killed!)).toEqual([]);
  expect(losses(kept!)).toEqual([]);
});

/** What power cuts have taken from rabbit's file: its size, and what was left of it. */
function losses(trace: TraceStore): { written: number; left: number }[] {
  const lost = [];
  let written = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'file' || !JOURNAL.test(trace.textAt(id, 'path')!)) continue;
    const op = trace.textAt(id, 'op');
    if (op === 'append' || op === 'write') written += trace.intAt(id, 'bytes')!;
    if (op === 'lose') lost.push({ written, left: trace.intAt(id, 'bytes')! });
  }
  return lost;
}
