// Nothing is lost when spy reads along: what adder does not have, spy has.

import { expect, test } from 'vitest';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

test('what spy saw and the sum of adder are 91 together, and none of both is 91', async () => {
  for (const trace of await scenarioRuns('csp-kinds', 'start', [1, 2, 3])) {
    const lines = linesOf(trace, 'main');
    const numbers = (start: string): number[] =>
      lines.filter((line) => line.startsWith(start)).map((line) => Number(/\d+$/.exec(line)![0]));
    const [sum] = numbers('sum');
    expect(sum).toBeLessThan(91);
    expect(numbers('spy saw').reduce((a, b) => a + b, sum!)).toBe(91);
  }
});
