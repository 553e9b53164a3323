// Schedules of whole experiments, each count made by hand.

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
