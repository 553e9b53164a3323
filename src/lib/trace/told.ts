// Reading what models told of themselves: a trace may come from anywhere, so that its values have any
// shape.

import type { JsonValue } from '#lib/protocol/trace.ts';

/** A value with named fields. */
export type ToldRecord = Readonly<Record<string, JsonValue>>;

export function isRecord(value: JsonValue | undefined): value is ToldRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
