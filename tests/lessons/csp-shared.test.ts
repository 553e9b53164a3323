// Coins are lost without a word, and not the same on each seed.

import { expect, test } from 'vitest';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

test('another seed loses other coins', async () => {
  const traces = await scenarioRuns('csp-shared', 'start', [1, 2, 3, 4, 5, 6]);
  const counts = traces.map((trace) => linesOf(trace, 'main').find((line) => /^coins/.test(line)));
  expect(counts.every((line) => line !== 'coins: 10')).toBe(true);
  expect(new Set(counts).size).toBeGreaterThan(1);
});
