// Which node is on which machine, as far as cluster.json can be read: somebody may be writing it.

/** Machine by node, of the nodes that name one. */
export function machinesOf(text: string | undefined): ReadonlyMap<string, string> {
  const machines = new Map<string, string>();
  try {
    const { nodes } = JSON.parse(text ?? '{}') as { nodes?: Record<string, unknown> };
    for (const [node, spec] of Object.entries(nodes ?? {})) {
      const machine = (spec as { machine?: unknown } | null)?.machine;
      if (typeof machine === 'string') machines.set(node, machine);
    }
  } catch {
    // What is wrong there is said when it is run.
  }
  return machines;
}
