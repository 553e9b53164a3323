// Every lesson of the site keeps what it promises: start states fail, solutions pass, on many seeds.

import { expect, test } from 'vitest';
import { checkLesson } from '../../bin/check.ts';
import { lessonSlugs, readCatalogue } from '#lib/lessons/folder.ts';

const SEED_COUNT = 100;

test('the catalogue lists every folder', async () => {
  const entries = await readCatalogue();
  expect(entries.map(({ slug }) => slug).sort()).toEqual(await lessonSlugs());
});

for (const slug of await lessonSlugs()) {
  test(`${slug} holds on ${SEED_COUNT} seeds`, { timeout: 120_000 }, async () => {
    expect(await checkLesson(slug, SEED_COUNT)).toEqual({ slug, problems: [] });
  });
}
