// Checks of what learners pass.

import { simErrors } from '#lib/node/engine-errors.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';

export type Callable = (...args: unknown[]) => unknown;
export type Options = Readonly<Record<string, unknown>>;

/** @throws TypeError */
export function callableOf(value: unknown, of: string): Callable {
  if (typeof value === 'function') return value as Callable;
  throw new simErrors.TypeError(`${of} needs a function first`);
}

/** The items of each iterable, up to the end of the shortest. @throws TypeError */
export function rowsOf(iterables: readonly unknown[], of: string): unknown[][] {
  if (iterables.length === 0)
    throw new simErrors.TypeError(`${of} needs something to iterate over`);
  const columns = iterables.map((it) => itemsOf(it, of));
  const length = Math.min(...columns.map((column) => column.length));
  return Array.from({ length }, (_, index) => columns.map((column) => column[index]));
}

function itemsOf(value: unknown, of: string): unknown[] {
  if (Array.isArray(value)) return value;
  const isIterable = value !== null && value !== undefined && Symbol.iterator in Object(value);
  if (isIterable) return [...(value as Iterable<unknown>)];
  throw new simErrors.TypeError(`${of} takes arrays or other iterables`);
}

/** Seconds of an option `timeout` in microseconds; null for none. @throws TypeError */
export function timeoutOf(options: Options | undefined, known: readonly string[]): number | null {
  const given = options ?? {};
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new simErrors.TypeError(`unknown option: ${name} (options: ${known.join(', ')})`);
    }
  }
  const { timeout } = given;
  if (timeout === undefined || timeout === null) return null;
  if (typeof timeout === 'number' && timeout >= 0) return usFromSeconds(timeout);
  throw new simErrors.TypeError('timeout must be a number of seconds, 0 or more');
}
