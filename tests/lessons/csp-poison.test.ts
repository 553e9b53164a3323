// The lesson has its reader look at the panel of channels when both writers have gone.

import { expect, test } from 'vitest';
import { cspAt, type CspPicture } from '#lib/trace/csp.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

async function shown(scenario: string): Promise<CspPicture[]> {
  const traces = await scenarioRuns('csp-poison', scenario, [1, 2, 3]);
  return traces.map((trace) => cspAt(trace, trace.frontierUs));
}

const stateOf = ({ processes }: CspPicture, name: string): string | undefined =>
  processes.find((process) => process.name === name)?.state;

test('both writers have returned, and the channel counts two of them', async () => {
  for (const picture of await shown('start')) {
    expect([stateOf(picture, 'ada'), stateOf(picture, 'ben')]).toEqual(['returned', 'returned']);
    expect(picture.channels).toMatchObject([{ name: 'A', state: 'open', writers: 2 }]);
  }
});

test('of two writers the slower one ends by the poison of the other', async () => {
  for (const picture of await shown('poison')) {
    const states = [stateOf(picture, 'ada'), stateOf(picture, 'ben')];
    expect(states.sort()).toEqual(['poisoned', 'returned']);
    expect(stateOf(picture, 'printer')).toBe('poisoned');
    expect(picture.channels).toMatchObject([{ name: 'A', state: 'poisoned' }]);
  }
});
