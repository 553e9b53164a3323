import { readCatalogue } from '#lib/lessons/folder.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  const [first] = await readCatalogue();
  return { first: first && { slug: first.slug, minutes: first.minutes } };
};
