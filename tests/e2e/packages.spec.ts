// A learner brings a package along: chosen by a button or dropped, imported by a node, removed.

import { strToU8, zipSync } from 'fflate';
import { writeLink } from '../../src/lib/experiment/link.ts';
import { LessonPage } from './lesson-page.ts';
import { expect, test } from './site.ts';

const FILES = {
  'cluster.json': '{ "nodes": { "client": { "run": "python main.py" } } }',
  'main.py': 'import shop\n\nprint("price", shop.price)\n',
};
const WHEEL = zipSync({
  'shop/__init__.py': strToU8('from .prices import price\n'),
  'shop/prices.py': strToU8('price = 3\n'),
  'shop-1.2.dist-info/METADATA': strToU8('Name: shop\nVersion: 1.2\n'),
});

test('learner can add a package, run with it, and remove it', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  test.setTimeout(40_000);
  const lesson = new LessonPage(page);
  await page.goto(`play/#${writeLink({ v: 1, build: 'elsewhere', files: FILES, seed: 1 })}`);
  await lesson.show(/^Code$/);
  await page.getByRole('button', { name: 'More files' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add a Python package' }).click();
  const wheel = { name: 'shop-1.2-py3-none-any.whl', mimeType: '', buffer: Buffer.from(WHEEL) };
  await (await chooser).setFiles(wheel);
  await expect(page.getByText('site-packages: shop 1.2 (3 files) added.')).toBeVisible();
  await expect(page.getByRole('tab', { name: /site-packages/ })).toHaveCount(0);

  // What cannot be installed is dropped: nothing changes, and the page stays.
  const transfer = await page.evaluateHandle(() => {
    const made = new DataTransfer();
    made.items.add(new File(['no zip'], 'broken.whl'));
    return made;
  });
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop to add it to site-packages')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await expect(page.getByRole('alert')).toContainText('broken.whl is not added: it is broken');

  await lesson.runToEnd();
  await expect(await lesson.output()).toContainText('price 3');

  await lesson.show(/^Code$/);
  await page.getByRole('button', { name: 'More files' }).click();
  await page.getByRole('button', { name: 'Remove shop' }).click();
  await expect(page.getByText('shop is deleted.')).toBeVisible();
  await expect(page.getByText('shop 1.2 (3 files)', { exact: true })).toHaveCount(0);
});
