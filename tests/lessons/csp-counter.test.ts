// The lesson has its reader look at the panel of channels half a second after the start.

import { expect, test } from 'vitest';
import { cspAt } from '#lib/trace/csp.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('at 500 ms counter stands at A with 2 in its hand; turned round, printer waits there', async () => {
  const blocked = async (scenario: string): Promise<unknown[]> => {
    const [trace] = await scenarioRuns('csp-counter', scenario);
    const { links, channels } = cspAt(trace!, 500_000);
    expect(channels).toMatchObject([{ name: 'A', buffer: null }]);
    return links
      .filter(({ isBlocked }) => isBlocked)
      .map(({ process, side, value }) => [process, side, value]);
  };
  expect(await blocked('start')).toEqual([['main counter', 'write', '2']]);
  expect(await blocked('turned')).toEqual([['main printer', 'read', null]]);
});
