// The text reads two rows of the ledger, after worker1 was killed as it began with A.

import { expect, test } from 'vitest';
import { ledgerAt } from '#lib/trace/ledger.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('A: acked once, done never; C: got twice, done once', async () => {
  for (const trace of await scenarioRuns('celery-worker-dies', 'early', [1, 2, 3])) {
    const [a, b, c] = ledgerAt(trace, Infinity);
    expect(a).toMatchObject({ acked: 1, applied: 0 });
    expect(b).toMatchObject({ what: "tasks.charge('B')", applied: 1 });
    expect(c).toMatchObject({ what: "tasks.charge('C')", delivered: 2, applied: 1 });
  }
});
