// Number.prototype.toString(radix) for fractions: ECMAScript leaves the digits to the engine, and V8
// and SpiderMonkey differ. `Math.random().toString(36).slice(2)` is how half the world makes an id.
// The algorithm is V8's (DoubleToRadixCString, src/numbers/conversions.cc, BSD licence): shortest
// digits that tell the number from its neighbours.

import { simErrors } from './engine-errors.ts';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Half the distance to the next larger number. */
function halfGap(value: number): number {
  const floats = new Float64Array([value]);
  const bits = new BigUint64Array(floats.buffer);
  bits[0] = bits[0]! + 1n;
  return Math.max(0.5 * (floats[0]! - value), Number.MIN_VALUE);
}

interface Split {
  integer: number;
  readonly digits: number[];
}

function fractionDigits(value: number, radix: number): Split {
  const split: Split = { integer: Math.floor(value), digits: [] };
  const { digits } = split;
  let fraction = value - split.integer;
  let delta = halfGap(value);
  while (fraction >= delta) {
    fraction *= radix;
    delta *= radix;
    const digit = Math.floor(fraction);
    digits.push(digit);
    fraction -= digit;
    const roundsUp = fraction > 0.5 || (fraction === 0.5 && (digit & 1) === 1);
    if (roundsUp && fraction + delta > 1) {
      carry(split, radix);
      break;
    }
  }
  return split;
}

function carry(split: Split, radix: number): void {
  const { digits } = split;
  for (;;) {
    const last = digits.pop();
    if (last === undefined) {
      split.integer++;
      return;
    }
    if (last + 1 < radix) {
      digits.push(last + 1);
      return;
    }
  }
}

/** Beyond 2^53 the lower digits mean nothing, and are written as zeros. */
function integerDigits(
  integer: number,
  radix: number,
  ofInteger: (value: number, radix: number) => string,
): string {
  let known = integer;
  let zeroCount = 0;
  for (; known >= 2 ** 53; zeroCount++) known /= radix;
  return ofInteger(Math.floor(known), radix) + '0'.repeat(zeroCount);
}

/**
 * `value.toString(radix)`.
 *
 * @param ofInteger the engine's conversion, which all engines do alike for whole numbers
 */
export function radixText(
  value: number,
  radix: number,
  ofInteger: (value: number, radix: number) => string,
): string {
  const base = Math.trunc(radix);
  if (!(base >= 2 && base <= 36)) throw new simErrors.RangeError('radix must be between 2 and 36');
  if (base === 10 || !Number.isFinite(value)) return ofInteger(value, 10);
  if (Number.isSafeInteger(value)) return ofInteger(value, base);
  const sign = value < 0 ? '-' : '';
  const { integer, digits } = fractionDigits(Math.abs(value), base);
  const whole = integerDigits(integer, base, ofInteger);
  const tail = digits.length === 0 ? '' : `.${digits.map((digit) => DIGITS[digit]).join('')}`;
  return sign + whole + tail;
}
