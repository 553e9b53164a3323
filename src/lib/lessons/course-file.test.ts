import { expect, test } from 'vitest';
import { chaptersOf, withoutAnswers, withoutHelp, type Course } from './course.ts';
import { readCourse } from './course-file.ts';
import { readLesson } from './folder.ts';
import type { LessonEntry } from './lesson.ts';

const entry = (slug: string, course: LessonEntry['course'], order: number): LessonEntry => {
  const title = { en: slug, zh: slug };
  return { slug, title, summary: title, course, order, minutes: 5 };
};
const entries = [
  entry('worlds', 'basics', 1),
  entry('storm', 'basics', 2),
  entry('task', 'celery', 1),
  entry('chain', 'pyro4', 1),
];
const slugs = entries.map(({ slug }) => slug);
const read = (course: object, text = JSON.stringify(course)) =>
  readCourse('lessons/course.json', text, slugs);
const listed = (course: Course) =>
  chaptersOf(course, entries).map(({ title, course: name, slugs: those }) => [
    title?.en ?? name,
    ...those,
  ]);
const week = (en: string, ...lessons: string[]) => ({ title: { en, zh: en }, lessons });

test('without a word all lessons are listed, course by course', () => {
  expect(listed(read({}))).toEqual([
    ['basics', 'worlds', 'storm'],
    ['celery', 'task'],
    ['pyro4', 'chain'],
  ]);
});

test('chapters come first, in their order; what they do not name follows', () => {
  const course = read({ chapters: [week('Week 1', 'task', 'storm'), week('Week 2', 'chain')] });
  expect(listed(course)).toEqual([
    ['Week 1', 'task', 'storm'],
    ['Week 2', 'chain'],
    ['basics', 'worlds'],
  ]);
});

test('lessons are hidden one by one, or all that no chapter names', () => {
  expect(listed(read({ hide: ['task', 'storm'] }))).toEqual([
    ['basics', 'worlds'],
    ['pyro4', 'chain'],
  ]);
  expect(listed(read({ chapters: [week('Now', 'chain')], others: 'hide' }))).toEqual([
    ['Now', 'chain'],
  ]);
});

test('a lesson that does not exist, or stands there twice, is refused with its place', () => {
  const text = `{
  "chapters": [
    { "title": { "en": "A", "zh": "甲" }, "lessons": ["task", "tusk"] }
  ],
  "hide": ["task"]
}`;
  expect(() => read({}, text)).toThrow(
    'lessons/course.json:3:62: chapters.0.lessons.1: no such lesson: tusk (lessons: worlds, storm, task, chain)\n' +
      'lessons/course.json:5:12: hide.0: named twice: task',
  );
  expect(() => read({ order: [] })).toThrow(
    'unknown key: order (keys: chapters, hide, others, withhold)',
  );
  expect(() => read({}, '{ "hide": [')).toThrow('lessons/course.json:1:');
});

test('solutions and hints are withheld on a word, and nothing else is', async () => {
  const { withhold = [] } = read({ withhold: ['solutions', 'hints'] });
  const lesson = await readLesson('celery-worker-dies', (code) => code);
  const told = (of: typeof lesson) =>
    of.text.zh.flatMap(({ parts }) => parts).flatMap((part) => ('name' in part ? part.name : []));
  expect(told(lesson)).toEqual(expect.arrayContaining(['hint', 'solution', 'check', 'change']));
  const without = withoutHelp(lesson, withhold);
  expect(told(without)).toEqual(
    told(lesson).filter((name) => name !== 'hint' && name !== 'solution'),
  );
  expect(without.hints).toBeUndefined();
  expect(withoutHelp(lesson, ['solutions']).hints).toEqual(lesson.hints);
  expect(withoutHelp(lesson, [])).toBe(lesson);
  expect(() => read({ withhold: ['answers'] })).toThrow('withhold.0');
});

test('a page has the variants that it can come to, and no answer that is tried for its writer', async () => {
  const lesson = await readLesson('csp-deadlock', (code) => code);
  expect(Object.keys(lesson.goals['swapped']!.answers!)).toContain('room');
  expect(lesson.variants).toHaveProperty('room');
  // This one is an answer too, and the text speaks of it.
  expect(Object.keys(withoutAnswers(lesson).variants)).toEqual(['turned']);
});
