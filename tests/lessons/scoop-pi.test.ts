// The lesson has its reader look at the rows of the workers, before and after one of them dies.

import { expect, test } from 'vitest';
import { PoolWork, type WorkBar } from '#lib/trace/pool-work.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

async function bars(scenario: string): Promise<WorkBar[][]> {
  const traces = await scenarioRuns('scoop-pi', scenario, [1, 2, 3]);
  return traces.map((trace) => new PoolWork(trace).lanes().flatMap((lane) => lane.bars));
}

test('three rows end after a second, and old works on', async () => {
  for (const found of await bars('start')) {
    const ends = found.map(({ node, toUs }) => [node, Math.round(toUs! / 1e6)]);
    expect(ends).toEqual([
      ['main/1', 1],
      ['a/1', 1],
      ['b/1', 1],
      ['old/1', 4],
    ]);
  }
});

test('the bar of a is crossed out, its piece begins again, and for seconds nobody works', async () => {
  for (const found of await bars('lost')) {
    const [cut, ...others] = found.filter(({ end }) => end === 'cut');
    expect(cut).toMatchObject({ node: 'a/1', toUs: 300_000, attempt: 1 });
    expect(others).toEqual([]);
    const again = found.filter(({ attempt }) => attempt > 1);
    expect(again).toMatchObject([{ work: cut!.work, attempt: 2, end: 'done' }]);
    const idle = found.filter(({ fromUs, toUs }) => fromUs < 6_000_000 && toUs! > 3_000_000);
    expect(idle).toEqual([]);
  }
});
