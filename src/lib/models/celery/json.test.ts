import { expect, test } from 'vitest';
import { RandomStream } from '#lib/protocol/random.ts';
import { dumps, JsonError, loads, partsOf, pythonFloat, RawJson } from './json.ts';

test('values are written with Python’s separators and escapes', () => {
  expect(dumps([1, 'ü😀', null, true, { a: [], b: 2.5 }])).toBe(
    '[1, "\\u00fc\\ud83d\\ude00", null, true, {"a": [], "b": 2.5}]',
  );
  expect(dumps('a"\\\n\u0001\u007f')).toBe('"a\\"\\\\\\n\\u0001\\u007f"');
  expect(
    dumps(
      new Map<unknown, unknown>([
        [1, NaN],
        [true, -0],
      ]),
    ),
  ).toBe('{"1": NaN, "true": 0}');
  expect(dumps({ a: undefined, b: 2n ** 70n, c: new RawJson('[8.0]') })).toBe(
    '{"a": null, "b": 1180591620717411303424, "c": [8.0]}',
  );
});

test.each([
  [4, '4.0'],
  [0.1, '0.1'],
  [1e-7, '1e-07'],
  [1e16, '1e+16'],
  [123456789012345680, '1.2345678901234568e+17'],
  [0.0001, '0.0001'],
  [1.5e300, '1.5e+300'],
  [-0, '-0.0'],
])('the float %d prints as %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});

test('the engine’s reader and ours make the same values', () => {
  const text =
    '{"a": [1, -0, 1.5e3, 1E400, true, null, "\\ud83d\\ude00\\n"], "__proto__": {"b": []}, "a": 2}';
  const value = loads(text);
  // An integer beyond 2^53 makes ours read all of it.
  const [ours] = loads(`[${text}, 12345678901234567]`) as [unknown];
  expect(value).toStrictEqual(ours);
  expect(Object.keys(value as object)).toEqual(['a', '__proto__']);
});

test('a text nested too deep is refused before the engine reads it', () => {
  const text = (depth: number): string => '[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth);
  expect(loads(text(200))).toBeInstanceOf(Array);
  expect(() => loads(text(300))).toThrow(new JsonError('value nested too deep: char 1501'));
});

test.each([
  [new Set([1]), 'Object of type set is not JSON serializable'],
  [new Uint8Array(1), 'Object of type bytes is not JSON serializable'],
  [new (class Point {})(), 'Object of type Point is not JSON serializable'],
  [() => 1, 'Object of type function is not JSON serializable'],
])('SEMANTICS 1.2 %o is refused', (value, message) => {
  expect(() => dumps(value)).toThrow(message);
});

test('a value that contains itself is refused', () => {
  const loop: unknown[] = [];
  loop.push(loop);
  expect(() => dumps(loop)).toThrow('Circular reference detected');
});

test('integers beyond 2^53 are read whole, other numbers as floats', () => {
  expect(loads('[9007199254740993, 9007199254740991, 1.0, -1e3, NaN, -Infinity]')).toEqual([
    9007199254740993n,
    9007199254740991,
    1,
    -1000,
    NaN,
    -Infinity,
  ]);
});

test('parts of a list or an object stay as they were written', () => {
  expect([...partsOf(' [ [3.0],{"y": 5} , null]')]).toEqual([
    ['0', '[3.0]'],
    ['1', '{"y": 5}'],
    ['2', 'null'],
  ]);
  expect(partsOf('{"a": 8.0, "b": "x,]"}').get('a')).toBe('8.0');
});

test.each(['', '{', '[1,]', '{"a" 1}', '"abc', '"\\x"', '"\\u12"', 'nul', '01', '1 2', '[1}'])(
  '%j is no JSON',
  (text) => {
    expect(() => loads(text)).toThrow(JsonError);
  },
);

test('a name like __proto__ is only a name', () => {
  const value = loads('{"__proto__": 1}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('fuzz: what is written is read again, and JSON.parse agrees, seed 1', () => {
  const stream = new RandomStream(1, 'json');
  let ordinal = 0;
  const below = (bound: number): number => stream.below(bound, 1, ordinal++);
  const value = (depth: number): unknown => {
    switch (below(depth > 4 ? 4 : 6)) {
      case 0:
        return [null, true, false][below(3)];
      case 1:
        return below(2 ** 40) - 2 ** 39;
      case 2:
        return below(1000) / 64;
      case 3:
        return String.fromCharCode(...Array.from({ length: below(8) }, () => below(0xffff)));
      case 4:
        return Array.from({ length: below(4) }, () => value(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: below(4) }, (_, index) => [`k${index}`, value(depth + 1)]),
        );
    }
  };
  for (let round = 0; round < 300; round++) {
    const one = value(0);
    expect(loads(dumps(one))).toEqual(one);
    expect(JSON.parse(dumps(one))).toEqual(one);
  }
});
