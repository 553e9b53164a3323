// A learner writes Python: a mistake is marked while it is typed, told by a run, mended, and the
// program prints.

import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const FILES = {
  'cluster.json': '{ "nodes": { "alone": { "run": "python main.py" } } }',
  'main.py': 'import time\n\ntime.sleep(1)\n',
};

test('learner can break and mend a Python program', async ({ page, isMobile }) => {
  test.skip(isMobile, 'typing is tried once');
  test.setTimeout(40_000);
  const lesson = new LessonPage(page);
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files: FILES, seed: 1 })}`);
  await expect(page.getByRole('tab', { name: 'main.py' })).toBeVisible();
  await expect(page.locator('[data-editor=ready]')).toBeVisible({ timeout: 15_000 });
  await page.locator('.monaco .view-lines').click();
  await page.keyboard.press('ControlOrMeta+End');

  // Completion knows the module that is imported.
  await page.keyboard.type('print(time.mono');
  await expect(page.locator('.suggest-widget')).toContainText('monotonic', { timeout: 10_000 });
  await page.keyboard.press('Enter');
  await page.keyboard.type('(');
  await expect(page.locator('.monaco .view-lines')).toContainText('print(time.monotonic())');
  // Half of the brackets are gone.
  await page.keyboard.press('Delete');
  await page.keyboard.press('Delete');
  // Python's compiler says so before anything runs.
  await page.locator('.monaco .squiggly-error').first().hover({ force: true, timeout: 15_000 });
  await expect(page.getByRole('tooltip', { name: "SyntaxError: '(' was never" })).toBeVisible();
  await expect(page.locator('main')).toHaveAttribute('data-run-state', 'idle');
  await lesson.runToEnd();
  await expect(
    page.getByText(/alone ended with an error: SyntaxError: '\(' was never/),
  ).toBeVisible();
  const log = page.getByRole('log', { name: 'alone output' });
  await log.getByRole('button', { name: 'File "main.py", line 4' }).click();

  // The link leads to the line.
  await expect(page.locator('.monaco .monaco-editor.focused')).toBeVisible();
  await page.keyboard.press('End');
  await page.keyboard.type('))');
  await expect(page.locator('.monaco .squiggly-error')).toHaveCount(0);
  await lesson.runToEnd();
  await expect(log).toContainText(/1\.0.*main\.py:4/);
});
