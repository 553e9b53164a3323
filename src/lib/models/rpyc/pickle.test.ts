import { describe, expect, test } from 'vitest';
import { Complex, PyFloat } from './brine.ts';
import { Tuple } from './face/values.ts';
import { readPickle, writePickle } from './pickle.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('pickles', () => {
  test.each<unknown>([
    null,
    true,
    0,
    -1,
    255,
    70_000,
    -(2 ** 40),
    2n ** 70n,
    -(2n ** 63n),
    1.5,
    'é☃',
    [],
    [1, ['a', null]],
    new Map<unknown, unknown>([[1, 'a']]),
    { a: 1, b: { c: [2] } },
    new Set([1, 'x']),
    new Complex(1, -2),
    Uint8Array.of(0, 255),
  ])('come back as they were: %s', (value) => {
    expect(readPickle(writePickle(value))).toEqual(value);
  });

  test('a value that stands twice is one object on the other side too', () => {
    const list: unknown[] = [1];
    list.push(list);
    const [one, other] = readPickle(writePickle([list, list])) as unknown[][];
    expect(one).toBe(other);
    expect(one![1]).toBe(one);
  });

  test('of Python are read: pickle.dumps(value, 3)', () => {
    // {'a': [1, 2.5, (True, b'x')], 'b': {3}, 'c': {1: None}, 'd': 300, 'e': -2**33}
    const written = bytes(
      '80037d71002858010000006171015d7102284b0147400400000000000088430178710386710465580100000062' +
        '7105636275696c74696e730a7365740a71065d71074b0361857108527109580100000063710a7d710b4b014e73' +
        '580100000064710c4d2c01580100000065710d8a0500000000fe752e',
    );
    expect(readPickle(written)).toEqual({
      a: [1, 2.5, new Tuple([true, Uint8Array.of(0x78)])],
      b: new Set([3]),
      c: new Map([[1, null]]),
      d: 300,
      e: -(2 ** 33),
    });
  });

  test('that name a class, or are none, are refused', () => {
    const evil = new TextEncoder().encode('cos\nsystem\n(X\x02\x00\x00\x00ls\x85R.');
    expect(() => readPickle(evil)).toThrow("os.system is a class of Python's");
    expect(() => readPickle(bytes('8003'))).toThrow('a broken pickle');
    expect(() => readPickle(bytes('80035d750a'))).toThrow('a broken pickle');
    expect(() => readPickle(bytes('4effffffff'))).toThrow('operation 255');
    expect(() => writePickle(() => 1)).toThrow("cannot pickle 'function'");
    expect(new PyFloat(4).value).toBe(readPickle(writePickle(new PyFloat(4))));
  });

  test('that an own key may be called like a prototype', () => {
    const found = readPickle(writePickle(new Map([['__proto__', 1]]))) as object;
    expect(Object.keys(found)).toEqual(['__proto__']);
  });
});
