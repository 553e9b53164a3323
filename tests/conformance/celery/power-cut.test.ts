// COURSE: what a broker keeps through a power cut. One program, one cut, five settings; the folders
// are there for a learner to open, and say how many tasks were lost.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFolder } from '../../../bin/experiment.ts';
import { experiment, type ExperimentOptions } from './harness.ts';

const FOLDERS = '../../fixtures/experiments/celery-power-cut-';

/** Sent, and lost. */
async function counts(name: string): Promise<number[]> {
  const files = await readFolder(fileURLToPath(new URL(FOLDERS + name, import.meta.url)));
  const cluster = JSON.parse(textOf(files['cluster.json'])) as ExperimentOptions;
  const run = await experiment({
    ...cluster,
    files: { 'client.ts': textOf(files['client.ts']), 'tasks.ts': textOf(files['tasks.ts']) },
    faults: JSON.parse(textOf(files['faults.json'])) as ExperimentOptions['faults'] & object,
  });
  return run.lines('client').map((line) => Number(line.split(' ')[1]));
}

function textOf(contents: string | Uint8Array | undefined): string {
  return typeof contents === 'string' ? contents : new TextDecoder().decode(contents);
}

test.each([
  // No snapshot is due for an hour, and a cut is no clean stop: whatever came before it.
  ['redis', 25, 35],
  // What came since the last sync, at most a second before: a call and its pause take 60 ms.
  ['redis-everysec', 1, 17],
  ['redis-always', 0, 0],
  // Nobody asked to know when messages are safe, or whether they arrived at all.
  ['rabbit', 35, 40],
  // Durable queue, persistent messages, and each call waits for the broker's word.
  ['rabbit-confirm', 0, 0],
])('COURSE %s: tasks lost of 40', async (name, least, most) => {
  const [sent, lost] = await counts(name);
  expect(sent).toBe(40);
  expect(lost).toBeGreaterThanOrEqual(least);
  expect(lost).toBeLessThanOrEqual(most);
});
