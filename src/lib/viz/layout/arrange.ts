// The order of the columns as a reader has arranged them, over the nodes that a run has.

export interface Arrangement {
  /** Nodes in the order that was chosen; those that are missing follow in their own. */
  order: readonly string[];
  hidden: readonly string[];
}

/** The columns that are shown, from left to right; all of them rather than none. */
export function columnsOf(
  nodes: readonly string[],
  { order, hidden }: Arrangement,
): readonly string[] {
  if (order.length === 0 && hidden.length === 0) return nodes;
  const known = order.filter((node) => nodes.includes(node));
  const all = [...known, ...nodes.filter((node) => !known.includes(node))];
  const shown = all.filter((node) => !hidden.includes(node));
  return shown.length > 0 ? shown : all;
}

/** Moves a node to a column, counted from the left among those that are shown, or hides it. */
export function arrange(
  nodes: readonly string[],
  arrangement: Arrangement,
  node: string,
  to: number | 'hidden',
): Arrangement {
  const { hidden } = arrangement;
  const shown = columnsOf(nodes, arrangement);
  if (to === 'hidden') {
    return { ...arrangement, hidden: shown.length > 1 ? [...hidden, node] : hidden };
  }
  const order = shown.filter((other) => other !== node);
  order.splice(to, 0, node);
  return { order: [...order, ...hidden], hidden };
}
