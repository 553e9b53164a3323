import { readCatalogue } from '#lib/lessons/folder.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ catalogue: await readCatalogue() });
