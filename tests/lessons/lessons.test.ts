// Every lesson of the site keeps what it promises: start states fail, solutions pass, on many seeds.

import { expect, test } from 'vitest';
import { checkLesson, SEED_COUNTS } from '../../bin/check.ts';
import { lessonLanguages, lessonSlugs, readCatalogue, readLesson } from '#lib/lessons/folder.ts';

test('the catalogue lists every folder', async () => {
  const entries = await readCatalogue();
  expect(entries.map(({ slug }) => slug).sort()).toEqual(await lessonSlugs());
});

for (const slug of await lessonSlugs()) {
  for (const language of await lessonLanguages(slug)) {
    const count = SEED_COUNTS[language];
    test(`${slug} in ${language} holds on ${count} seeds`, { timeout: 120_000 }, async () => {
      expect(await checkLesson(slug, language, count)).toEqual({ slug, language, problems: [] });
    });
  }
}

test('a lesson in Python names its own files where the text names those of TypeScript', async () => {
  const lesson = await readLesson('celery-first-task', (code) => code, 'py');
  expect(lesson.open).toEqual(['tasks.py', 'client.py']);
  const late = lesson.text.en.find(({ id }) => id === 'late')!;
  expect(JSON.stringify(late)).toContain('<code>tasks.py</code>');
  expect(late.parts).toContainEqual(
    expect.objectContaining({ name: 'change', attributes: { file: 'tasks.py' } }),
  );
  expect(Object.keys(lesson.changes)).toEqual(['tasks.py']);
});
