// Numbers, sorting and text: what engines leave to themselves, and we do not.

import { describe, expect, test } from 'vitest';
import { structuredClone as clone } from './clone.ts';
import { createMath, pow } from './math.ts';
import { radixText } from './radix.ts';
import { sortArray, sortTyped } from './sort.ts';
import { TEXT_GLOBALS, utf8 } from './text.ts';

describe('Math', () => {
  const math = createMath(() => 0.25) as Math;

  test('is close to the engine, whose last bits vary', () => {
    const names = [
      'sin',
      'cos',
      'tan',
      'exp',
      'log',
      'log2',
      'log10',
      'log1p',
      'expm1',
      'cbrt',
      'tanh',
      'asinh',
      'atan',
    ] as const;
    for (const name of names) {
      for (const x of [0.1, 1, 2.5, 30]) {
        expect(math[name](x)).toBeCloseTo(
          Math[name](x),
          10 - Math.ceil(Math.log10(1 + Math.abs(Math[name](x)))),
        );
      }
    }
  });

  test('is exact where people expect it', () => {
    expect([pow(10, 3), pow(2, 53), pow(7, 2), pow(2, -1), pow(0, 0), pow(-8, 1 / 3)]).toEqual([
      1000,
      2 ** 53,
      49,
      0.5,
      1,
      NaN,
    ]);
    expect([pow(1, Infinity), pow(-1, -Infinity), pow(1, NaN), pow(NaN, 0)]).toEqual([
      NaN,
      NaN,
      NaN,
      1,
    ]);
    expect([
      math.hypot(3, 4),
      math.hypot(),
      math.hypot(NaN, Infinity),
      math.cbrt(27),
      math.log10(1000),
    ]).toEqual([5, 0, Infinity, 3, 3]);
  });

  test('draws from the process', () => {
    expect(math.random()).toBe(0.25);
  });

  test('has every member that the engine has in common', () => {
    const own = new Set(Object.getOwnPropertyNames(math));
    const newer = ['f16round', 'sumPrecise'];
    expect(
      Object.getOwnPropertyNames(Math).filter((name) => !own.has(name) && !newer.includes(name)),
    ).toEqual([]);
  });
});

describe('toString(radix)', () => {
  const native = (value: number, radix: number) => Number.prototype.toString.call(value, radix);

  test('is that of V8 up to 2^53', () => {
    // These tests run on V8, whose digits are the ones to match.
    for (const value of [
      0.1,
      1 / 3,
      123.456,
      -2.5e-7,
      255,
      0,
      -0.5,
      2 ** 53 - 1,
      5e-324,
      NaN,
      -Infinity,
    ]) {
      for (const radix of [2, 3, 7, 10, 16, 36]) {
        expect(radixText(value, radix, native), `${value} in ${radix}`).toBe(native(value, radix));
      }
    }
  });

  test('refuses other radixes', () => {
    expect(() => radixText(1, 37, native)).toThrow('radix must be between 2 and 36');
  });
});

describe('sort', () => {
  test('is stable', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ key: index % 7, index }));
    const sorted = sortArray(
      [...rows],
      (a, b) => (a as { key: number }).key - (b as { key: number }).key,
    );
    expect(sorted).toEqual([...rows].sort((a, b) => a.key - b.key));
  });

  test('puts undefined behind values and holes behind that', () => {
    const array = [3, undefined, 1, undefined, 2];
    delete array[0];
    sortArray(array);
    expect(array).toEqual([1, 2, undefined, undefined, undefined]);
    expect(4 in array).toBe(false);
  });

  test('orders by text without a comparator', () => {
    expect(sortArray([5, 25, 100, 'b', 'B'])).toEqual([100, 25, 5, 'B', 'b']);
  });

  test('asks a comparator the same questions each time', () => {
    const asked: string[] = [];
    sortArray([4, 2, 3, 1], (a, b) => {
      asked.push(`${String(a)}${String(b)}`);
      return (a as number) - (b as number);
    });
    expect(asked.join(' ')).toBe('42 31 21 23 43');
  });

  test('survives a comparator that contradicts itself', () => {
    expect(sortArray([3, 1, 2], () => 1)).toHaveLength(3);
  });

  test('of typed arrays knows -0 and NaN', () => {
    expect([...sortTyped(new Float64Array([NaN, 2, 0, -0, -1]))]).toEqual([-1, -0, 0, 2, NaN]);
  });
});

describe('text', () => {
  const { TextDecoder: SimDecoder, TextEncoder: SimEncoder, atob, btoa } = TEXT_GLOBALS;

  test.each(['', 'plain', 'héé€😀', '\ud800 lone', '\ufeffmark'])(
    '%j encodes as the platform does',
    (text) => {
      expect([...utf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      expect(new SimDecoder().decode(new SimEncoder().encode(text))).toBe(
        new TextDecoder().decode(new TextEncoder().encode(text)),
      );
    },
  );

  test.each([
    [[0xe2, 0x82, 0x41, 0xff]],
    [[0xf0, 0x9f, 0x98]],
    [[0xed, 0xa0, 0x80]],
    [[0xc0, 0xaf, 0xf5, 0x80]],
    [[0xf0, 0x80, 0x80, 0x80]],
    [[0xf4, 0x90, 0x80, 0x80]],
  ])('malformed bytes %j are replaced as the platform does', (bytes) => {
    expect(new SimDecoder().decode(new Uint8Array(bytes))).toBe(
      new TextDecoder().decode(new Uint8Array(bytes)),
    );
    expect(() => new SimDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes))).toThrow(
      'not valid UTF-8',
    );
  });

  test('base64 goes there and back', () => {
    for (const text of ['', 'a', 'ab', 'abc', '\x00\xff']) {
      expect(btoa(text)).toBe(globalThis.btoa(text));
      expect(atob(btoa(text))).toBe(text);
    }
    expect(() => atob('a')).toThrow('text is not valid base64');
    expect(() => btoa('€')).toThrow(/U\+00FF/);
  });
});

describe('structuredClone', () => {
  test('copies a graph, circles included', () => {
    const value: Record<string, unknown> = {
      list: [1, { deep: new Map([[1, new Set([2n])]]) }],
      bytes: new Uint8Array([1, 2]),
    };
    value['self'] = value;
    const copy = clone(value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
    expect(copy['self']).toBe(copy);
    expect(copy['bytes']).not.toBe(value['bytes']);
  });

  test.each([[() => 1], [Symbol('s')], [{ f: () => 1 }]])(
    'refuses what cannot be copied',
    (value) => {
      expect(() => clone(value)).toThrow(/cannot be cloned/);
    },
  );
});
