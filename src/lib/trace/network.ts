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
  partitions: readonly Partition[];
  isPartitioned: boolean;
}

/** Two groups between which nothing passes; one way: not from the first to the second. */
export interface Partition {
  groups: readonly [readonly string[], readonly string[]];
  isOneWay: boolean;
}

/** Cuts and partitions in force at `atUs`. */
export function networkAt(trace: TraceStore, atUs: number): NetworkFacts {
  const cuts = new Set<string>();
  let partitions: Partition[] = [];
  const last = trace.lastAtOrBefore(atUs);
  const { data, length } = trace.faults;
  for (let position = 0; position < length && data[position]! <= last; position++) {
    const fault = faultAt(trace, data[position]!);
    if (!fault) continue;
    if ('partition' in fault) partitions.push(partitionOf(fault));
    if ('heal' in fault) partitions = [];
    for (const { from, to } of directionsOf(fault, 'cut')) cuts.add(`${from}->${to}`);
    for (const { from, to } of directionsOf(fault, 'mend')) cuts.delete(`${from}->${to}`);
  }
  return { cuts, partitions, isPartitioned: partitions.length > 0 };
}

function partitionOf(fault: FaultValues): Partition {
  const groups = fault['partition'] as unknown as Partition['groups'];
  return { groups, isOneWay: fault['oneWay'] === true };
}

/** Why nothing passes in one direction; '' when it does. */
export type Blocked = '' | 'cut' | 'partition';

/**
 * What stands between two nodes, in this direction.
 *
 * @param machineOf faults may name a node's machine instead of the node
 */
export function blockedBetween(
  { cuts, partitions }: NetworkFacts,
  from: string,
  to: string,
  machineOf: (node: string) => string,
): Blocked {
  const [froms, tos] = [from, to].map((node) => [node, machineOf(node)]) as [string[], string[]];
  // What stays within a machine passes whatever the network does.
  if (froms[1] === tos[1]) return '';
  const isIn = (names: readonly string[], group: readonly string[]): boolean =>
    names.some((name) => group.includes(name));
  if (froms.some((a) => tos.some((b) => cuts.has(`${a}->${b}`)))) return 'cut';
  const isApart = partitions.some(({ groups: [left, right], isOneWay }) => {
    const isThere = isIn(froms, left) && isIn(tos, right);
    return isThere || (!isOneWay && isIn(froms, right) && isIn(tos, left));
  });
  return isApart ? 'partition' : '';
}

/** The pairs of nodes whose link is cut, one way or both, each once. */
export function cutPairs(
  { cuts }: NetworkFacts,
  nodes: readonly string[],
): { a: string; b: string }[] {
  const pairs: { a: string; b: string }[] = [];
  for (const cut of cuts) {
    const [a, b] = cut.split('->') as [string, string];
    if (!nodes.includes(a) || !nodes.includes(b)) continue;
    if (!pairs.some((pair) => pair.a === b && pair.b === a)) pairs.push({ a, b });
  }
  return pairs;
}
