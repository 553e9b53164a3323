import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import {
  ArchiveError,
  LESSON_SIZE_MAX,
  lessonOf,
  packLesson,
  slugOf,
  unpackLesson,
} from './archive.ts';

const lesson = {
  slug: 'mine',
  files: { 'lesson.json': '{}', 'lesson.zh.md': '## 光锥 {#a}\n', 'ts/client.ts': 'x\n' },
};
const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));

function faultOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ArchiveError) return `${error.fault} ${error.file}`.trim();
    throw error;
  }
  return 'none';
}

test('a lesson comes back from its archive as it was, and is always the same archive', () => {
  const bytes = packLesson(lesson);
  expect(unpackLesson('download (1).zip', bytes)).toEqual(lesson);
  expect(packLesson(lesson)).toEqual(bytes);
});

test('the lesson is found below folders, and without one it is named after its file', () => {
  const files = { 'a/b/lesson.json': '{}', 'a/b/ts/x.ts': '', 'a/README.md': 'no', 'c/d.txt': '' };
  expect(unpackLesson('x.zip', zip(files))).toEqual({
    slug: 'b',
    files: { 'lesson.json': '{}', 'ts/x.ts': '' },
  });
  expect(unpackLesson('Week 3 (final).zip', zip({ 'lesson.json': '{}' })).slug).toBe(
    'week-3-final',
  );
  const clutter = {
    'lesson.json': '{}',
    '__MACOSX/._lesson.json': 'x',
    '.git/HEAD': '',
    'Thumbs.db': '',
  };
  expect(Object.keys(unpackLesson('x.zip', zip(clutter)).files)).toEqual(['lesson.json']);
});

test('what is no lesson is refused and says why', () => {
  const read = (files: Record<string, string>) => faultOf(() => unpackLesson('x.zip', zip(files)));
  expect(faultOf(() => unpackLesson('x.zip', strToU8('PK nonsense')))).toBe('broken');
  expect(faultOf(() => unpackLesson('x.zip', packLesson(lesson).subarray(0, 90)))).toBe('broken');
  expect(read({ 'ts/a.ts': '' })).toBe('no-lesson');
  expect(read({ 'lesson.json': '', 'picture.png': '' })).toBe('not-text picture.png');
  expect(read({ 'lesson.json': '', 'ts/../../a.ts': '' })).toBe('path ts/../../a.ts');
  expect(read({ 'lesson.json': '', 'ts\\a.ts': '' })).toBe('path ts\\a.ts');
  const latin = [['lesson.json', new Uint8Array([0xe9])]] as const;
  expect(faultOf(() => lessonOf('x', latin))).toBe('not-text lesson.json');
});

test('a bomb is refused before it has gone off', () => {
  const bomb = zip({ 'lesson.json': ' '.repeat(LESSON_SIZE_MAX + 1) });
  expect(bomb.length).toBeLessThan(5_000);
  expect(faultOf(() => unpackLesson('x.zip', bomb))).toBe('too-large');
  const many = Object.fromEntries(
    Array.from({ length: 201 }, (_, index) => [`ts/${index}.ts`, '']),
  );
  expect(faultOf(() => unpackLesson('x.zip', zip(many)))).toBe('too-large');
});

test('a name is brought into the form of an address', () => {
  expect(['Two Généraux', '第一课', '9-lives', '--', 'ok-1'].map(slugOf)).toEqual([
    'two-g-n-raux',
    'my-lesson',
    'lives',
    'my-lesson',
    'ok-1',
  ]);
});
