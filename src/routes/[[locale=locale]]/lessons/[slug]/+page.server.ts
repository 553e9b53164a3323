import { lessonSlugs } from '../../lesson-folders.server.ts';
import { locales } from '#lib/i18n/locale.ts';
import { baseLocale } from '#lib/i18n/paraglide/runtime.js';
import type { EntryGenerator, PageServerLoad } from './$types';

export const entries: EntryGenerator = async () => {
  const slugs = await lessonSlugs();
  return locales.flatMap((locale) =>
    slugs.map((slug) => (locale === baseLocale ? { slug } : { slug, locale })),
  );
};

export const load: PageServerLoad = ({ params }) => ({ slug: params.slug });
