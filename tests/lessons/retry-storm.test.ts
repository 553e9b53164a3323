// In the storm the reader is sent to the charts: more answers a second than before, and queue and latency climb.

import { expect, test } from 'vitest';
import { Measures } from '#lib/trace/measures.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

const STRETCH_US = 5_000_000;

test('in the storm the server answers more than before, while queue and latency climb', async () => {
  const [trace] = await scenarioRuns('retry-storm', 'still');
  const measures = new Measures(trace!);
  measures.extend();
  const [, queue] = measures.questions.find(([node]) => node === 'server')!;
  const stretch = (second: number) =>
    measures.calls.stretch(second / 5, STRETCH_US, Infinity, Infinity);
  const before = stretch(5);
  let [depth, latencyUs] = [queue.valueAt(10_000_000), before.p50];
  for (const second of [15, 20, 25, 30, 35]) {
    const now = stretch(second);
    expect(now.count).toBeGreaterThan(before.count);
    expect(now.p50).toBeGreaterThan(latencyUs);
    expect(queue.valueAt(second * 1_000_000)).toBeGreaterThan(depth);
    [depth, latencyUs] = [queue.valueAt(second * 1_000_000), now.p50];
  }
});
