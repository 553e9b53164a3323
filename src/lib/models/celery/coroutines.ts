// Coroutines that do nothing, where an interface wants one.

import type { Body } from '#lib/node/promise.ts';

/** Ends at once. */
export function done(): Body<void>;
export function done<T>(value: T): Body<T>;
export function* done(value?: unknown): Body<unknown> {
  yield* [];
  return value;
}

/** Fails at once. */
export function* failed(error: unknown): Body<never> {
  yield* [];
  throw error;
}
