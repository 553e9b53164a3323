import { describe, expect, test } from 'vitest';
import {
  type Brine,
  BrineError,
  Complex,
  dump,
  ELLIPSIS,
  FrozenSet,
  load,
  NOT_IMPLEMENTED,
  PyFloat,
  Slice,
} from './brine.ts';
import { show } from './show.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What RPyC 5.3's `brine.dump` gave: the first 24 bytes, and how many there were. */
const OBSERVED: readonly [Brine, string, number?][] = [
  [null, '00'],
  [true, '03'],
  [false, '04'],
  [0, '50'],
  [-48, '20'],
  [159, 'ef'],
  [-49, '16032d3439'],
  [160, '1603313630'],
  [2n ** 53n, '161039303037313939323534373430393932'],
  [-(2n ** 80n), '161a2d313230383932353831393631343632393137343730', 28],
  [1.5, '183ff8000000000000'],
  [new PyFloat(4), '184010000000000000'],
  [-0, '188000000000000000'],
  ['', '0801'],
  ['a', '080a61'],
  ['abcde', '080e056162636465'],
  ['é'.repeat(200), '080f00000190c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9', 406],
  [new Uint8Array(0), '01'],
  [Uint8Array.of(97, 98), '0b6162'],
  [new Uint8Array(300).fill(120), '0f0000012c78787878787878787878787878787878787878', 305],
  [[], '02'],
  [[1], '1051'],
  [[1, 2, 3, 4], '1351525354'],
  [[0, 1, 2, 3, 4], '14055051525354'],
  [
    Array.from({ length: 300 }, (_, i) => i),
    '150000012c505152535455565758595a5b5c5d5e5f606162',
    865,
  ],
  [new FrozenSet([1]), '1a1051'],
  [new Slice([1, 2, null]), '1912515200'],
  [new Complex(1, 2), '1b3ff00000000000004000000000000000'],
  [ELLIPSIS, '06'],
  [NOT_IMPLEMENTED, '05'],
  [[[], ['a', [Uint8Array.of(122)]]], '110211080a61100a7a'],
];

type Named = [name: string, value: Brine, start: string, length: number | undefined];
const NAMED = OBSERVED.map(([value, start, length]): Named => [
  show(value).slice(0, 30),
  value,
  start,
  length,
]);

describe('brine', () => {
  test.each(NAMED)('NET5 %s is written as the real one writes it', (_, value, start, length) => {
    const bytes = dump(value);
    expect(hex(bytes).slice(0, 48)).toBe(start);
    expect(bytes.length).toBe(length ?? start.length / 2);
  });

  test.each(NAMED)('NET5 %s comes back', (_, value) => {
    const bytes = dump(value);
    expect(dump(load(bytes))).toEqual(bytes);
    expect(show(load(bytes))).toBe(show(value));
  });

  test('NET5 what is cut off or nested without end is refused', () => {
    expect(() => load(Uint8Array.of(0x0e, 5, 97))).toThrow(BrineError);
    expect(() => load(Uint8Array.of(0x15, 255, 255, 255, 255))).toThrow(BrineError);
    expect(() => load(Uint8Array.of(0x07))).toThrow('unknown tag: 7');
    expect(() => load(new Uint8Array(5_000).fill(0x10))).toThrow('nested too deeply');
    expect(() => load(Uint8Array.of(0x19, 0x50))).toThrow(BrineError);
  });

  test('values are shown as Python writes them', () => {
    const shown = (value: Brine): string => show(value);
    expect(shown([1])).toBe('(1,)');
    expect(shown([null, true, "it's", Uint8Array.of(0, 97)])).toBe(
      `(None, True, "it's", b'\\x00a')`,
    );
    expect(shown([new PyFloat(4), 1e22, 1.5e-7, -0])).toBe('(4.0, 1e+22, 1.5e-07, -0.0)');
    expect(shown(new Complex(1, 2))).toBe('(1+2j)');
  });
});
