// Netrefs that a program holds.

import { packOf } from '../reference.ts';

/** Keeps a netref from being dropped with the expression that brought it. */
export function keepOf(value: unknown): unknown {
  const reference = packOf(value);
  if (reference) reference.isKept = true;
  return value;
}
