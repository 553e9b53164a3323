// What CPython prints for programs of the standard-library kind, Python nodes print too, in every
// engine (tests/fixtures/python/programs). The browsers' digests are compared with Node's, whose lines
// are compared with the recorded ones; a digest covers every line that a program prints.

import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, runInSandbox } from '../../bin/experiment.ts';
import { installedBrowsers, labPage, openPage } from '../support/engines.ts';
import type { LabPage } from '../support/lab-page.ts';
import {
  printedBy,
  pythonClusters,
  pythonPrograms,
  runPython,
} from '../support/python-programs.ts';

const programs = await pythonPrograms();
const clusters = pythonClusters(programs);

test('there are fifty programs or more', () => {
  expect(programs.length).toBeGreaterThanOrEqual(50);
});

describe('in Node.js', () => {
  for (const cluster of clusters) {
    test(`${cluster.name} print what CPython prints`, { timeout: 180_000 }, async () => {
      const events = await runPython(cluster);
      for (const program of cluster.programs) {
        expect(printedBy(program, events), program.name).toBe(program.expected);
      }
    });
  }
});

for (const name of ['chromium', 'firefox'] as const) {
  const browser = installedBrowsers().find((it) => it.name === name);
  if (!browser) {
    test.skip(`${name} is not installed on this machine`);
    continue;
  }
  describe(name, () => {
    let page: Page;
    let close: () => Promise<void>;

    beforeAll(async () => {
      ({ page, close } = await openPage(browser, await labPage()));
    }, 60_000);

    afterAll(() => close());

    for (const cluster of clusters) {
      test(`KT3 ${cluster.name} have Node's digest, twice`, { timeout: 300_000 }, async () => {
        const prepared = await cluster.prepared();
        const runs = [1, 2].map(() => ({ seed: 1, placement: 'inline' as const, isQuiet: true }));
        const reports = await runInSandbox(prepared, runs);
        const digests = reports.map(({ end }) => end.digest);
        for (let round = 0; round < 2; round++) {
          const { digest } = await page.evaluate(
            (...given) => (globalThis as unknown as LabPage).measureRun(...given),
            ...([await loadEngine(), prepared, 'worker'] as const),
          );
          digests.push(digest);
        }
        expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
        expect(digests).toEqual(digests.map(() => digests[0]));
      });
    }
  });
}
