// While lessons are written, one that cannot be read yet harms its own page alone, which says what is wrong; a
// build refuses it.

import { error } from '@sveltejs/kit';
import { dev } from '$app/env';
import { lessonLanguages, readCatalogue } from '#lib/lessons/folder.ts';
import type { Catalogue } from '#lib/lessons/course.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { InputError } from '#lib/protocol/errors.ts';

/** The lessons of the site: in development those that can be listed. */
export const listLessons = (): Promise<Catalogue> =>
  readCatalogue(
    undefined,
    dev ? ({ message }) => console.warn(`not listed: ${message}`) : undefined,
  );

/** The languages of a lesson, at least one. */
export async function languagesOf(slug: string): Promise<readonly [Language, ...Language[]]> {
  const [first = 'ts', ...others] = await lessonLanguages(slug).catch((reason: unknown) => {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') error(404);
    throw reason;
  });
  return [first, ...others];
}

/** Its page says what is wrong with a lesson. */
export async function orSayWhy<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (reason) {
    if (dev && reason instanceof InputError) error(500, reason.message);
    throw reason;
  }
}

/** In development, null for what cannot be read. */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (reason) {
    if (dev && reason instanceof InputError) return null;
    throw reason;
  }
}
