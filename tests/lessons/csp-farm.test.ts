// The lesson has its reader look at the panel of waits after a death, and says whom boss waits for.

import { expect, test } from 'vitest';
import { waitGraphAt, type WaitEdge } from '#lib/trace/waits.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

async function waits(scenario: string): Promise<readonly WaitEdge[]> {
  const [trace] = await scenarioRuns('csp-farm', scenario);
  return waitGraphAt(trace!, trace!.frontierUs).edges;
}

test('boss reads from results, n2 from jobs; mended, boss waits until the dead n1 hangs up', async () => {
  const dies = (await waits('dies')).map(({ from, what }) => `${from}, ${what}`);
  expect(dies).toContain('boss, boss: read from results');
  expect(dies).toContain('n2, worker: read from jobs');
  expect(await waits('mended')).toMatchObject([
    { from: 'boss', to: ['n1'], what: 'shutdown: n1 to disconnect from its channels' },
  ]);
});
