// The reference of each library, and what teachers read: there in both languages, for everybody, on a phone too.

import AxeBuilder from '@axe-core/playwright';
import { globSync } from 'node:fs';
import { LONG, expect, test } from './site.ts';

const pages = [
  ...globSync('build/docs/*/index.html').map(
    (file) => file.split('/').slice(1, -1).join('/') + '/',
  ),
  'teach/',
  'teach/celery-worker-dies/',
];

test('every library has its page', LONG, ({ isMobile }) => {
  test.skip(isMobile, 'the same files on every screen');
  expect(pages).toEqual(expect.arrayContaining(['docs/celery/', 'docs/pycsp/', 'docs/disco/']));
});

for (const path of pages) {
  test(`/${path} reads well`, LONG, async ({ page, isMobile }) => {
    test.setTimeout(60_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const locale of ['', 'zh/']) {
      await page.goto(locale + path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${locale}${path} scrolls sideways`).toBe(0);
    }
    if (isMobile) return;
    const found = (await new AxeBuilder({ page }).analyze()).violations;
    expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await new AxeBuilder({ page }).withRules('color-contrast').analyze();
    expect(dark.violations.map(({ nodes }) => nodes[0]?.html)).toEqual([]);
  });
}
