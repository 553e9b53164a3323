// Every lesson, walked through from its first sentence to its last.
//
//   LIGHTCONE_WALKS=celery-beat,csp-*   walks these alone
//   LIGHTCONE_WALK_PICTURES=folder      leaves pictures of the end of each step there

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { lessonLanguages, lessonSlugs, readCatalogue, readLesson } from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import { serve } from '../../scripts/serve.mjs';
import { Walk, type Locale } from './walk.ts';
import { expect, LONG, test } from './site.ts';

const MINUTES = 60_000;
/** Those whose Python is walked too: one of each way in which lessons use it. */
const IN_PYTHON = ['celery-first-task', 'pyro4-greeting', 'csp-poison'];
const FRAMED = 'celery-retry';
const OFFLINE = 'pyro4-shop';
const BELOW = 'csp-counter';

const asked = (process.env['LIGHTCONE_WALKS'] ?? '*').split(',').map((name) => {
  const parts = name.split('*').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`);
});
const slugs = (await lessonSlugs()).filter((slug) => asked.some((one) => one.test(slug)));
const order = (await readCatalogue()).chapters.flatMap((chapter) => chapter.slugs);

const walks = {
  en: slugs.flatMap((slug) => [
    { slug, language: 'ts' } as const,
    ...(IN_PYTHON.includes(slug) ? [{ slug, language: 'py' } as const] : []),
  ]),
  zh: slugs.map((slug) => ({ slug, language: 'ts' }) as const),
};

const inText = (code: string): string => code;
const pathOf = (slug: string, locale: Locale): string =>
  `${locale === 'zh' ? 'zh/' : ''}lessons/${slug}/`;

async function walkOf(page: Page, slug: string, locale: Locale, language: Language) {
  const lesson = await readLesson(slug, inText, language);
  // Each verdict is seen: whoever guesses right reads another.
  const walk: Walk = new Walk({
    page,
    locale,
    lesson,
    language,
    isRight: locale === 'zh',
    onstep: (index) => picture(page, walk, `${locale}-${slug}-${language}-${index + 1}`),
  });
  return { lesson, walk };
}

for (const locale of ['en', 'zh'] as const) {
  test.describe(locale, () => {
    test.skip(({ isMobile }) => isMobile !== (locale === 'zh'), 'each language on one screen');
    for (const { slug, language } of walks[locale]) {
      test(`${slug} (${language})`, LONG, async ({ page, isMobile }) => {
        test.setTimeout(15 * MINUTES);
        await page.emulateMedia({ colorScheme: isMobile ? 'dark' : 'light' });
        const { lesson, walk } = await walkOf(page, slug, locale, language);
        await page.goto(pathOf(slug, locale));
        await choose(page, language);
        await walk.all();
        await expectNoViolation(page);
        await expectKept(page, walk, lesson, locale);
        await expectNext(page, walk, slug, locale);
      });
    }
  });
}

test.describe('elsewhere', () => {
  test.skip(({ isMobile }) => isMobile, 'the same on every screen');

  test('below a subpath', LONG, async ({ page, subpathUrl }) => {
    test.setTimeout(15 * MINUTES);
    const { walk } = await walkOf(page, BELOW, 'en', 'ts');
    await page.goto(subpathUrl + pathOf(BELOW, 'en'));
    await walk.all();
    await expectNext(page, walk, BELOW, 'en');
    expect(page.url()).toContain(subpathUrl);
  });

  test('in a frame', LONG, async ({ page, baseURL }) => {
    test.setTimeout(15 * MINUTES);
    const lesson = await readLesson(FRAMED, inText, 'ts');
    const address = `${baseURL}embed/?lesson=${FRAMED}&panels=text,code,output`;
    await page.setContent(
      `<iframe title="x" src="${address}" style="width: 1400px; height: 860px"></iframe>`,
    );
    const frame = page.frameLocator('iframe');
    await new Walk({ page, frame, locale: 'en', lesson, language: 'ts', isRight: true }).all();
  });

  test.describe('without a network', () => {
    test.use({ serviceWorkers: 'allow' });

    test('after the first visit', LONG, async ({ page }) => {
      test.setTimeout(15 * MINUTES);
      const site = await serve('build');
      const { lesson, walk } = await walkOf(page, OFFLINE, 'zh', 'ts');
      await page.goto(site.url);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await site.close();
      await page.goto(site.url + pathOf(OFFLINE, 'zh'));
      await walk.all();
      await expectKept(page, walk, lesson, 'zh');
      await expectNext(page, walk, OFFLINE, 'zh');
    });
  });
});

async function choose(page: Page, language: Language): Promise<void> {
  if (language === 'ts') return;
  await page.getByRole('button', { name: 'Python', exact: true }).click();
}

async function picture(page: Page, walk: Walk, name: string): Promise<void> {
  const folder = process.env['LIGHTCONE_WALK_PICTURES'];
  if (folder === undefined) return;
  await page.screenshot({ path: `${folder}/${name}-text.png` });
  const tab = page.getByRole('tab', { name: walk.say('pane_watch'), exact: true });
  if (!(await tab.isVisible())) return;
  await tab.click();
  await page.screenshot({ path: `${folder}/${name}-stage.png` });
  await walk.read();
}

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude('.monaco').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** Where the learner stands, and what was said, is there when the page is opened again. */
async function expectKept(page: Page, walk: Walk, lesson: Lesson, locale: Locale): Promise<void> {
  const last = lesson.text[locale].length - 1;
  await page.reload();
  await walk.standsAt(last);
  for (let index = last; index > 0; index--) {
    await walk.button('previous').click();
    await walk.standsAt(index - 1);
  }
  await expect(walk.button('previous')).toBeDisabled();
  for (let index = 0; index <= last; index++) {
    await walk.expectVerdicts(index);
    if (index < last) await walk.button('continue').click();
  }
}

/** The last step leads on to the next lesson. */
async function expectNext(page: Page, walk: Walk, slug: string, locale: Locale): Promise<void> {
  const next = order[order.indexOf(slug) + 1];
  if (next === undefined) return expect(walk.button('continue')).toBeDisabled();
  await page.getByRole('link', { name: walk.say('next_lesson'), exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/${pathOf(next, locale)}$`));
  const { title } = await readLesson(next, inText, (await lessonLanguages(next))[0]!);
  await expect(page.getByRole('heading', { level: 1, name: title[locale] })).toBeAttached();
}
