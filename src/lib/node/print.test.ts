import { expect, test } from 'vitest';
import { SimDate } from './date.ts';
import { simErrors } from './engine-errors.ts';
import { print, PRINT_LENGTH_MAX, printed, repr, show } from './print.ts';
import { setCurrent } from './current.ts';
import { Meter } from './meter.ts';
import { JobQueue, SimPromise } from './promise.ts';

setCurrent({ queue: new JobQueue(), meter: new Meter(), port: null });

class Point {
  x = 1;
  y = 'a';
}
class Money {
  toString(): string {
    return '5 EUR';
  }
}
class Remote {
  [repr](): string {
    return '<Remote server>';
  }
  get name(): string {
    throw new Error('asked the network');
  }
}
const circular: unknown[] = [1];
circular.push(circular);

test.each<[unknown, string]>([
  ['text', 'text'],
  [1.5, '1.5'],
  [-0, '0'],
  [12n, '12'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [[1, 'a', null, [2n]], "[1, 'a', null, [2n]]"],
  [{ a: 1, 'b c': "it's", d: undefined }, "{a: 1, 'b c': 'it\\'s', d: undefined}"],
  [new Map<unknown, unknown>([['k', { v: 1 }]]), "Map {'k' => {v: 1}}"],
  [new Set([1, 'a']), "Set {1, 'a'}"],
  [new Uint8Array([1, 2]), 'Uint8Array [1, 2]'],
  [new Point(), "Point {x: 1, y: 'a'}"],
  [Object.assign(Object.create(null) as object, { a: 1 }), '{a: 1}'],
  [new simErrors.TypeError('wrong'), 'TypeError: wrong'],
  [new Money(), '5 EUR'],
  [[new Money()], '[Money {}]'],
  [function add() {}, '[function add]'],
  [/x/g, '/x/g'],
  [new SimDate(0), 'Thu Jan 01 1970 00:00:00 GMT+0000 (UTC)'],
  [new SimPromise(() => undefined), 'Promise {…}'],
  [circular, '[1, [circular]]'],
  [[[[[[[['deep']]]]]]], '[[[[[[[…]]]]]]]'],
  [new Array(200).fill(0), `[${'0, '.repeat(100)}… 100 more]`],
])('%o is written %s', (value, text) => {
  expect(printed(value)).toBe(text);
});

test('getters are not asked', () => {
  const value = {
    get x(): number {
      throw new Error('ran');
    },
  };
  expect(printed(value)).toBe('{x: [getter]}');
});

test('a proxy of ours writes itself without being asked anything else', () => {
  expect(printed(new Remote())).toBe('<Remote server>');
  expect(printed([new Remote()])).toBe('[<Remote server>]');
});

test('values of one call stand apart by a space', () => {
  expect(print(['a', 1, ['b']])).toBe("a 1 ['b']");
  expect(print([])).toBe('');
});

test('a text ends at the limit', () => {
  expect(print(['x'.repeat(10_000)])).toHaveLength(PRINT_LENGTH_MAX);
  const wide = Array.from({ length: 90 }, () =>
    Array.from({ length: 90 }, () => ({ key: 'value'.repeat(9) })),
  );
  expect(show(wide).length).toBeLessThan(2 * PRINT_LENGTH_MAX);
});
