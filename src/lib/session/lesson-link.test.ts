import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { queryText, readLessonLink, writeLessonLink } from './lesson-link.ts';
import { filesOfScenario } from './lesson-scene.ts';

const lesson = await readLesson('celery-worker-dies', (code) => code);

test('a link names a scenario and a seed, and is read as it was written', () => {
  const link = { scenario: 'late', seed: 37, isOwn: false };
  expect(writeLessonLink(link)).toBe('?s=late&seed=37');
  expect(readLessonLink('?s=late&seed=37', lesson)).toEqual(link);
  expect(writeLessonLink({ scenario: null, seed: null, isOwn: false })).toBe('');
});

test('a link for a class names no seed: each reader has another one', () => {
  const link = { scenario: 'late', seed: null, isOwn: true };
  expect(writeLessonLink({ ...link, seed: 37 })).toBe('?s=late&own');
  expect(readLessonLink('?s=late&own', lesson)).toEqual(link);
  expect(readLessonLink('?s=late&own&seed=37', lesson)).toEqual(link);
  // Before a room it stays one.
  const before = new URLSearchParams('?s=late&own');
  before.set('present', '');
  expect(queryText(before)).toBe('?s=late&own&present');
});

test('what a link says that the lesson does not have is left out', () => {
  const nothing = { scenario: null, seed: null, isOwn: false };
  for (const search of ['?s=gone&seed=-1', '?s=constructor&seed=1e9', '', '?s=&seed=']) {
    expect(readLessonLink(search, lesson)).toEqual(nothing);
  }
});

test('a scenario comes with its faults, and with what the text has changed by then', () => {
  const files = filesOfScenario(lesson, 'late');
  expect(Object.keys(files)).toEqual(['celeryconfig.ts', 'faults.json']);
  expect(files['celeryconfig.ts']).toBe(lesson.solution['celeryconfig.ts']);
  expect(files['celeryconfig.ts']).not.toBe(lesson.files['celeryconfig.ts']);
  expect(JSON.parse(files['faults.json']!)).toEqual(lesson.scenarios!['late']!.faults);
});
