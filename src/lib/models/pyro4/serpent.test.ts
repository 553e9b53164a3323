import { describe, expect, test } from 'vitest';
import { dumps, loads } from './serpent.ts';
import { Complex, Float, Tuple } from './values.ts';

const HEADER = '# serpent utf-8 python3.2\n';
const text = (value: unknown): string =>
  new TextDecoder().decode(dumps(value)).slice(HEADER.length);
const read = (literal: string): unknown => loads(new TextEncoder().encode(HEADER + literal));

describe('NET5 serpent', () => {
  // What serpent 1.41 wrote for these values.
  test.each([
    [null, 'None'],
    [undefined, 'None'],
    [true, 'True'],
    [1, '1'],
    [2n ** 70n, '1180591620717411303424'],
    [1.5, '1.5'],
    [new Float(4), '4.0'],
    [1e16, '1e+16'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [0.0001, '0.0001'],
    [-0, '-0.0'],
    [Infinity, '1e30000'],
    [NaN, "{'__class__':'float','value':'nan'}"],
    ['a', "'a'"],
    ["it's", `"it's"`],
    [`a"b'c`, `'a"b\\'c'`],
    ['tab\t\n\0é\u00a0☃😀', "'tab\\t\\n\\x00é\\xa0☃😀'"],
    [new TextEncoder().encode('abcd'), "{'data': 'YWJjZA==', 'encoding': 'base64'}"],
    [Tuple.holding([1]), '(1,)'],
    [Tuple.holding([]), '()'],
    [[1, [2]], '[1,[2]]'],
    [{ a: 1 }, "{'a':1}"],
    [
      new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
      ]),
      "{'a':1,2:'b'}",
    ],
    [new Set([1]), '{1}'],
    [new Set(), '()'],
    [new Complex(1, -2), '(1.0-2.0j)'],
  ])('value %# is written as serpent writes it', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test('what was written is read again', () => {
    const value = { list: [1, 2.5, 'x', null, true], nested: { set: new Set([1, 2]) } };
    expect(loads(dumps(value))).toEqual(value);
    expect(read('(1,)')).toEqual(Tuple.holding([1]));
    expect(read('(1)')).toBe(1);
    expect(read('(1.0-2.0j)')).toEqual(new Complex(1, -2));
    expect(read('-1e30000')).toBe(-Infinity);
    expect(read("{1:'a', (2,3): b'\\x01'}")).toBeInstanceOf(Map);
    expect(read('"a\\u2603\\n\\q"')).toBe('a☃\n\\q');
    expect(read('9007199254740993')).toBe(9007199254740993n);
  });

  test('what serpent refuses is refused in its words', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => text(circle)).toThrow('Circular reference detected (list)');
    expect(() => text(new Set([[1]]))).toThrow(/not of a primitive hashable type/);
    expect(() => text(new (class Thing {})())).toThrow(
      /know how to serialize class <class 'Thing'>/,
    );
    let deep: unknown = 1;
    for (let i = 0; i < 300; i++) deep = [deep];
    expect(() => text(deep)).toThrow('nesting too deep');
  });

  test.each(['[1', '{1:2', "'a", '1 2', 'f()', '__import__', "'\\xzz'", '(1,,2)'])(
    'what is no literal is refused: %s',
    (literal) => {
      expect(() => read(literal)).toThrow(/literal/);
    },
  );

  test('a learner cannot reach a prototype through a dict', () => {
    const value = read("{'__proto__': {'polluted': 1}}");
    expect(value).toBeInstanceOf(Map);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
