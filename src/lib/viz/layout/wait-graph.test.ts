import { describe, expect, test } from 'vitest';
import type { WaitEdge, WaitGraph } from '#lib/trace/waits.ts';
import { layoutWaits, NODE_HEIGHT } from './wait-graph.ts';

/** `graph('a b', 'b c')`: a waits for b, b for c. */
function graph(...pairs: string[]): WaitGraph {
  const edges = pairs.map((pair, index): WaitEdge => {
    const [from, ...to] = pair.split(' ');
    const told = { what: '', line: '', sinceUs: 0, id: index, question: null, circle: null };
    return { number: index + 1, from: from!, to, ...told };
  });
  const names = new Set(edges.flatMap(({ from, to }) => [from, ...to]));
  return { nodes: [...names].map((name) => ({ name, life: 'alive' })), edges, closedUs: null };
}

const overlap = (graph: WaitGraph, width: number): string[] => {
  const { nodes } = layoutWaits(graph, width);
  return nodes.flatMap((one, index) =>
    nodes
      .slice(index + 1)
      .filter(
        (other) =>
          Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
          Math.abs(one.y - other.y) < NODE_HEIGHT,
      )
      .map((other) => `${one.name} ${other.name}`),
  );
};

describe('the picture of who waits', () => {
  test('whoever is waited for stands below', () => {
    const { nodes } = layoutWaits(graph('client a', 'a b', 'other a'), 560);
    const y = Object.fromEntries(nodes.map((node) => [node.name, node.y]));
    expect(y['client']).toBe(y['other']);
    expect(y['client']!).toBeLessThan(y['a']!);
    expect(y['a']!).toBeLessThan(y['b']!);
  });

  test('two that wait for each other stand side by side where there is room, with two arrows', () => {
    const wide = layoutWaits(graph('a b', 'b a', 'a b'), 560);
    expect(wide.nodes[0]!.y).toBe(wide.nodes[1]!.y);
    expect(wide.edges.map(({ numbers }) => numbers)).toEqual([[1, 3], [2]]);
    expect(wide.edges[0]!.y).not.toBe(wide.edges[1]!.y);
    const narrow = layoutWaits(graph('a b', 'b a'), 200);
    expect(narrow.nodes[0]!.x).toBe(narrow.nodes[1]!.x);
  });

  test('nothing lies over anything, and all lies inside', () => {
    const ring = Array.from({ length: 7 }, (_, index) => `node${index} node${(index + 1) % 7}`);
    const crowd = Array.from({ length: 20 }, (_, index) => `client${index} server`);
    for (const pairs of [
      ring,
      crowd,
      ['client a', 'a b', 'b c', 'c a'],
      ['a b c d'],
      ['a a', 'b b', 'c c'],
    ]) {
      for (const width of [340, 560, 900]) {
        expect(overlap(graph(...pairs), width), `${pairs[0]} at ${width}`).toEqual([]);
        const picture = layoutWaits(graph(...pairs), width);
        for (const { x, y, width: own } of picture.nodes) {
          expect(x - own / 2).toBeGreaterThanOrEqual(0);
          expect(x + own / 2).toBeLessThanOrEqual(picture.width);
          expect(y + NODE_HEIGHT / 2).toBeLessThanOrEqual(picture.height);
        }
      }
    }
  });

  test('who waits for itself has an arrow beside it, clear of the node and of its neighbours', () => {
    const { nodes, edges } = layoutWaits(graph('a a', 'a a', 'b b'), 900);
    expect(edges).toMatchObject([
      { key: 'a a', numbers: [1, 2] },
      { key: 'b b', numbers: [3] },
    ]);
    const [a, b] = nodes;
    expect(edges[0]!.y).toBe(a!.y);
    expect(edges[0]!.x - 30).toBeGreaterThan(a!.x + a!.width / 2);
    expect(edges[0]!.x + 30).toBeLessThan(b!.x - b!.width / 2);
  });
});
