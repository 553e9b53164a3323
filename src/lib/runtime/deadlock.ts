// Deadlock by KT8: a set of processes whose waits can be ended only by members of the set.

import type { Waiting } from '#lib/protocol/trace.ts';

/** A wait with the living processes that could end it. */
export interface Wait extends Waiting {
  enders: readonly string[];
}

/**
 * The deadlocked sets, each sorted by name. Free is whoever has a wait that ends by itself, that
 * nobody is named for, or that only processes could end which are gone: such a wait may be in vain,
 * but it is no lock.
 */
export function findDeadlocks(waits: readonly Wait[]): string[][] {
  const waitsFor = new Map<string, Set<string>>();
  for (const { node, enders } of waits) {
    const targets = waitsFor.get(node) ?? new Set();
    for (const name of enders) targets.add(name);
    waitsFor.set(node, targets);
  }
  for (const { node, dueUs, enders } of waits) {
    if (dueUs !== undefined || enders.length === 0) waitsFor.delete(node);
  }
  // Whoever waits for somebody outside the set can still be freed: remove until nothing changes.
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const [node, targets] of waitsFor) {
      if ([...targets].every((name) => waitsFor.has(name))) continue;
      waitsFor.delete(node);
      hasChanged = true;
    }
  }
  return components(waitsFor);
}

/** Connected sets, regardless of direction. */
function components(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const groupOf = new Map<string, Set<string>>();
  for (const node of graph.keys()) groupOf.set(node, new Set([node]));
  for (const [node, targets] of graph) {
    for (const target of targets) {
      const own = groupOf.get(node)!;
      const other = groupOf.get(target)!;
      if (own === other) continue;
      for (const member of other) {
        own.add(member);
        groupOf.set(member, own);
      }
    }
  }
  return [...new Set(groupOf.values())].map((group) => [...group].sort());
}
