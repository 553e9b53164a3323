// Sorting with one algorithm in every engine: a comparator that logs, counts or contradicts itself
// would otherwise tell engines apart. Bottom-up merge sort, stable, as ECMAScript requires.

import { simErrors } from './engine-errors.ts';

type Comparator<T> = (a: T, b: T) => number;

/** Order of UTF-16 code units, the same everywhere. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mergeSort<T>(items: T[], compare: Comparator<T>): T[] {
  let source = items;
  let target = new Array<T>(items.length);
  for (let width = 1; width < items.length; width *= 2) {
    for (let start = 0; start < items.length; start += 2 * width) {
      merge(
        source,
        target,
        start,
        Math.min(start + width, items.length),
        Math.min(start + 2 * width, items.length),
        compare,
      );
    }
    [source, target] = [target, source];
  }
  return source;
}

function merge<T>(
  source: T[],
  target: T[],
  start: number,
  middle: number,
  end: number,
  compare: Comparator<T>,
): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    const takesLeft =
      left < middle && (right >= end || !(compare(source[left]!, source[right]!) > 0));
    target[i] = takesLeft ? source[left++]! : source[right++]!;
  }
}

function checkComparator(comparator: unknown): void {
  if (comparator !== undefined && typeof comparator !== 'function') {
    throw new simErrors.TypeError('the comparator of sort must be a function');
  }
}

/** Array.prototype.sort: undefined last, holes behind it. */
export function sortArray(array: unknown[], comparator?: Comparator<unknown>): unknown[] {
  checkComparator(comparator);
  const object = Object(array) as unknown[];
  const length = Math.max(0, Math.trunc(Number(object.length)) || 0);
  const values: unknown[] = [];
  let undefinedCount = 0;
  for (let i = 0; i < length; i++) {
    if (!(i in object)) continue;
    const value = object[i];
    if (value === undefined) undefinedCount++;
    else values.push(value);
  }
  const sorted =
    comparator === undefined ? sortAsText(values) : mergeSort(values, (a, b) => +comparator(a, b));
  let i = 0;
  for (const value of sorted) object[i++] = value;
  for (; undefinedCount > 0; undefinedCount--) object[i++] = undefined;
  for (; i < length; i++) if (i in object) Reflect.deleteProperty(object, i);
  return object;
}

function sortAsText(values: unknown[]): unknown[] {
  // One conversion per value, in order, instead of one per comparison.
  const keyed = values.map((value) => ({ value, text: String(value) }));
  return mergeSort(keyed, (a, b) => compareCodeUnits(a.text, b.text)).map(({ value }) => value);
}

/** Sort of typed arrays: numeric, -0 before 0, NaN last. */
export function sortTyped<T extends Float64Array>(array: T, comparator?: Comparator<number>): T {
  checkComparator(comparator);
  const compare =
    comparator === undefined ? compareNumbers : (a: number, b: number) => +comparator(a, b);
  const sorted = mergeSort(Array.from(array), compare);
  for (let i = 0; i < sorted.length; i++) array[i] = sorted[i]!;
  return array;
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === 0 && b === 0)
    return Object.is(a, -0) ? (Object.is(b, -0) ? 0 : -1) : Object.is(b, -0) ? 1 : 0;
  return a === b ? 0 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
}
