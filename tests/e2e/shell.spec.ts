import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './site.ts';

const pages = [
  { path: '', en: 'Break it. See who knows.', zh: '亲手弄坏，看看谁知道。' },
  { path: 'lessons/', en: 'Lessons', zh: '课程' },
  { path: 'play/', en: 'Playground', zh: '自由实验' },
  { path: 'docs/', en: 'Docs', zh: '文档' },
];

for (const { path, en, zh } of pages) {
  test(`/${path} is served in both languages`, async ({ page, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(en);

    await page.getByRole('link', { name: '中', exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/zh/${path}$`));
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh);
  });

  test(`/${path} works below a subpath`, async ({ page, subpathUrl, isMobile }) => {
    test.skip(isMobile, 'the same on every screen');
    await page.goto(subpathUrl + path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(en);
    await page.getByRole('link', { name: '中', exact: true }).click();
    await expect(page).toHaveURL(`${subpathUrl}zh/${path}`);
    await page.getByRole('link', { name: '课程' }).first().click();
    await expect(page).toHaveURL(`${subpathUrl}zh/lessons/`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('课程');
  });

  test(`/${path} has no accessibility violation`, async ({ page, isMobile }) => {
    test.skip(isMobile !== (path === 'play/'), 'each page on one screen');
    const violations = async (axe: AxeBuilder) =>
      (await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    // Colours on their way from one to another are nobody's choice.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(path);
    expect(await violations(new AxeBuilder({ page }))).toEqual([]);
    // The other scheme differs in nothing but colour.
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
  });

  test(`/${path} does not scroll sideways`, async ({ page }) => {
    for (const locale of ['', 'zh/']) {
      await page.goto(locale + path);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    }
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('text, language and links are there', async ({ page }) => {
    await page.goto('zh/');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await page.getByRole('link', { name: '打开课程' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('课程');
    await page.getByRole('link', { name: 'EN', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lessons');
  });
});

test('an unknown address answers 404 with the way home', async ({ page, pageErrors, isMobile }) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const response = await page.goto('zh/no/such/page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('没有这个页面');
  await page.getByRole('link', { name: '回到首页' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('亲手弄坏，看看谁知道。');
  // The browser itself logs the answer it was given.
  expect(pageErrors.splice(0).filter((error) => !error.includes('404'))).toEqual([]);
});

test('the header is worked by keyboard', async ({ page, isMobile }) => {
  await page.goto('docs/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();

  await page.getByRole('link', { name: 'Lightcone, home' }).focus();
  const pages = ['Lessons', 'Playground', 'Docs', ...(isMobile ? [] : ['Teach'])];
  for (const name of [...pages, 'EN', '中']) {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name, exact: true })).toBeFocused();
  }
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Theme: as the system' })).toBeFocused();
});

test('a chosen theme is there before the first paint of the next page', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible();
  await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(21, 23, 27)');

  // No script of the site arrives: only the page itself can answer.
  await page.route('**/*.js', () => {});
  await page.goto('lessons/', { waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a click before the scripts have come is answered when they have', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'the same on every screen, soonest without an editor');
  const clicked = Promise.withResolvers<void>();
  await page.route('**/*.js', async (route) => {
    await clicked.promise;
    await route.continue();
  });
  await page.goto('', { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  clicked.resolve();
  await expect(page.getByRole('button', { name: 'Theme: light' })).toBeVisible();
});

for (const moment of ['before', 'after'] as const) {
  test(`the language switch keeps a shared experiment, ${moment} the scripts have come`, async ({
    page,
    isMobile,
  }) => {
    test.skip(!isMobile, 'the same on every screen, soonest without an editor');
    const clicked = Promise.withResolvers<void>();
    if (moment === 'after') clicked.resolve();
    await page.route('**/*.js', async (route) => {
      await clicked.promise;
      await route.continue();
    });
    await page.goto('play/?s=a#1.abc', { waitUntil: moment === 'after' ? 'load' : 'commit' });
    await page.getByRole('link', { name: '中', exact: true }).click();
    clicked.resolve();
    await expect(page).toHaveURL(/\/zh\/play\/\?s=a#1\.abc$/);
  });
}
