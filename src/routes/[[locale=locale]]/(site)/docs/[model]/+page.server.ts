import { error } from '@sveltejs/kit';
import { isDocumented, MODEL_TITLES, readModelDocs } from '#lib/docs/models.ts';
import { locales } from '#lib/i18n/locale.ts';
import { baseLocale } from '#lib/i18n/paraglide/runtime.js';
import type { EntryGenerator, PageServerLoad } from './$types';

export const entries: EntryGenerator = () =>
  locales.flatMap((locale) =>
    Object.keys(MODEL_TITLES).map((model) =>
      locale === baseLocale ? { model } : { model, locale },
    ),
  );

export const load: PageServerLoad = async ({ params: { model } }) => {
  if (!isDocumented(model)) error(404);
  return { model: await readModelDocs(model) };
};
