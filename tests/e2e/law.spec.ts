// The law in real Chromium: what the page computes has the digest that Node.js computes (KT3, NODE3).

import { gatePrograms } from '../support/law-programs.ts';
import { runInSandbox } from '../../bin/experiment.ts';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { expect, test } from './site.ts';

// A phone shows no editor until it is asked for, so that its page is there soonest.
test.skip(({ isMobile }) => !isMobile, 'digests do not depend on the screen');

test('every program has the digest that Node.js computes', async ({ page }) => {
  // Python is some 13 MB to load, and an interpreter for each process.
  test.setTimeout(180_000);
  const patience = { timeout: 30_000 };
  const main = page.locator('main');
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await page.goto('play/');
  await expect(run).toBeEnabled();

  for (const { name, files, prepared } of await gatePrograms()) {
    await test.step(name, async () => {
      const [report] = await runInSandbox(await prepared(), [
        { seed: 5, placement: 'inline', isQuiet: true },
      ]);
      const digest = report!.end.digest!;
      const build = digest.slice(0, 12);
      const link = writeLink({ v: 1, build, files: await files(), seed: 5 });
      // One document for all: the link alone brings the experiment, as a learner's would.
      await page.evaluate((hash) => (location.hash = hash), link);
      await expect(main).toHaveAttribute('data-run-state', 'idle');
      await run.click();
      await expect(main).toHaveAttribute('data-run-state', /running|finished/, patience);
      await page.getByRole('slider', { name: 'Virtual time' }).press('End');
      await expect(main).toHaveAttribute('data-run-state', 'finished', patience);
      await expect(main, name).toHaveAttribute('data-digest', digest);
    });
  }
});
