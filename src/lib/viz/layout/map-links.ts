// The lines of the map: one for each pair of nodes that talks, around cards that stand between, with a
// place for its switch; and where on a line a message is. A message keeps to the right of its way, so
// that those in the other direction pass beside it.

import type { Point, PlacedNode, Topology } from './topology.ts';

export interface MapLink {
  /** `client redis`. */
  key: string;
  a: string;
  b: string;
  /** From the edge of one card to the edge of the other, bent towards `bend` where it is no straight line. */
  from: Point;
  bend: Point;
  to: Point;
  isBent: boolean;
  /** Where its switch is. */
  handle: Point;
}

/** Half the way between the two directions. */
const LANE = 5;
/** A line keeps so far from a card that it does not lead to. */
const CLEAR = 10;
/** Between the switches of two links. */
const HANDLE_DISTANCE = 26;
const HANDLE_SHARES = [0.5, 0.4, 0.6, 0.32, 0.68, 0.26, 0.74];

export function layoutLinks(
  map: Topology,
  pairs: readonly { readonly a: string; readonly b: string }[],
): MapLink[] {
  const places = new Map(map.nodes.map((node) => [node.name, node]));
  const handles: Point[] = [];
  return pairs.flatMap(({ a, b }) => {
    const [start, end] = [places.get(a), places.get(b)];
    if (!start || !end) return [];
    const bend = bendOf(map, start, end);
    const isBent = bend !== null;
    const middle = bend ?? { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
    const from = edgeOf(map, start, middle);
    const to = edgeOf(map, end, middle);
    const line = {
      ...{ key: `${a} ${b}`, a, b, from, to, isBent },
      bend: isBent ? middle : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
    };
    const handle = handleOf(line, handles);
    handles.push(handle);
    return [{ ...line, handle }];
  });
}

/** Half-way, moved aside where another card stands in between; null where the way is free. */
function bendOf(map: Topology, start: PlacedNode, end: PlacedNode): Point | null {
  const others = map.nodes.filter((node) => node !== start && node !== end);
  const isFree = (bend: Point): boolean =>
    !others.some((node) => passes(map, node, [start, bend, end]));
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  if (isFree(middle)) return null;
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const [nx, ny] = [(start.y - end.y) / length, (end.x - start.x) / length];
  for (const aside of [60, -60, 110, -110, 170, -170, 240, -240]) {
    const bend = { x: Math.round(middle.x + aside * nx), y: Math.round(middle.y + aside * ny) };
    const isInside = bend.x > 0 && bend.y > 0 && bend.x < map.width && bend.y < map.height;
    if (isInside && isFree(bend)) return bend;
  }
  return null;
}

/** The curve comes too near to a card. */
function passes(
  { cardWidth, cardHeight }: Topology,
  { x, y }: Point,
  [from, bend, to]: readonly [Point, Point, Point],
): boolean {
  const steps = 24;
  for (let step = 1; step < steps; step++) {
    const at = onCurve(from, bend, to, step / steps);
    const isBeside =
      Math.abs(at.x - x) > cardWidth / 2 + CLEAR || Math.abs(at.y - y) > cardHeight / 2 + CLEAR;
    if (!isBeside) return true;
  }
  return false;
}

/** Where the way from the middle of a card to a point leaves it. */
function edgeOf({ cardWidth, cardHeight }: Topology, { x, y }: Point, towards: Point): Point {
  const [dx, dy] = [towards.x - x, towards.y - y];
  const scale = Math.min(
    dx === 0 ? Infinity : cardWidth / 2 / Math.abs(dx),
    dy === 0 ? Infinity : cardHeight / 2 / Math.abs(dy),
  );
  if (!Number.isFinite(scale)) return { x, y };
  return { x: round(x + dx * scale), y: round(y + dy * scale) };
}

/** Half-way, or as near to that as other switches leave room. */
function handleOf(line: Pick<MapLink, 'from' | 'bend' | 'to'>, taken: readonly Point[]): Point {
  const at = (share: number): Point => {
    const { x, y } = onCurve(line.from, line.bend, line.to, share);
    return { x: Math.round(x), y: Math.round(y) };
  };
  const free = HANDLE_SHARES.find((share) => {
    const { x, y } = at(share);
    return taken.every((other) => Math.hypot(other.x - x, other.y - y) >= HANDLE_DISTANCE);
  });
  return at(free ?? 0.5);
}

function onCurve(from: Point, bend: Point, to: Point, share: number): Point {
  const rest = 1 - share;
  const [a, b, c] = [rest * rest, 2 * rest * share, share * share];
  return { x: a * from.x + b * bend.x + c * to.x, y: a * from.y + b * bend.y + c * to.y };
}

/** Where a message is that has gone `share` of its way from `sender`, which is one of the link's two. */
export function pointOn(link: MapLink, sender: string, share: number): Point {
  const isThere = sender === link.a;
  const [from, to] = isThere ? [link.from, link.to] : [link.to, link.from];
  const { x, y } = onCurve(from, link.bend, to, share);
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return {
    x: round(x - (LANE * (to.y - from.y)) / length),
    y: round(y + (LANE * (to.x - from.x)) / length),
  };
}

/** SVG path data of the way that a message has gone so far, or of the whole link without a sender. */
export function pathOn(link: MapLink, sender?: string, share = 1): string {
  if (sender === undefined) {
    const [from, bend, to] = [link.from, link.bend, link.to].map(pair);
    return link.isBent ? `M${from}Q${bend} ${to}` : `M${from}L${to}`;
  }
  const start = pair(pointOn(link, sender, 0));
  const end = pair(pointOn(link, sender, share));
  if (!link.isBent) return `M${start}L${end}`;
  // The part of a curve of the second degree is one again, bent towards this point.
  const half = pointOn(link, sender, share / 2);
  const [first, last] = [pointOn(link, sender, 0), pointOn(link, sender, share)];
  const bend = {
    x: round(2 * half.x - (first.x + last.x) / 2),
    y: round(2 * half.y - (first.y + last.y) / 2),
  };
  return `M${start}Q${pair(bend)} ${end}`;
}

function pair({ x, y }: Point): string {
  return `${x} ${y}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
