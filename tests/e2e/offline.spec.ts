// After the first visit the site needs no network: its server is gone, the pages work. And a new
// version is offered, never forced.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { serve } from '../../scripts/serve.mjs';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, LONG, test } from './site.ts';

test.use({ serviceWorkers: 'allow' });
test.skip(({ isMobile }) => isMobile, 'the same on every screen');

const BASE = '/course/lightcone';

/** All that is kept at a first visit has come. */
async function untilKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

test('a lesson and the next work without a network, below a subpath', async ({ page }) => {
  test.setTimeout(60_000);
  const site = await serve('build', { base: BASE });
  const lesson = new LessonPage(page);
  await page.goto(site.url + SLUG);
  await untilKept(page);
  await site.close();

  await page.reload();
  await lesson.runToEnd();
  await expect(await lesson.output()).toContainText('8');

  await page.goto(`${site.url}zh/lessons/celery-worker-dies/`);
  await expect(page.getByRole('button', { name: '运行', exact: true })).toBeEnabled();
});

test('every page answers without a network', LONG, async ({ page, pageErrors }) => {
  test.setTimeout(60_000);
  const site = await serve('build');
  await page.goto(site.url);
  await untilKept(page);
  await site.close();

  await page.reload();
  await page.getByRole('link', { name: 'Lessons' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Lessons' })).toBeVisible();
  await expect(page.getByText('They work without a network.')).toBeVisible();
  await page.getByRole('link', { name: 'Playground' }).first().click();
  await expect(page.locator('[data-editor=ready]')).toBeVisible({ timeout: 15_000 });
  await page.goto(`${site.url}docs`);
  await expect(page).toHaveURL(`${site.url}docs/`);

  // The browser reports the status of the page that says so.
  expect(pageErrors.splice(0)).toEqual([]);
  await page.goto(`${site.url}no-such-page/`);
  await expect(page.getByText('There is no such page')).toBeVisible();
  expect(pageErrors.splice(0)).toEqual([expect.stringContaining('404')]);
});

test('Python is kept when it is wanted, and given back', LONG, async ({ page }) => {
  test.setTimeout(60_000);
  const site = await serve('build');
  await page.goto(`${site.url}lessons/`);
  await page.getByRole('button', { name: /^Keep Python for offline use \(\d+ MB\)$/ }).click();
  await expect(page.getByText(/^Python is kept too/)).toBeVisible({ timeout: 20_000 });
  await site.close();

  await page.goto(site.url + SLUG);
  await page.getByRole('button', { name: 'Python', exact: true }).click();
  const lesson = new LessonPage(page);
  await lesson.runToEnd();
  await expect(await lesson.output()).toContainText('8');

  await page.goto(`${site.url}lessons/`);
  await page.getByRole('button', { name: 'Give the space back' }).click();
  await expect(page.getByText('Python is not kept yet.')).toBeVisible();
});

test('a new version is offered while a run stays on the stage', LONG, async ({ page, context }) => {
  test.setTimeout(60_000);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lightcone-offline-'));
  await cp('build', folder, { recursive: true });
  const site = await serve(folder);
  const lesson = new LessonPage(page);
  try {
    await page.goto(site.url + SLUG);
    await untilKept(page);
    const digest = await lesson.runToEnd();
    await expect(page.getByRole('button', { name: 'Use it now' })).toHaveCount(0);

    // The same site, with another text and, as scripts/site-version.ts gives it, another version.
    await change(path.join(folder, SLUG, 'index.html'), '<html ', '<html id="second" ');
    await change(path.join(folder, 'service-worker.js'), /version:`[^`]+`/, 'version:`second`');
    const other = await context.newPage();
    await other.goto(`${site.url}docs/`);
    await expect(page.getByText('A new version of Lightcone is ready.')).toBeVisible({
      timeout: 20_000,
    });
    expect(await lesson.digest()).toBe(digest);
    await page.getByRole('button', { name: 'Later' }).click();
    await expect(page.getByRole('button', { name: 'Use it now' })).toHaveCount(0);

    // Asked for in one page, it does not reload the other.
    await other.getByRole('button', { name: 'Use it now' }).click();
    await expect(other.getByRole('button', { name: 'Use it now' })).toHaveCount(0);
    expect(await lesson.digest()).toBe(digest);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('id', 'second');

    // Once no page of the old version is left, what it kept goes.
    await other.close();
    await page.reload();
    await expect
      .poll(() => page.evaluate(() => caches.keys()), { timeout: 10_000 })
      .toEqual(['lightcone / second']);
  } finally {
    await site.close();
    await rm(folder, { recursive: true });
  }
});

async function change(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(from);
  await writeFile(file, text.replace(from, to));
}
