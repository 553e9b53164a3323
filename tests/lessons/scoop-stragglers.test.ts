// The lesson has its reader look at the rows of the workers while one of them stands still.

import { expect, test } from 'vitest';
import { PoolWork } from '#lib/trace/pool-work.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('three rows are empty for 18 seconds, and c has the one film that is under way', async () => {
  for (const trace of await scenarioRuns('scoop-stragglers', 'slow', [1, 2, 3])) {
    const bars = new PoolWork(trace).lanes().flatMap((lane) => lane.bars);
    expect(bars).toHaveLength(4);
    const [late, ...others] = bars.filter(({ toUs }) => toUs! > 3_200_000);
    expect(late).toMatchObject({ node: 'c/1', end: 'done' });
    expect(late!.toUs! - 3_200_000).toBeGreaterThan(17_500_000);
    expect(others).toEqual([]);
  }
});
