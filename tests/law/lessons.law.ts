// What lessons promise, tried on more seeds in Python than the gate has time for.

import { expect, test } from 'vitest';
import { lessonLanguages, lessonSlugs } from '#lib/lessons/folder.ts';
import { checkLesson, SEED_COUNTS } from '../../bin/check.ts';

for (const slug of await lessonSlugs()) {
  if (!(await lessonLanguages(slug)).includes('py')) continue;
  test(`${slug} in py holds on ${SEED_COUNTS.py} seeds`, { timeout: 600_000 }, async () => {
    const { problems } = await checkLesson(slug, 'py', { seedCount: SEED_COUNTS.py });
    expect(problems).toEqual([]);
  });
}
