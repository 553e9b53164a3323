// Coroutines that do nothing, where an interface wants one.

import type { Body } from '#lib/node/promise.ts';

/** Ends at once. */
export function* done(): Body<void> {
  yield* [];
}

/** Fails at once. */
export function* failed(error: unknown): Body<never> {
  yield* [];
  throw error;
}
