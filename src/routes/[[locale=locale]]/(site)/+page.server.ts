import { listLessons } from '../../unfinished.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
  return { catalogue: await listLessons() };
};
