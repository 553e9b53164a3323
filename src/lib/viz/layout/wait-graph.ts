// Where who waits is drawn: those in a circle on a ring, who waits for them above. Pure geometry for any
// model's graph.

import type { WaitEdge, WaitGraph } from '#lib/trace/waits.ts';

export const NODE_HEIGHT = 40;
const NODE_WIDTH_MIN = 88;
const NODE_WIDTH_MAX = 160;
const CHARACTER_WIDTH = 7.9;
const NODE_PADDING = 46;
const GAP_X = 40;
const GAP_Y = 56;
const INSET = 24;
/** Space between neighbours on a ring, along its outline. */
const RING_GAP = 72;
/** How far two arrows between the same two nodes stand apart. */
const BOW = 26;
/** Of an arrow that leads back to its own node: how far it goes out beside it, and how far apart its ends
 *  stand. */
const LOOP = 64;
const LOOP_SPREAD = 20;
/** Free beside a node for such an arrow and its numbers. */
const LOOP_ROOM = LOOP + 36;
const HEAD = 7;

export interface PlacedNode {
  name: string;
  x: number;
  y: number;
  width: number;
}

export interface PlacedEdge {
  /** `client server`. */
  key: string;
  path: string;
  /** Numbers of the waits that it stands for, and where they are written. */
  numbers: readonly number[];
  x: number;
  y: number;
  circle: WaitEdge['circle'];
}

export interface WaitPicture {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

interface Point {
  x: number;
  y: number;
}

/** Nodes that are drawn together: one, or all of a circle. */
interface Block {
  names: readonly string[];
  width: number;
  height: number;
  depth: number;
}

/** @param width of what it is drawn in; the picture may be wider where it must */
export function layoutWaits(graph: WaitGraph, width: number): WaitPicture {
  const names = orderOf(graph);
  const widths = new Map(names.map((name) => [name, widthOf(name)]));
  const blocks = blocksOf(graph, names, widths, width);
  const rows = rowsOf(blocks, width);
  const picture: WaitPicture = { width, height: INSET, nodes: [], edges: [] };
  for (const row of rows) picture.width = Math.max(picture.width, rowWidth(row) + 2 * INSET);
  for (const row of rows) {
    const height = Math.max(...row.map((block) => block.height));
    let x = (picture.width - rowWidth(row)) / 2;
    for (const block of row) {
      place(block, x + block.width / 2, picture.height + height / 2, widths, picture);
      x += block.width + GAP_X;
    }
    picture.height += height + GAP_Y;
  }
  picture.height += INSET - GAP_Y;
  picture.edges = edgesOf(graph, new Map(picture.nodes.map((node) => [node.name, node])));
  return picture;
}

function widthOf(name: string): number {
  const wanted = name.length * CHARACTER_WIDTH + NODE_PADDING;
  return Math.round(Math.min(NODE_WIDTH_MAX, Math.max(NODE_WIDTH_MIN, wanted)));
}

/** Along the arrows, from those that nobody waits for. */
function orderOf({ nodes, edges }: WaitGraph): string[] {
  const isAwaited = new Set(edges.flatMap(({ to }) => to));
  const first = nodes.filter(({ name }) => !isAwaited.has(name));
  const order = new Set<string>();
  const visit = (name: string): void => {
    if (order.has(name)) return;
    order.add(name);
    for (const { from, to } of edges) if (from === name) to.forEach(visit);
  };
  for (const { name } of [...first, ...nodes]) visit(name);
  return [...order];
}

function blocksOf(
  graph: WaitGraph,
  names: readonly string[],
  widths: ReadonlyMap<string, number>,
  width: number,
): Block[] {
  const reach = new Map(names.map((name) => [name, reachable(graph, name)]));
  const blocks: Block[] = [];
  const blockOf = new Map<string, Block>();
  for (const name of names) {
    if (blockOf.has(name)) continue;
    const members = names.filter(
      (other) => other === name || (reach.get(name)!.has(other) && reach.get(other)!.has(name)),
    );
    const block = { names: members, depth: 0, ...sizeOf(members, widths, width) };
    if (members.length === 1 && reach.get(name)!.has(name)) block.width += 2 * LOOP_ROOM;
    for (const member of members) blockOf.set(member, block);
    blocks.push(block);
  }
  // Longest way from the top: as many rounds as there are blocks are enough.
  for (const _ of blocks) {
    for (const { from, to } of graph.edges) {
      for (const target of to) {
        const [above, below] = [blockOf.get(from)!, blockOf.get(target)!];
        if (above !== below) below.depth = Math.max(below.depth, above.depth + 1);
      }
    }
  }
  return blocks;
}

function reachable({ edges }: WaitGraph, from: string): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const edge of edges) {
      if (edge.from !== name) continue;
      for (const target of edge.to) {
        if (seen.has(target)) continue;
        seen.add(target);
        open.push(target);
      }
    }
  }
  return seen;
}

function sizeOf(
  names: readonly string[],
  widths: ReadonlyMap<string, number>,
  width: number,
): { width: number; height: number } {
  if (names.length === 1) return { width: widths.get(names[0]!)!, height: NODE_HEIGHT };
  const widest = Math.max(...names.map((name) => widths.get(name)!));
  if (names.length === 2) {
    const side = 2 * widest + 2 * RING_GAP;
    return side <= width - 2 * INSET
      ? { width: side, height: NODE_HEIGHT + 2 * BOW }
      : { width: widest + 2 * BOW, height: 2 * NODE_HEIGHT + RING_GAP };
  }
  const outline = names.length * (NODE_HEIGHT + RING_GAP);
  const tall = Math.max(2 * NODE_HEIGHT + RING_GAP, outline / Math.PI + NODE_HEIGHT);
  const height = ((tall - NODE_HEIGHT) / 2) * (1 + lowest(names.length)) + NODE_HEIGHT;
  const wanted = Math.max(2 * widest + RING_GAP, (outline * 1.3) / Math.PI + widest);
  return { width: Math.min(wanted, Math.max(width - 2 * INSET, 2 * widest + GAP_X)), height };
}

