// The lesson has its reader look at the panel of waits when the shop cannot close.

import { expect, test } from 'vitest';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('shop waits in shutdown until client disconnects', async () => {
  const [trace] = await scenarioRuns('csp-nodes', 'address');
  expect(waitGraphAt(trace!, trace!.frontierUs).edges).toMatchObject([
    { from: 'shop', to: ['client'], what: 'shutdown: client to disconnect from its channels' },
  ]);
});
