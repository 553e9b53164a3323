// Free play: an experiment is begun from a template, kept, saved, brought back, deleted, undone.

import { readFile } from 'node:fs/promises';
import { LessonPage } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

test.skip(({ isMobile }) => isMobile, 'the same on every screen');

test('an experiment is kept, saved as a zip and brought back', LONG, async ({ page }) => {
  test.setTimeout(60_000);
  const lesson = new LessonPage(page);
  await page.goto('play/');
  await lesson.button('Blank cluster, TypeScript').click();
  await expect(
    page.getByText('It is kept on this device from your first change on.'),
  ).toBeVisible();
  await expect(page.locator('[data-editor=ready]')).toBeVisible({ timeout: 15_000 });
  await page.locator('.monaco .view-lines').click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type("console.log('mine');");
  await page.getByRole('textbox', { name: 'Name' }).fill('My first cluster');
  await page.getByRole('textbox', { name: 'Name' }).press('Enter');

  const waiting = page.waitForEvent('download');
  await lesson.button('Save as zip').click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('My first cluster.zip');
  const zip = await readFile(await download.path());

  // The page is loaded again: it shows what it showed.
  await page.reload();
  await lesson.button('Run').click();
  await lesson.state('finished');
  await expect(page.getByRole('log', { name: 'a output' })).toContainText('mine');

  const recent = page.getByRole('region', { name: 'Recent experiments' });
  await lesson.button('Delete My first cluster').click();
  await expect(recent.getByRole('listitem')).toHaveCount(0);
  await lesson.button('Undo').click();
  await expect(recent.getByRole('listitem')).toHaveCount(1);

  const chooser = page.locator('input[type=file][accept*=zip]');
  const damaged = { name: 'half.zip', mimeType: 'application/zip', buffer: zip.subarray(0, 300) };
  await chooser.setInputFiles(damaged);
  await expect(page.getByRole('alert').first()).toContainText('half.zip is damaged');
  await expect(recent.getByRole('listitem')).toHaveCount(1);

  await chooser.setInputFiles({ ...damaged, name: 'theirs.zip', buffer: zip });
  await expect(recent.getByRole('listitem')).toHaveCount(2);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('theirs');
  await lesson.button('Run').click();
  await lesson.state('finished');
  await expect(page.getByRole('log', { name: 'b output' })).toContainText('mine');
});
