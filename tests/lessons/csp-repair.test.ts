// Who waits for whom when one process has ended with an error.

import { expect, test } from 'vitest';
import { cspAt } from '#lib/trace/csp.ts';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('sensor has failed, display reads, and Parallel waits for display', async () => {
  const [trace] = await scenarioRuns('csp-repair', 'first');
  const { processes } = cspAt(trace!, trace!.frontierUs);
  expect(processes.find(({ name }) => name === 'sensor')).toMatchObject({ state: 'failed' });
  const edges = waitGraphAt(trace!, trace!.frontierUs).edges.map(({ what }) => what);
  expect(edges.sort()).toEqual(['Parallel: sensor, display', 'display: read from A']);
});
