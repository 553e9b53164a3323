// Although the card was charged twice, the ledger knows of one task.

import { expect, test } from 'vitest';
import { ledgerAt } from '#lib/trace/ledger.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('the ledger: begun twice, done once', async () => {
  for (const trace of await scenarioRuns('celery-retry', 'lost', [1, 2, 3])) {
    const lines = ledgerAt(trace, Infinity);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ started: 2, applied: 1 });
  }
});
