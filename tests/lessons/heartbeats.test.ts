// The second lesson sends its reader to the Nodes panel, with the eyes of the monitor, and says what stands there.

import { expect, test } from 'vitest';
import { seenFrom } from '#lib/trace/lens.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('at 2 s monitor has last heard of worker1 1.5 s ago, whatever became of it', async () => {
  for (const scenario of ['paused', 'deaf', 'off']) {
    for (const trace of await scenarioRuns('heartbeats', scenario, [1, 2, 3])) {
      const heardUs = seenFrom(trace, 'monitor', 2_000_000).heardUs('worker1')!;
      expect(((2_000_000 - heardUs) / 1e6).toFixed(1), scenario).toBe('1.5');
    }
  }
});
