// What programs write to disk: seen, read and downloaded, at any moment of the run.

import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const FILES = {
  'cluster.json': JSON.stringify({ nodes: { store: { run: 'store.ts' } } }),
  'faults.json': JSON.stringify([{ atMs: 100, powerOff: 'store' }]),
  'store.ts': `import { disk, sleep } from 'node';
disk.writeText('orders.log', 'order 1 光锥\\n');
disk.sync('orders.log');
disk.appendText('orders.log', 'order 2\\n');
disk.writeBytes('/tmp/cache.bin', new Uint8Array([0, 200, 65]));
await sleep(1);
`,
};

test('files of a run are seen at the cursor, read and downloaded', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const lesson = new LessonPage(page);
  const link = { v: 1, build: 'elsewhere', files: FILES, seed: 1, cursorUs: 50_000 } as const;
  await page.goto(`play/#${writeLink(link)}`);
  await lesson.button('Run').click();
  await lesson.state('paused');
  await page.getByRole('button', { name: /^Output/ }).click();
  await page.getByRole('button', { name: 'Files 2 on the disk of store' }).click();

  const files = page.getByRole('region', { name: 'Files on disk' });
  const row = (name: string) => files.getByRole('button', { name: new RegExp(`^${name} `) });
  await expect(row('orders.log')).toContainText(
    'not synced A power cut would leave an older version, 15 B.',
  );
  await expect(row('/tmp/cache.bin')).toContainText('A power cut would lose it.');

  async function download(name: string): Promise<Buffer> {
    const coming = page.waitForEvent('download');
    await files.getByRole('button', { name }).click();
    return readFile(await (await coming).path());
  }
  const zip = unzipSync(await download('Download all files of store'));
  expect(zip['tmp/cache.bin']).toEqual(new Uint8Array([0, 200, 65]));
  await row('orders.log').click();
  await expect(files.locator('pre')).toHaveText('order 1 光锥\norder 2\n');
  expect(String(await download('Download orders.log'))).toBe('order 1 光锥\norder 2\n');

  // The power cut takes back what was not synced, under the reader's eyes.
  await lesson.toEnd();
  await expect(files.locator('pre')).toHaveText('order 1 光锥\n');
  await files.getByRole('button', { name: 'To the list' }).click();
  await expect(row('orders.log')).toContainText('synced');
  await expect(row('/tmp/cache.bin')).toHaveCount(0);
  await lesson.slider.press('Home');
  await expect(files).toContainText('Nothing that a program wrote is on a disk at 0 ms.');
  await files.getByRole('button', { name: 'To the output' }).press('Escape');
  await expect(page.getByRole('log', { name: 'store output' })).toBeVisible();
});
