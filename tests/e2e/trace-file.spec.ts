// A run saved as a file and opened again, by somebody else, to be looked at.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, test } from './site.ts';

async function savedTrace(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save trace' }).click();
  return readFile(await (await download).path(), 'utf8');
}

async function openFile(page: Page, text: string, name = 'run.jsonl'): Promise<void> {
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Open trace' }).click();
  await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

test('a saved trace shows the same picture and digest to somebody else', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  const digest = await lesson.runToEnd();
  await lesson.show(/^Watch$/);
  const text = await savedTrace(page);
  expect(JSON.parse(text.trimEnd().split('\n').at(-1)!).digest).toBe(digest);
  const rows = await page.getByRole('table', { name: 'Events' }).getByRole('row').count();

  await page.goto('play/');
  await lesson.show(/^Watch$/);
  await openFile(page, text);
  await expect(page.getByText('run.jsonl: a saved run')).toBeVisible();
  await lesson.state('finished');
  expect(await lesson.digest()).toBe(digest);
  await expect(page.getByRole('table', { name: 'Events' }).getByRole('row')).toHaveCount(rows);
  await expect(await lesson.output()).toContainText('8');
  await expect(lesson.nodeButton('worker1', 'Kill')).toHaveAttribute('aria-disabled', 'true');

  await lesson.button('Run').click();
  await lesson.state('running');
  await expect(page.getByText('run.jsonl: a saved run')).toHaveCount(0);
});

test('a file that is no trace, or a damaged one, is refused in words', async ({
  page,
  isMobile,
}) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  const digest = await lesson.runToEnd();
  const text = await savedTrace(page);
  const alert = page.getByRole('region', { name: 'Stage' }).getByRole('alert');
  await openFile(page, '<html></html>', 'page.html');
  await expect(alert).toContainText('This file is no trace. page.html');
  await openFile(page, text.replace('"kind":"send"', '"kind":"sent"'));
  await expect(alert).toContainText('unknown kind: sent');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(alert).toHaveCount(0);
  expect(await lesson.digest()).toBe(digest);
});
