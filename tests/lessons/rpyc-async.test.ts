// What the text says of the Waits panel when west is frozen: ben waits for it, and nobody else waits for anybody.

import { expect, test } from 'vitest';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('ben is the only one who waits, and for west', async () => {
  const [trace] = await scenarioRuns('rpyc-async', 'frozen');
  const { edges } = waitGraphAt(trace!, trace!.frontierUs);
  expect(edges.filter(({ from }) => from === 'ben').map(({ to }) => to)).toEqual([['west']]);
  expect(edges.filter(({ from }) => ['ada', 'cleo'].includes(from))).toEqual([]);
});
