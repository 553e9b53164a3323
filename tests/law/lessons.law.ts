// What lessons promise, tried on more seeds than the gate has time for.

import { expect, test } from 'vitest';
import path from 'node:path';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  TEMPLATE_FOLDER,
} from '#lib/lessons/folder.ts';
import { checkLesson, SEED_COUNTS } from '../../bin/check.ts';

for (const at of [
  ...(await lessonSlugs()).map((slug) => path.join(LESSONS_FOLDER, slug)),
  TEMPLATE_FOLDER,
]) {
  const [folder, slug] = [path.dirname(at), path.basename(at)];
  for (const language of await lessonLanguages(slug, folder)) {
    const seedCount = SEED_COUNTS[language];
    test(`${slug} in ${language} holds on ${seedCount} seeds`, { timeout: 600_000 }, async () => {
      const { problems } = await checkLesson(slug, language, { seedCount, folder });
      expect(problems).toEqual([]);
    });
  }
}
