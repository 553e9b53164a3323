// Where a future fails: the caller is not told, the rows of the workers are.

import { expect, test } from 'vitest';
import { PoolWork } from '#lib/trace/pool-work.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('main/2 fails at a future of its own, and lives on until all go home', async () => {
  for (const trace of await scenarioRuns('scoop-repair', 'inside', [1, 2, 3])) {
    const lane = new PoolWork(trace).lanes().find(({ node }) => node === 'main/2')!;
    expect(lane.bars.map(({ end }) => end)).toContain('failed');
    expect(lane.gone).toMatchObject({ isViolent: false });
    expect(lane.gone!.tUs).toBeGreaterThan(lane.bars.at(-1)!.toUs!);
  }
});
