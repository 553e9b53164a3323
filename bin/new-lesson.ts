// `lightcone new-lesson <slug>`: a small lesson that keeps every promise already, with words that guide
// whoever writes on.

import { cp, stat } from 'node:fs/promises';
import path from 'node:path';
import { LESSONS_FOLDER, TEMPLATE_FOLDER } from '#lib/lessons/folder.ts';
import { SLUG } from '#lib/lessons/lesson.ts';

/** The lesson was not made, and nothing was changed. */
class NotMade extends Error {}

/**
 * Makes the folder of a lesson.
 *
 * @returns its path
 * @throws NotMade for a name that is taken or that no lesson can have
 */
export async function makeLesson(slug: string, folder = LESSONS_FOLDER): Promise<string> {
  if (!SLUG.test(slug)) {
    throw new NotMade(
      `bad name for a lesson: ${slug} (small letters, digits and -, a letter first: it becomes part of an address)`,
    );
  }
  const made = path.join(folder, slug);
  const taken = await stat(made).catch(() => null);
  if (taken) throw new NotMade(`there is something at ${made} already: choose another name`);
  await cp(TEMPLATE_FOLDER, made, { recursive: true, errorOnExist: true, force: false });
  return made;
}

/** @returns the exit code: 0 when it was made, 2 when not */
export async function newLessonCommand(slug: string): Promise<number> {
  try {
    const made = await makeLesson(slug);
    console.log(`made ${made}: a lesson that passes its checks. Change it, then try it again:`);
    console.log(`  npm run -s lightcone -- check ${slug}`);
    return 0;
  } catch (error) {
    if (!(error instanceof NotMade)) throw error;
    console.error(error.message);
    return 2;
  }
}
