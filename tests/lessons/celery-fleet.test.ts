// What the lesson says of all machines together: who is patched when ops knows of none, and what the
// ledger has of m6.

import { expect, test } from 'vitest';
import { ledgerAt } from '#lib/trace/ledger.ts';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

test('eighteen machines are patched in the end, and ops has an error; m6 was asked for and never done', async () => {
  const [start] = await scenarioRuns('celery-fleet', 'start');
  const patched = ['worker1', 'worker2'].flatMap((worker) =>
    linesOf(start!, worker).filter((line) => / patched m\d+$/.test(line)),
  );
  expect(patched).toHaveLength(18);

  const [killed] = await scenarioRuns('celery-fleet', 'killed');
  const lines = ledgerAt(killed!, Infinity);
  expect(lines).toHaveLength(20);
  const unknown = lines.filter(({ stored }) => stored === 0);
  expect(unknown).toHaveLength(1);
  expect(unknown[0]).toMatchObject({ sent: 1, started: 1, applied: 0, acked: 1 });
});
