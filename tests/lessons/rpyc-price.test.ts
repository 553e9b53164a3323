// What the card says of the costs beside the lines: together they come close to the time that the sum took.

import { expect, test } from 'vitest';
import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('what the lines cost comes close to the time of the whole', async () => {
  const [trace] = await scenarioRuns('rpyc-price', 'healthy');
  const costs = new RemoteCalls(trace!).linesAt(trace!.frontierUs);
  const waitedUs = costs.reduce((sum, cost) => sum + cost.waitedUs, 0);
  // client begins at 200 ms and prints at 3200.
  expect(waitedUs).toBeGreaterThan(2_700_000);
  expect(waitedUs).toBeLessThan(3_100_000);
  // An attribute costs 100 ms, and eight turns ask for each of two.
  const ofPrice = costs.find(({ line }) => line === 'client.ts:8')!;
  expect(ofPrice.roundTrips).toBe(8);
  expect(Math.round(ofPrice.waitedUs / 8000)).toBe(100);
});
