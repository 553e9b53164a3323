// What lessons promise, tried on more seeds than the gate has time for. Dealt out to several files, which
// run beside one another.

import path from 'node:path';
import { expect, test } from 'vitest';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  TEMPLATE_FOLDER,
} from '#lib/lessons/folder.ts';
import { LANGUAGES } from '#lib/lessons/languages.ts';
import { checkLesson, SEED_COUNTS } from '../../bin/check.ts';

/** Files among which they are dealt out: tests/law/lessons-<n>.law.ts. */
const SHARE_COUNT = 4;

/** Declares the tests of one file. @param share from 1 */
export async function testPromises(share: number): Promise<void> {
  const folders = [
    ...(await lessonSlugs()).map((slug) => path.join(LESSONS_FOLDER, slug)),
    TEMPLATE_FOLDER,
  ].map((at) => ({ folder: path.dirname(at), slug: path.basename(at) }));
  const all = [];
  // Python takes longest: its lessons are dealt out among themselves.
  for (const language of LANGUAGES) {
    for (const { folder, slug } of folders) {
      const languages = await lessonLanguages(slug, folder);
      if (languages.includes(language)) all.push({ slug, folder, language });
    }
  }
  const own = all.filter((_, index) => index % SHARE_COUNT === share - 1);
  for (const { slug, folder, language } of own) {
    const seedCount = SEED_COUNTS[language];
    test(`${slug} in ${language} holds on ${seedCount} seeds`, { timeout: 1_200_000 }, async () => {
      const { problems } = await checkLesson(slug, language, { seedCount, folder });
      expect(problems).toEqual([]);
    });
  }
}
