import { describe, expect, test } from 'vitest';
import { findDeadlocks, type Wait } from './deadlock.ts';

/** `a: b c` means that a waits for b or c; with nothing behind the colon nobody is named. */
function waits(...texts: string[]): Wait[] {
  return texts.map((text) => {
    const [node, enders = ''] = text.split(':');
    return { node: node!, what: 'x', enders: enders.split(' ').filter(Boolean) };
  });
}

describe('KT8 deadlock', () => {
  test('KT8 is a set of which each waits only for members', () => {
    expect(findDeadlocks(waits('b: a', 'a: b'))).toEqual([['a', 'b']]);
    expect(findDeadlocks(waits('a: b', 'b: c', 'c: a', 'd: a'))).toEqual([['a', 'b', 'c', 'd']]);
    expect(findDeadlocks(waits('a: b', 'b: a', 'x: y', 'y: x'))).toEqual([
      ['a', 'b'],
      ['x', 'y'],
    ]);
  });

  test('KT8 is none while somebody outside could act', () => {
    expect(findDeadlocks(waits('a: b', 'b: a c'))).toEqual([]);
    expect(findDeadlocks(waits('a: b'))).toEqual([]);
  });

  test('KT8 is none with a wait that ends by itself, that nobody is named for, or in vain', () => {
    const due = [...waits('a: b', 'b: a'), { ...waits('b: a')[0]!, dueUs: 5 }];
    expect(findDeadlocks(due)).toEqual([]);
    expect(findDeadlocks(waits('a: b', 'b: a', 'b:'))).toEqual([]);
    expect(findDeadlocks(waits('a:'))).toEqual([]);
  });
});
