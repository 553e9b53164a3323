// The law in real Chromium: what the page computes has the digest that Node.js computes (KT3, NODE3).

import { gatePrograms } from '../support/law-programs.ts';
import { runInSandbox } from '../../bin/experiment.ts';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { expect, test } from './site.ts';

// A phone shows no editor until it is asked for, so that its page is there soonest.
test.skip(({ isMobile }) => !isMobile, 'digests do not depend on the screen');

for (const { name, files, prepared } of await gatePrograms()) {
  test(`${name} has the digest that Node.js computes`, async ({ page }) => {
    // Python is some 13 MB to load, and an interpreter for each process.
    test.setTimeout(90_000);
    const patience = { timeout: 30_000 };
    const [report] = await runInSandbox(await prepared(), [
      { seed: 5, placement: 'inline', isQuiet: true },
    ]);
    const link = writeLink({
      v: 1,
      build: report!.end.digest!.slice(0, 12),
      files: await files(),
      seed: 5,
    });
    await page.goto(`play/#${link}`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const main = page.locator('main');
    await expect(main).toHaveAttribute('data-run-state', /running|finished/, patience);
    await page.getByRole('slider', { name: 'Virtual time' }).press('End');
    await expect(main).toHaveAttribute('data-run-state', 'finished', patience);
    await expect(main).toHaveAttribute('data-digest', report!.end.digest!);
  });
}
