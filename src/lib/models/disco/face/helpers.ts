// Functions for tasks (disco.util, disco.worker.classic.func), and what Python has built in for them.

import { simErrors } from '#lib/node/engine-errors.ts';

export type Pair = [key: unknown, value: unknown];

/** Python's order of numbers, texts and lists; texts by code point. @throws TypeError */
export function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const order = compare(a[index], b[index]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if ((a === null || a === undefined) && (b === null || b === undefined)) return 0;
  throw new simErrors.TypeError(`cannot be ordered: ${typeof a} and ${typeof b}`);
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/** As UTF-8 bytes compare, which UTF-16 units do not. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    const isLow = (unit: number): boolean => unit < 0xd800 || unit > 0xdfff;
    if (isLow(left) !== isLow(right)) return isLow(left) ? -1 : 1;
    return left - right;
  }
  return a.length - b.length;
}

/** Python's `sorted`: a new list, in order. */
export function sorted(items: Iterable<unknown>): unknown[] {
  return [...items].sort(compare);
}

/** Groups equal keys that follow each other; does not sort. */
export function* kvgroup(pairs: Iterable<Pair>): Generator<[unknown, Iterable<unknown>]> {
  let group: { key: unknown; values: unknown[] } | null = null;
  for (const [key, value] of pairs) {
    if (group && isEqual(group.key, key)) {
      group.values.push(value);
      continue;
    }
    if (group) yield [group.key, group.values];
    group = { key, values: [value] };
  }
  if (group) yield [group.key, group.values];
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  return Object.is(a, b);
}

function sum(values: Iterable<unknown>): number {
  let total = 0;
  for (const value of values) total += Number(value);
  return total;
}

export function* nopMap(entry: unknown): Generator<unknown> {
  yield entry;
}

export function* nopReduce(pairs: Iterable<Pair>): Generator<Pair> {
  yield* pairs;
}

export function* sumReduce(pairs: Iterable<Pair>): Generator<Pair> {
  for (const [key, values] of kvgroup(sorted(pairs) as Pair[])) yield [key, sum(values)];
}

/** @param buffer of this partition */
export function sumCombiner(
  key: unknown,
  value: unknown,
  buffer: Map<unknown, unknown>,
  done: boolean,
): Iterable<Pair> | undefined {
  if (done) return [...buffer];
  buffer.set(key, Number(buffer.get(key) ?? 0) + Number(value));
  return undefined;
}

/** Marks inputs as what tasks of another job wrote; the task's runner reads the pairs. */
export function chainReader(): never {
  throw new simErrors.TypeError('chainReader is a map reader: give it to a job as mapReader');
}

/** Those that a job may be given: every worker has them. */
export const OWN_FUNCTIONS = {
  kvgroup,
  nopMap,
  nopReduce,
  sumReduce,
  sumCombiner,
  chainReader,
} as const;
