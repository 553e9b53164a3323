// In the storm the reader is sent to the charts: more answers a second than before, and queue and latency climb.
// At the end the text says what it costs not to retry at all.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { filesOf } from '#lib/lessons/outcome.ts';
import { struck } from '#lib/lessons/trials.ts';
import { Measures } from '#lib/trace/measures.ts';
import { linesOf, scenarioRuns, tracesOf } from '../support/lesson-run.ts';

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

test('without retries a lost question is a user without an answer; the budget has one for it', async () => {
  const lesson = await readLesson('retry-storm', (code) => code, 'ts');
  const lost = { faults: [{ on: { send: 'ask', from: 'app1' }, drop: true as const }] };
  for (const [variant, answered] of Object.entries({ none: 0, budget: 1 })) {
    const files = filesOf(lesson, { variant });
    // One user, who asks once.
    const app = String(files['app.ts'])
      .replace('number < 15', 'number < 1')
      .replace('2.5 +', '60 +');
    const [trace] = await tracesOf(struck({ ...files, 'app.ts': app }, lost));
    expect(linesOf(trace!, 'app1')[0]).toBe(`5 s: answered ${answered}`);
  }
});
