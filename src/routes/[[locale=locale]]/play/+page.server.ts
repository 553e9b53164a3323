import { readLesson } from '#lib/lessons/folder.ts';
import { highlight } from '#lib/editor/highlight.ts';
import type { PageServerLoad } from './$types';

// The playground begins with the files of the first lesson: a blank page teaches nobody.
export const load: PageServerLoad = async () => {
  const { files, open } = await readLesson('celery-first-task', highlight);
  return { files, open };
};
