import { highlight } from '#lib/editor/highlight.ts';
import { locales } from '#lib/i18n/locale.ts';
import { baseLocale } from '#lib/i18n/paraglide/runtime.js';
import { lessonSlugs, readCatalogue, readLesson } from '#lib/lessons/folder.ts';
import type { EntryGenerator, PageServerLoad } from './$types';

export const entries: EntryGenerator = async () => {
  const slugs = await lessonSlugs();
  return locales.flatMap((locale) =>
    slugs.map((slug) => (locale === baseLocale ? { slug } : { slug, locale })),
  );
};

export const load: PageServerLoad = async ({ params }) => ({
  lesson: await readLesson(params.slug, highlight),
  catalogue: await readCatalogue(),
});
