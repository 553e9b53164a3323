import { beforeEach, expect, test, vi } from 'vitest';
import {
  forgetProgress,
  keepProgress,
  NO_PROGRESS,
  readProgress,
  readStandings,
  takeProgressFile,
  writeProgressFile,
  type KeptProgress,
} from './kept-progress.ts';

const methods = {
  getItem(this: Record<string, string>, key: string) {
    return this[key] ?? null;
  },
  setItem(this: Record<string, string>, key: string, text: string) {
    this[key] = text;
  },
  removeItem(this: Record<string, string>, key: string) {
    delete this[key];
  },
};
beforeEach(() => {
  vi.stubGlobal('localStorage', Object.create(methods) as Storage);
});

const of = { steps: 3, goals: 1 };
const half: KeptProgress = { ...NO_PROGRESS, of, step: 1, chosen: { who: 'nobody' } };
const read: KeptProgress = { ...NO_PROGRESS, of, step: 2 };
const done: KeptProgress = { ...read, held: ['survives'] };

test('a lesson is begun, read to its end, and done when its goals have held', () => {
  keepProgress('a', half);
  keepProgress('b', read);
  keepProgress('c', done);
  expect([...readStandings()]).toEqual([
    ['a', 'begun'],
    ['b', 'read'],
    ['c', 'done'],
  ]);
});

test('what an older version kept is begun, and what is no progress is not there', () => {
  localStorage.setItem(
    'lightcone:progress:old',
    '{"step":2,"chosen":{"who":"w"},"settled":["who"]}',
  );
  localStorage.setItem('lightcone:progress:bad', '{"step":');
  localStorage.setItem('lightcone:theme', 'dark');
  expect([...readStandings()]).toEqual([['old', 'begun']]);
  expect(readProgress('old')).toMatchObject({ step: 2, chosen: { who: 'w' }, settled: ['who'] });
});

test('a file brings progress to another device, and leaves the rest there', () => {
  keepProgress('a', half);
  keepProgress('c', done);
  const file = writeProgressFile();
  forgetProgress();
  expect(readStandings().size).toBe(0);
  keepProgress('b', read);
  expect(takeProgressFile(file)).toBe(2);
  expect(readProgress('a')).toEqual(half);
  expect(readProgress('b')).toEqual(read);
  expect(readProgress('c')).toEqual(done);
});

test.each([
  ['no JSON', '{"lightconeProgress":'],
  ['something else', '{"lessons":{}}'],
  ['another version', '{"lightconeProgress":2,"lessons":{"a":{"step":1}}}'],
  ['a lesson that is none', '{"lightconeProgress":1,"lessons":{"a":{"step":1},"b":7}}'],
  ['a name that is none', '{"lightconeProgress":1,"lessons":{"../x":{"step":1}}}'],
])('a damaged file changes nothing: %s', (_, text) => {
  keepProgress('a', done);
  expect(takeProgressFile(text)).toBeNull();
  expect(readProgress('a')).toEqual(done);
});

test('a browser that keeps nothing is no error', () => {
  vi.stubGlobal('localStorage', undefined);
  expect(keepProgress('a', done)).toBe(false);
  expect(readProgress('a')).toBeNull();
  expect(readStandings().size).toBe(0);
});
