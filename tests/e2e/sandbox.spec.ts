// Learner code is hostile until proven otherwise (DESIGN section 6), in real Chromium.

import { readFolder } from '../../bin/experiment.ts';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { expect, test } from './site.ts';

test.skip(({ viewport }) => viewport?.width === 390, 'isolation does not depend on the screen');

test('a hostile link opens no door, and nothing of it runs before Run', async ({
  page,
  baseURL,
}) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const files = await readFolder('tests/fixtures/experiments/hostile');
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
  const main = page.locator('main');
  await expect(main).toHaveAttribute('data-run-state', 'idle');
  await page.evaluate(() => localStorage.setItem('mine', 'kept'));

  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(main).toHaveAttribute('data-run-state', /running|finished/);
  await page.getByRole('slider', { name: 'Virtual time' }).press('End');
  await expect(main).toHaveAttribute('data-run-state', 'finished');
  const output = page.getByRole('log', { name: 'evil output' });
  await expect(output).toContainText('fetch: refused');
  await expect(output).toContainText('arguments.callee: refused');
  await expect(output).not.toContainText('OPEN');
  await expect(page.getByRole('log', { name: 'good output' })).toContainText('1 2 3');

  expect(await page.evaluate(() => localStorage.getItem('mine'))).toBe('kept');
  expect(
    requests.filter(
      (url) =>
        !url.startsWith(new URL(baseURL!).origin) &&
        !url.startsWith('blob:') &&
        !url.startsWith('data:') &&
        !url.startsWith('about:'),
    ),
  ).toEqual([]);
});

test('the frame itself can reach nothing, were a program ever to get there', async ({
  page,
  pageErrors,
}) => {
  const files = await readFolder('tests/fixtures/experiments/ping-pong');
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files, seed: 1 })}`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.locator('main')).toHaveAttribute('data-run-state', /running|finished/);
  const frame = page.frames().find((it) => it !== page.mainFrame())!;
  const element = await frame.frameElement();
  expect(await element.getAttribute('sandbox')).toBe('allow-scripts');
  const knocks = await frame.evaluate(async () => {
    const attempts: Record<string, () => unknown> = {
      fetch: () => fetch('/'),
      XMLHttpRequest: () =>
        new Promise((resolve, reject) => {
          const request = new XMLHttpRequest();
          request.onload = resolve;
          request.onerror = () => reject(new Error('blocked'));
          request.open('GET', 'https://example.org/');
          request.send();
        }),
      WebSocket: () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('wss://example.org/');
          socket.onopen = resolve;
          socket.onerror = () => reject(new Error('blocked'));
        }),
      localStorage: () => localStorage.length,
      cookie: () => document.cookie,
      indexedDB: () => indexedDB.open('x'),
      parent: () => parent.document.title,
      eval: () => (0, eval)('1 + 1'),
      image: () =>
        new Promise((resolve, reject) => {
          const image = new Image();
          image.onload = resolve;
          image.onerror = () => reject(new Error('blocked'));
          image.src = `${location.ancestorOrigins?.[0] ?? ''}/favicon.svg`;
        }),
    };
    const open: string[] = [];
    for (const [name, knock] of Object.entries(attempts)) {
      try {
        await knock();
        open.push(name);
      } catch {
        // Refused, as it should be.
      }
    }
    return open;
  });
  expect(knocks).toEqual([]);
  // The browser reports each refusal; anything else would be an error of the page.
  const refusals = pageErrors.splice(0);
  expect(refusals.filter((text) => !text.includes('Content Security Policy'))).toEqual([]);
  expect(refusals.length).toBeGreaterThan(0);
});
