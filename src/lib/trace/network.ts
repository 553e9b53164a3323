// What faults have done to the network, read from a trace: who is cut off from whom, and since when.

import { linkNames } from '#lib/protocol/faults.ts';
import type { JsonValue } from '#lib/protocol/trace.ts';
import type { TraceStore } from './store.ts';

/** Something does not pass from `from` to `to`, names of nodes, processes or machines. */
export interface Direction {
  from: string;
  to: string;
}

type FaultValues = { readonly [key: string]: JsonValue };

/** The content of a `fault` event, or null when it is none. */
export function faultAt(trace: TraceStore, id: number): FaultValues | null {
  const fault = trace.valueAt(id, 'fault');
  const isObject = typeof fault === 'object' && fault !== null && !Array.isArray(fault);
  return isObject ? (fault as FaultValues) : null;
}

/** The directions that a fault of this key (`cut`, `mend`, `link`) names; none for another fault. */
export function directionsOf(fault: FaultValues, key: string): Direction[] {
  const link = fault[key];
  if (typeof link !== 'string') return [];
  return linkNames(link).map(([from, to]) => ({ from, to }));
}

export interface NetworkFacts {
  /** Cut directions, written `a->b`. */
  cuts: ReadonlySet<string>;
  isPartitioned: boolean;
}

/** Cuts and partitions in force at `atUs`. */
export function networkAt(trace: TraceStore, atUs: number): NetworkFacts {
  const cuts = new Set<string>();
  let isPartitioned = false;
  const last = trace.lastAtOrBefore(atUs);
  const { data, length } = trace.faults;
  for (let position = 0; position < length && data[position]! <= last; position++) {
    const fault = faultAt(trace, data[position]!);
    if (!fault) continue;
    if ('partition' in fault) isPartitioned = true;
    if ('heal' in fault) isPartitioned = false;
    for (const { from, to } of directionsOf(fault, 'cut')) cuts.add(`${from}->${to}`);
    for (const { from, to } of directionsOf(fault, 'mend')) cuts.delete(`${from}->${to}`);
  }
  return { cuts, isPartitioned };
}
