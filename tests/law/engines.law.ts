// The law across engines: what Node.js computes, Chromium and Firefox compute too, inline and with a
// worker per process (KT3, NODE3). An engine that is not on this machine is named and left out.

import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, runInSandbox } from '../../bin/experiment.ts';
import { installedBrowsers, labPage, openPage } from '../support/engines.ts';
import type { LabPage } from '../support/lab-page.ts';
import { lawPrograms } from '../support/law-programs.ts';

const programs = await lawPrograms();
const installed = installedBrowsers();

for (const name of ['chromium', 'firefox'] as const) {
  const browser = installed.find((it) => it.name === name);
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

    for (const program of programs) {
      test(`KT3 NODE3 ${program.name} has Node's digest`, { timeout: 60_000 }, async () => {
        const prepared = await program.prepared();
        const [report] = await runInSandbox(prepared, [
          { seed: 1, placement: 'inline', isQuiet: true },
        ]);
        for (const placement of ['inline', 'shared', 'worker'] as const) {
          const { digest } = await page.evaluate(
            (...given) => (globalThis as unknown as LabPage).measureRun(...given),
            ...([await loadEngine(), prepared, placement] as const),
          );
          expect(digest, placement).toBe(report!.end.digest);
        }
      });
    }
  });
}
