// What lessons promise, tried on more seeds than the gate has time for.

import { expect, test } from 'vitest';
import { lessonLanguages, lessonSlugs } from '#lib/lessons/folder.ts';
import { checkLesson, SEED_COUNTS } from '../../bin/check.ts';

for (const slug of await lessonSlugs()) {
  for (const language of await lessonLanguages(slug)) {
    const seedCount = SEED_COUNTS[language];
    test(`${slug} in ${language} holds on ${seedCount} seeds`, { timeout: 600_000 }, async () => {
      const { problems } = await checkLesson(slug, language, { seedCount });
      expect(problems).toEqual([]);
    });
  }
}
