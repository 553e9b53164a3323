// Slices of lists of this side, by Python's rules.

import type { Brine } from './brine.ts';
import { Slice } from './brine.ts';
import { typeError } from './errors.ts';

/** As Python's `slice`: up to `stop`; or from `start` to `stop`; null is the list's own end. */
export function sliceOf(...parts: readonly (number | null)[]): Slice {
  if (parts.length === 0 || parts.length > 3) throw typeError('slice takes one to three numbers');
  const [start, stop = null, step = null] = parts.length === 1 ? [null, parts[0]!] : parts;
  return new Slice([start!, stop, step]);
}

/** Which items of a list of that length a slice means. */
export function indicesOf({ parts }: Slice, length: number): number[] {
  const [start = null, stop = null, step = null] = parts.map(wholeOf);
  const by = step ?? 1;
  if (by === 0) throw Object.assign(typeError('slice step cannot be zero'), { name: 'ValueError' });
  const [first, last] = by > 0 ? [0, length] : [-1, length - 1];
  const clamped = (part: number | null, otherwise: number): number => {
    if (part === null) return otherwise;
    return Math.min(last, Math.max(first, part < 0 ? part + length : part));
  };
  const from = clamped(start, by > 0 ? first : last);
  const to = clamped(stop, by > 0 ? last : first);
  const found: number[] = [];
  for (let index = from; by > 0 ? index < to : index > to; index += by) found.push(index);
  return found;
}

function wholeOf(part: Brine): number | null {
  if (part === null) return null;
  if (typeof part === 'number' && Number.isInteger(part)) return part;
  // Beyond any list.
  if (typeof part === 'bigint')
    return part > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  throw typeError('slice indices must be integers or None');
}