/** How far down the lowest of so many on a circle stands that begin at its top, of its radius. */
function lowest(count: number): number {
  return count % 2 === 0 ? 1 : Math.cos(Math.PI / count);
}

/** Blocks of one depth side by side, in as many rows as they need. */
function rowsOf(blocks: readonly Block[], width: number): Block[][] {
  const rows: Block[][] = [];
  const deepest = Math.max(0, ...blocks.map(({ depth }) => depth));
  for (let depth = 0; depth <= deepest; depth++) {
    let row: Block[] = [];
    for (const block of blocks.filter((it) => it.depth === depth)) {
      if (row.length > 0 && rowWidth([...row, block]) > width - 2 * INSET) {
        rows.push(row);
        row = [];
      }
      row.push(block);
    }
    if (row.length > 0) rows.push(row);
  }
  return rows;
}

function rowWidth(row: readonly Block[]): number {
  return row.reduce((sum, block) => sum + block.width, 0) + GAP_X * (row.length - 1);
}

function place(
  { names, width, height }: Block,
  x: number,
  y: number,
  widths: ReadonlyMap<string, number>,
  picture: WaitPicture,
): void {
  const widest = Math.max(...names.map((name) => widths.get(name)!));
  const isBeside = names.length === 2 && width - widest > height - NODE_HEIGHT;
  const reach = isBeside ? 1 : lowest(names.length);
  const radius = { x: (width - widest) / 2, y: (height - NODE_HEIGHT) / (1 + reach) };
  // A ring of three does not reach as far down as up.
  const middle = y + (radius.y * (1 - reach)) / 2;
  names.forEach((name, index) => {
    // Two stand beside each other, more go round from the top.
    const angle = (2 * Math.PI * index) / names.length - (isBeside ? Math.PI : Math.PI / 2);
    const isAlone = names.length === 1;
    picture.nodes.push({
      name,
      x: isAlone ? x : round(x + radius.x * Math.cos(angle)),
      y: isAlone ? y : round(isBeside ? y : middle + radius.y * Math.sin(angle)),
      width: widths.get(name)!,
    });
  });
}

function edgesOf({ edges }: WaitGraph, nodes: ReadonlyMap<string, PlacedNode>): PlacedEdge[] {
  const merged = new Map<string, { numbers: number[]; circle: WaitEdge['circle'] }>();
  for (const { from, to, number, circle } of edges) {
    for (const target of to) {
      const key = `${from} ${target}`;
      const edge = merged.get(key) ?? { numbers: [], circle: null };
      edge.numbers.push(number);
      if (edge.circle !== 'deadlock') edge.circle = circle ?? edge.circle;
      merged.set(key, edge);
    }
  }
  return [...merged].map(([key, edge]) => {
    const [from, to] = key.split(' ').map((name) => nodes.get(name)!) as [PlacedNode, PlacedNode];
    const isMutual = merged.has(`${to.name} ${from.name}`);
    return { key, ...edge, ...(from === to ? loopAt(from) : arrow(from, to, isMutual)) };
  });
}

function arrow(from: PlacedNode, to: PlacedNode, isMutual: boolean): { path: string } & Point {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const bow = isMutual ? BOW * 2 : 0;
  const bend = {
    x: middle.x + ((to.y - from.y) / length) * bow,
    y: middle.y - ((to.x - from.x) / length) * bow,
  };
  const start = edgeOf(from, bend);
  const tip = edgeOf(to, bend);
  const back = Math.hypot(bend.x - tip.x, bend.y - tip.y) || 1;
  const end = {
    x: tip.x + ((bend.x - tip.x) / back) * HEAD,
    y: tip.y + ((bend.y - tip.y) / back) * HEAD,
  };
  const [a, b, c] = [start, bend, end].map(({ x, y }) => `${round(x)} ${round(y)}`);
  return {
    path: `M${a}Q${b} ${c}`,
    x: round((start.x + 2 * bend.x + end.x) / 4),
    y: round((start.y + 2 * bend.y + end.y) / 4),
  };
}

/** On the right of its node, where its numbers cover neither. */
function loopAt({ x, y, width }: PlacedNode): { path: string } & Point {
  const side = x + width / 2;
  const [top, bottom] = [y - LOOP_SPREAD / 2, y + LOOP_SPREAD / 2];
  // A curve comes three quarters as far out as the points that draw it.
  const out = round(side + LOOP / 0.75);
  const path = `M${side} ${top}C${out} ${top - LOOP_SPREAD} ${out} ${bottom + LOOP_SPREAD} ${side + HEAD} ${bottom}`;
  return { path, x: round(side + LOOP), y };
}

/** Where the way from a node's middle to a point leaves its outline. */
function edgeOf({ x, y, width }: PlacedNode, to: Point): Point {
  const [dx, dy] = [to.x - x, to.y - y];
  const scale = Math.min(
    dx === 0 ? Infinity : width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : NODE_HEIGHT / 2 / Math.abs(dy),
  );
  return Number.isFinite(scale) ? { x: x + dx * scale, y: y + dy * scale } : { x, y };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
