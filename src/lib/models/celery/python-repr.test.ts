import { expect, test } from 'vitest';
import { pythonRepr, reprError, reprKeywords, reprTuple } from './python-repr.ts';

test.each([
  [8, '8'],
  [2.5, '2.5'],
  [10n ** 20n, '100000000000000000000'],
  ['T', "'T'"],
  ["it's", '"it\'s"'],
  [`it's "x"`, `'it\\'s "x"'`],
  ['a\n\t\\\u0007', "'a\\n\\t\\\\\\x07'"],
  ['任务', "'任务'"],
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [[1, ['x']], "[1, ['x']]"],
  [{ a: null, b: [] }, "{'a': None, 'b': []}"],
  [new Map([[1, 2]]), '{1: 2}'],
  [new Set([1]), '{1}'],
  [new Set(), 'set()'],
  [Uint8Array.of(97, 0, 39, 255), "b'a\\x00\\'\\xff'"],
  [new (class Point {})(), '<Point object>'],
])('%o prints as %s', (value, text) => {
  expect(pythonRepr(value)).toBe(text);
});

test('SEMANTICS 1.3 arguments are described as Python would', () => {
  expect(reprTuple([3])).toBe('(3,)');
  expect(reprTuple([2, 'late'])).toBe("(2, 'late')");
  expect(reprTuple([])).toBe('()');
  expect(reprKeywords({ y: 5 })).toBe("{'y': 5}");
  expect(reprTuple(['x'.repeat(2000)])).toHaveLength(1024);
});

test('exceptions show their name and their text', () => {
  expect(reprError(new RangeError('boom 7'))).toBe("RangeError('boom 7')");
  expect(reprError({ name: 'E', message: '' })).toBe('E()');
});
