// Which lessons this build holds: the folders below static/lessons. Runs while prerendering.
// What a lesson.json says is the business of src/lib/lessons.

import { readdir } from 'node:fs/promises';

/** The slugs, in alphabetical order. */
export async function lessonSlugs(): Promise<string[]> {
  try {
    const entries = await readdir('static/lessons', { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
