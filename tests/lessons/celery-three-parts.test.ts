// Twice the text sends its reader to the ledger: before anybody works, and after a result was lost.

import { expect, test } from 'vitest';
import { ledgerAt } from '#lib/trace/ledger.ts';
import { Measures } from '#lib/trace/measures.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('at 2 s one task is sent and ready in the queue, and no more', async () => {
  const [trace] = await scenarioRuns('celery-three-parts', 'none');
  const lines = ledgerAt(trace!, 2_000_000);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ sent: 1, delivered: 0, started: 0, applied: 0, stored: 0 });
  const measures = new Measures(trace!);
  measures.extend();
  expect(measures.queues.map(({ node, ready }) => [node, ready.valueAt(2_000_000)])).toEqual([
    ['broker', 1],
  ]);
});

test('with results away: done 1, kept 0', async () => {
  const [trace] = await scenarioRuns('celery-three-parts', 'forgot');
  expect(ledgerAt(trace!, Infinity)).toMatchObject([{ applied: 1, stored: 0 }]);
});
