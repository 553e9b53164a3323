// What the text says of the Waits panel: while server works, everybody to the left of it waits.

import { expect, test } from 'vitest';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('while server works client waits for stub, stub for skeleton, skeleton for server', async () => {
  const [trace] = await scenarioRuns('rpyc-stub', 'calm');
  const { edges } = waitGraphAt(trace!, 1_000_000);
  expect(edges.map(({ from, to }) => [from, ...to]).sort()).toEqual([
    ['client', 'stub'],
    ['skeleton', 'server'],
    ['stub', 'skeleton'],
  ]);
});
