// Schedules of whole experiments and of the lesson, each count made by hand.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import type { Files } from '../../src/lib/experiment/experiment.ts';
import { exploreFiles } from '../support/explore-files.ts';

const files = async (folder: string): Promise<Files> =>
  readFolder(fileURLToPath(new URL(`../../${folder}`, import.meta.url)));

test('CSP2 a writer leaves after 0 to 5 values have been read, once by retirement, once by poison', async () => {
  const found = await exploreFiles(await files('tests/fixtures/experiments/pycsp-poison-retire'));
  expect(found).toEqual({ outcome: 'ended', count: 6 * 6, schedule: [] });
});

test('CSP2 the lesson of two who give first: a deadlock, and after the exercise two schedules without', async () => {
  const start = await files('static/lessons/csp-deadlock/ts');
  expect(await exploreFiles(start)).toMatchObject({ outcome: 'deadlock', count: 1 });
  const solution = { ...start, ...(await files('static/lessons/csp-deadlock/solution/ts')) };
  expect(await exploreFiles(solution)).toMatchObject({ outcome: 'ended', count: 2 });
  // What the text says of turning the two lines round.
  const turned = String(start['main.ts']).replace(
    /( {2}await give.*\n)( {2}console.log.*\n)/,
    '$2$1',
  );
  expect(await exploreFiles({ ...start, 'main.ts': turned })).toMatchObject({
    outcome: 'deadlock',
  });
});
