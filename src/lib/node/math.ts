// Math for simulated processes. IEEE 754 fixes +, sqrt and the like; it leaves sin, exp, pow and others
// to the library, and engines differ in their last bits. Those come from stdlib, which is plain
// JavaScript on top of exact operations.

import acos from '@stdlib/math-base-special-acos';
import acosh from '@stdlib/math-base-special-acosh';
import asin from '@stdlib/math-base-special-asin';
import asinh from '@stdlib/math-base-special-asinh';
import atan from '@stdlib/math-base-special-atan';
import atan2 from '@stdlib/math-base-special-atan2';
import atanh from '@stdlib/math-base-special-atanh';
import cbrt from '@stdlib/math-base-special-cbrt';
import cos from '@stdlib/math-base-special-cos';
import cosh from '@stdlib/math-base-special-cosh';
import exp from '@stdlib/math-base-special-exp';
import expm1 from '@stdlib/math-base-special-expm1';
import hypotOfTwo from '@stdlib/math-base-special-hypot';
import ln from '@stdlib/math-base-special-ln';
import log10 from '@stdlib/math-base-special-log10';
import log1p from '@stdlib/math-base-special-log1p';
import log2 from '@stdlib/math-base-special-log2';
import powOfFloats from '@stdlib/math-base-special-pow';
import sin from '@stdlib/math-base-special-sin';
import sinh from '@stdlib/math-base-special-sinh';
import tan from '@stdlib/math-base-special-tan';
import tanh from '@stdlib/math-base-special-tanh';

/** `base ** exponent` for numbers. Products that fit 2^53 come out exact, as people expect of 10 ** 3. */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent === 2) return base * base;
  // ECMAScript: (±1) ** ±Infinity and 1 ** NaN are NaN, unlike in C.
  if (Number.isNaN(exponent) || ((base === 1 || base === -1) && !Number.isFinite(exponent)))
    return NaN;
  if (Number.isInteger(base) && Number.isInteger(exponent) && exponent >= 0 && exponent <= 64) {
    const exact = powOfIntegers(base, exponent);
    if (Number.isSafeInteger(exact)) return exact;
  }
  return powOfFloats(base, exponent);
}

function powOfIntegers(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent && Number.isSafeInteger(result); i++) result *= base;
  return result;
}

function hypot(...values: number[]): number {
  const numbers = values.map(Number);
  if (numbers.some((it) => it === Infinity || it === -Infinity)) return Infinity;
  return numbers.reduce((length, it) => hypotOfTwo(length, it), 0);
}

type Unary = (x: number) => number;
const UNARY: Readonly<Record<string, Unary>> = {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  cbrt,
  cos,
  cosh,
  exp,
  expm1,
  log10,
  log1p,
  log2,
  log: ln,
  sin,
  sinh,
  tan,
  tanh,
};

/** Members of Math that every engine computes alike. */
const EXACT = [
  'E',
  'LN10',
  'LN2',
  'LOG10E',
  'LOG2E',
  'PI',
  'SQRT1_2',
  'SQRT2',
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
] as const;

/**
 * The Math object of a process.
 *
 * @param random the process's own stream, in [0, 1)
 */
export function createMath(random: () => number): object {
  const math = {};
  const define = (name: PropertyKey, value: unknown) =>
    Object.defineProperty(math, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  for (const name of EXACT) define(name, Math[name]);
  for (const [name, compute] of Object.entries(UNARY)) {
    define(name, { [name]: (x: number) => compute(Number(x)) }[name]);
  }
  define('atan2', (y: number, x: number) => atan2(Number(y), Number(x)));
  define('hypot', hypot);
  define('pow', (base: number, exponent: number) => pow(Number(base), Number(exponent)));
  define('random', () => random());
  define(Symbol.toStringTag, 'Math');
  return math;
}
