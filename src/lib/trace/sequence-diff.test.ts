import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffSequences } from './sequence-diff.ts';

const diff = (before: string, after: string) =>
  diffSequences(before.length, after.length, (one, other) => before[one] === after[other]);

const short = (before: string, after: string): string =>
  diff(before, after)
    .map(({ type, before: one, after: other }) => {
      if (type === 'same') return before[one];
      return type === 'old' ? `-${before[one]}` : `+${after[other]}`;
    })
    .join('');

/** The length of a longest common subsequence, by the table that every textbook has. */
function commonCount(before: string, after: string): number {
  let row = new Array<number>(after.length + 1).fill(0);
  for (const one of before) {
    const next = [0];
    for (let at = 0; at < after.length; at++) {
      next.push(one === after[at] ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!));
    }
    row = next;
  }
  return row[after.length]!;
}

describe('diffSequences', () => {
  test('pairs what is common and tells what goes before what comes', () => {
    expect(short('abc', 'abxc')).toBe('ab+xc');
    expect(short('abc', 'ac')).toBe('a-bc');
    expect(short('abc', 'xyc')).toBe('-a-b+x+yc');
    expect(short('', 'ab')).toBe('+a+b');
    expect(short('', '')).toBe('');
  });

  test('of random lists each is whole again, in order, with as much in common as can be', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 24 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pairings = diff(before, after);
        const ones = pairings.filter(({ type }) => type !== 'new');
        const others = pairings.filter(({ type }) => type !== 'old');
        expect(ones.map((it) => it.before)).toEqual([...before].map((_, at) => at));
        expect(others.map((it) => it.after)).toEqual([...after].map((_, at) => at));
        const same = pairings.filter(({ type }) => type === 'same');
        expect(same.every((it) => before[it.before] === after[it.after])).toBe(true);
        expect(same.length).toBe(commonCount(before, after));
      }),
    );
  });

  test('lists of ten thousand that have nothing in common are told apart as wholes', () => {
    const pairings = diffSequences(10_000, 10_000, () => false);
    expect(pairings.length).toBe(20_000);
    expect(pairings[9_999]!.type).toBe('old');
    expect(pairings[10_000]!.type).toBe('new');
  });
});
