import { highlight } from '#lib/editor/highlight.ts';
import { locales } from '#lib/i18n/locale.ts';
import { baseLocale } from '#lib/i18n/paraglide/runtime.js';
import { withoutAnswers, withoutHelp } from '#lib/lessons/course.ts';
import { lessonSlugs, readForReal, readLesson } from '#lib/lessons/folder.ts';
import { languagesOf, listLessons, orSayWhy } from '../../../unfinished.server.ts';
import type { EntryGenerator, PageServerLoad } from './$types';

export const entries: EntryGenerator = async () => {
  const slugs = await lessonSlugs();
  return locales.flatMap((locale) =>
    slugs.map((slug) => (locale === baseLocale ? { slug } : { slug, locale })),
  );
};

export const load: PageServerLoad = async ({ params: { slug } }) => {
  /** One for each language that the lesson has. */
  const languages = await languagesOf(slug);
  const lessons = await orSayWhy(
    Promise.all(languages.map((language) => readLesson(slug, highlight, language))),
  );
  const { course } = lessons[0]!;
  const hasLibrary = course !== 'basics' && course !== 'closing';
  const catalogue = await listLessons();
  return {
    lessons: lessons.map((lesson) => withoutAnswers(withoutHelp(lesson, catalogue.withheld))),
    catalogue,
    forReal: hasLibrary ? (await readForReal())[course] : null,
  };
};
