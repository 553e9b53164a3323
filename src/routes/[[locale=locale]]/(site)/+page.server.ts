import { readCatalogue } from '#lib/lessons/folder.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  return { catalogue: await readCatalogue() };
};
