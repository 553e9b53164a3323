// The lesson says that a worker which is dead and one which stands still look the same from Flower.

import { expect, test } from 'vitest';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

const SEEDS = [1, 2];
const WAKES_US = 12_000_000;

test('until worker1 wakes, what ops is told is what it is told when worker1 is dead', async () => {
  const dead = await scenarioRuns('celery-flower', 'alarm', SEEDS);
  const paused = await scenarioRuns('celery-flower', 'paused', SEEDS);
  expect(dead.map(told)).toEqual(paused.map(told));
  expect(told(dead[0]!).join()).toContain('may be lost');
});

function told(trace: TraceStore): string[] {
  const lines: string[] = [];
  for (let id = 0; id < trace.eventCount && trace.timeAt(id) < WAKES_US; id++) {
    if (trace.kindAt(id) !== 'log' || trace.processAt(id).name !== 'ops') continue;
    lines.push(trace.textAt(id, 'text')!);
  }
  return lines;
}
