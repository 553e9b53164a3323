// Deadlock by KT8: a set of processes whose waits can be ended only by members of the set.

import type { Waiting } from '#lib/protocol/trace.ts';

/** The deadlocked sets, each sorted by name. A wait with a due time, or with an outsider who could end it, is none. */
export function findDeadlocks(waiting: readonly Waiting[]): string[][] {
  const waitsFor = new Map<string, Set<string>>();
  for (const { node, by, dueUs } of waiting) {
    if (dueUs !== undefined || !by?.length) continue;
    const targets = waitsFor.get(node) ?? new Set();
    for (const name of by) targets.add(name);
    waitsFor.set(node, targets);
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
