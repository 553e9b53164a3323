import { expect, test } from 'vitest';
import { diffLines } from './diff.ts';

const short = (before: string, after: string) =>
  diffLines(before, after).map(({ type, text }) => `${type} ${text}`);

test('a line that comes, goes or changes', () => {
  expect(short('a\nb\nc\n', 'a\nb\nx\nc\n')).toEqual(['same a', 'same b', 'new x', 'same c']);
  expect(short('a\nb\n', 'a\n')).toEqual(['same a', 'old b']);
  expect(short('a\nb\nc', 'a\ny\nc')).toEqual(['same a', 'old b', 'new y', 'same c']);
});
