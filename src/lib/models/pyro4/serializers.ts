// How values become bytes: serpent, Pyro's own, or JSON. Each message says which, so that both sides may
// differ. marshal and pickle are Python's.

import { PYRO_SERIALIZER } from '#lib/protocol/pyro4.ts';
import { SerializeError } from './errors.ts';
import { dumpJson, loadJson } from './json.ts';
import { dumps, loads, type Describe } from './serpent.ts';
import { Tuple } from './values.ts';

/** Object, method, arguments, keyword arguments. */
export type CallParts = readonly [
  object: string,
  method: string,
  args: unknown,
  keywords: Readonly<Record<string, unknown>> | null,
];

export interface Serializer {
  readonly id: number;
  dump(value: unknown, describe: Describe): Uint8Array;
  dumpCall(call: CallParts, describe: Describe): Uint8Array;
  load(bytes: Uint8Array): unknown;
  /** As many parts as there are. */
  loadCall(bytes: Uint8Array): readonly unknown[];
}

export const SERPENT: Serializer = {
  id: PYRO_SERIALIZER.serpent,
  dump: dumps,
  dumpCall: (call, describe) => dumps(Tuple.holding(call), describe),
  load: loads,
  loadCall: (bytes) => loads(bytes) as readonly unknown[],
};

const JSON_TEXT: Serializer = {
  id: PYRO_SERIALIZER.json,
  dump: dumpJson,
  dumpCall: ([object, method, params, kwargs], describe) =>
    dumpJson({ object, method, params, kwargs }, describe),
  load: loadJson,
  loadCall: (bytes) => {
    const { object, method, params, kwargs } = loadJson(bytes) as Record<string, unknown>;
    return [object, method, params, kwargs];
  },
};

const BY_NAME: Readonly<Record<string, Serializer>> = { serpent: SERPENT, json: JSON_TEXT };

/** @throws SerializeError for one that TypeScript does not have */
export function serializerNamed(name: string): Serializer {
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name]!;
  const known = Object.keys(BY_NAME).join(', ');
  throw new SerializeError(
    `serializer '${name}' is unknown or not available (in TypeScript: ${known})`,
  );
}

/** null for one that TypeScript does not have. */
export function serializerOf(id: number): Serializer | null {
  return Object.values(BY_NAME).find((it) => it.id === id) ?? null;
}
