// A run saved as a file and opened again, by somebody else, to be looked at.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { LessonPage, SLUG } from './lesson-page.ts';
import { expect, test } from './site.ts';

async function saved(page: Page, item: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  const event = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  const download = await event;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

async function savedTrace(page: Page): Promise<string> {
  return (await saved(page, 'Save trace')).bytes.toString();
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
  // Dropped anywhere on the page, which stays: the browser does not open the file in its place.
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['<html></html>'], 'page.html'));
    return transfer;
  });
  await page.getByRole('toolbar').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(alert).toContainText('This file is no trace. page.html');
  await openFile(page, text.replace('"kind":"send"', '"kind":"sent"'));
  await expect(alert).toContainText('unknown kind: sent');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(alert).toHaveCount(0);
  expect(await lesson.digest()).toBe(digest);
});

/** The texts of an SVG file, in its own order. */
async function textsOf(page: Page, bytes: Buffer): Promise<(string | null)[]> {
  return page.evaluate((text) => {
    const document = new DOMParser().parseFromString(text, 'image/svg+xml');
    return [...document.querySelectorAll('parsererror, text')].map((it) => it.textContent);
  }, bytes.toString());
}

test('a run is saved as a picture, and for other tools', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same on every screen');
  const lesson = new LessonPage(page);
  await page.goto(SLUG);
  await lesson.runToEnd();

  // What is larger or smaller says so, and goes back by one press.
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Zoom in', exact: true }).click();
  await page.getByRole('button', { name: '140 %' }).click();
  await expect(page.getByRole('button', { name: /^\d+ %/ })).toHaveCount(0);

  const svg = await saved(page, 'Save picture as SVG');
  expect(svg.name).toBe('lightcone-seed-1.svg');
  expect(await textsOf(page, svg.bytes)).toEqual(
    expect.arrayContaining(['client', 'broker', 'worker2', 'task', 'ack', '8']),
  );

  // As it is seen: another column first, and time across.
  const head = (node: string) => page.getByRole('group', { name: node, exact: true });
  const lefts = async () =>
    Promise.all(['worker2', 'client'].map(async (node) => (await head(node).boundingBox())!.x));
  await head('worker2').dragTo(head('client'));
  await expect(async () => expect((await lefts())[0]).toBeLessThan((await lefts())[1]!)).toPass();
  await page.getByRole('application', { name: 'Space-time diagram' }).press('d');
  await expect(async () => expect((await lefts())[0]).toBe((await lefts())[1])).toPass();
  const turned = await textsOf(page, (await saved(page, 'Save picture as SVG')).bytes);
  expect(turned.slice(0, 2)).toEqual(['worker2', 'client']);

  const png = await saved(page, 'Save picture as PNG');
  const inks = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, png.bytes.toString('base64'));
  // Paper, lines, letters and their edges.
  expect(inks).toBeGreaterThan(50);

  const spans = JSON.parse((await saved(page, 'Save for OpenTelemetry')).bytes.toString());
  expect(spans.resourceSpans.length).toBeGreaterThan(2);
  const perfetto = JSON.parse((await saved(page, 'Save for Perfetto')).bytes.toString());
  expect(perfetto.traceEvents.length).toBeGreaterThan(20);
  const shiviz = (await saved(page, 'Save for ShiViz')).bytes.toString();
  expect(shiviz).toMatch(/^.+\nclient \{"client":1\}$/m);
});
