// Which worker takes which nap, in which order they come back, and how many futures a mapReduce makes.

import { expect, test } from 'vitest';
import { PoolWork, type WorkBar } from '#lib/trace/pool-work.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

const barsOf = (trace: TraceStore, call: RegExp): WorkBar[] =>
  new PoolWork(trace)
    .lanes()
    .flatMap(({ bars }) => bars)
    .filter((bar) => call.test(bar.call));

const completed = (trace: TraceStore): number[] =>
  linesOf(trace, 'main').flatMap((line) => {
    const found = /^as completed gives (\d)/.exec(line);
    return found ? [Number(found[1])] : [];
  });

test('each worker takes one nap; as completed, the short ones come first', async () => {
  for (const trace of await scenarioRuns('scoop-map', 'asleep')) {
    const first = barsOf(trace, /^nap/).filter(({ fromUs }) => fromUs < 600_000);
    expect(first.map(({ node }) => node).sort()).toEqual(['a/1', 'b/1', 'c/1', 'main/1']);
    expect(completed(trace)).toEqual([1, 2, 3, 6]);
  }
});

test('the longest nap stays with main when it is last, and is handed out before the others', async () => {
  for (const trace of await scenarioRuns('scoop-map', 'last', [1, 2, 3])) {
    const long = barsOf(trace, /^nap\(6/).map(({ node }) => node);
    expect(long).toEqual(['main/1', 'main/1']);
    expect(completed(trace)[0]).toBe(6);
  }
});

test('nearly 400 futures for 200 numbers', async () => {
  const [trace] = await scenarioRuns('scoop-map', 'computing');
  const works = new Set(barsOf(trace!, /^(?!nap)/).map(({ work }) => work));
  expect(works.size).toBeGreaterThan(370);
  expect(works.size).toBeLessThan(400);
});
