import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chaptersOf, type Catalogue } from '#lib/lessons/course.ts';
import type { LessonEntry } from '#lib/lessons/lesson.ts';
import { CourseList } from './course.svelte.ts';

const entries = ['a', 'b', 'c'].map((slug, index): LessonEntry => {
  const title = { en: slug, zh: slug };
  return { slug, title, summary: title, course: 'basics', order: index + 1, minutes: 1 };
});
const built: Catalogue = {
  entries,
  chapters: chaptersOf({}, entries),
  courseText: '{}\n',
  withheld: [],
};

let server: Server;
let served: string | null = null;
let asked = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    response.writeHead(served === null ? 404 : 200).end(served ?? '<!doctype html>');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
});
afterAll(() => server.close());
const address = () => `http://localhost:${(server.address() as AddressInfo).port}/course.json`;

/** The lessons that are listed where this is served. */
async function listed(text: string | null, catalogue = built) {
  served = text;
  const list = new CourseList(catalogue);
  await list.refresh(address());
  return { slugs: list.lessons.map(({ slug }) => slug).join(''), problem: list.problem };
}

test('a changed course.json rearranges a site that is already built', async () => {
  expect(await listed('{ "hide": ["b"] }')).toEqual({ slugs: 'ac', problem: null });
  const week = '{ "title": { "en": "x", "zh": "x" }, "lessons": ["c", "a"] }';
  expect((await listed(`{ "chapters": [${week}], "others": "hide" }`)).slugs).toBe('ca');
});

test('one with a mistake says so and changes nothing, as one that is not there', async () => {
  const { slugs, problem } = await listed('{ "hide": ["z"] }');
  expect(slugs).toBe('abc');
  expect(problem).toContain('lessons/course.json:1:12: hide.0: no such lesson: z');
  expect(await listed(null)).toEqual({ slugs: 'abc', problem: null });
});

test('a site that was built without the file does not ask for it', async () => {
  asked = 0;
  await listed('{ "hide": ["b"] }', { ...built, courseText: null });
  expect(asked).toBe(0);
});
