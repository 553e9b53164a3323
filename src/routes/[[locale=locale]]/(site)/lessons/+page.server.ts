import { lessonSlugs } from '../../lesson-folders.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => ({ slugs: await lessonSlugs() });
