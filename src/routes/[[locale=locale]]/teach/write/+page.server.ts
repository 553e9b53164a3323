import { readSurroundings } from '#lib/lessons/folder.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ surroundings: await readSurroundings() });
