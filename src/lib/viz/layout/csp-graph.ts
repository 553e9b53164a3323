// Where processes and channels are drawn: what hangs together stands in a ring, in the order in which its
// ends lead on, so that a circle of processes and channels is a circle in the picture. Pure geometry.

import type { CspChannel, CspLink, CspPicture, CspProcess } from '#lib/trace/csp.ts';

export const ITEM_HEIGHT = 40;
/** From the middle of an item to the middle of the next on its side of the ring. */
const STEP_Y = 76;
const GAP_Y = 40;
const INSET_X = 12;
const INSET_Y = 28;
const WIDTH_MIN = 92;
const WIDTH_MAX = 172;
const CHARACTER_WIDTH = 7.9;
const PADDING = 44;
/** Two lines between the same two, one for each side, stand so far apart. */
const APART = 9;
/** A ring is no wider than this: lines across the whole stage are hard to follow. */
const RING_WIDTH_MAX = 620;

interface Point {
  x: number;
  y: number;
}

export interface PlacedItem {
  key: string;
  isChannel: boolean;
  /** What is written on it. */
  name: string;
  /** Its middle. */
  x: number;
  y: number;
  width: number;
}

export interface PlacedLink {
  link: CspLink;
  /** In the direction in which values go: from the writer to the channel, from the channel to the reader. */
  path: string;
  /** Where its value is written. */
  x: number;
  y: number;
}

export interface CspLayout {
  width: number;
  height: number;
  items: PlacedItem[];
  links: PlacedLink[];
}

/**
 * @param width of what it is drawn in; the picture may be wider where it must
 * @param labelOf what is written on an item
 */
export function layoutCsp(
  picture: CspPicture,
  width: number,
  labelOf: (item: CspProcess | CspChannel) => string = ({ name }) => name,
): CspLayout {
  const names = new Map<string, { name: string; isChannel: boolean }>();
  for (const it of picture.processes) names.set(it.key, { name: labelOf(it), isChannel: false });
  for (const it of picture.channels) names.set(it.key, { name: labelOf(it), isChannel: true });
  const items: PlacedItem[] = [];
  let top = INSET_Y;
  let widest = width;
  for (const keys of groupsOf(names.keys(), picture.links)) {
    const ring = keys.map((key) => {
      const { name, isChannel } = names.get(key)!;
      return { key, name, isChannel, width: widthOf(name), x: 0, y: 0 };
    });
    const size = placeRing(ring, width, top);
    items.push(...ring);
    widest = Math.max(widest, size.width);
    top += size.height + GAP_Y;
  }
  const byKey = new Map(items.map((item) => [item.key, item]));
  const links = picture.links.map((link) => linkPath(link, byKey, picture.links, widest / 2));
  return { width: widest, height: Math.max(0, top - GAP_Y + INSET_Y), items, links };
}

function widthOf(name: string): number {
  const wanted = name.length * CHARACTER_WIDTH + PADDING;
  return Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, wanted)));
}

/** What hangs together, each in the order in which its links lead on. */
function groupsOf(keys: Iterable<string>, links: readonly CspLink[]): string[][] {
  const seen = new Set<string>();
  const groups: string[][] = [];
  const visit = (key: string, group: string[]): void => {
    if (seen.has(key)) return;
    seen.add(key);
    group.push(key);
    for (const next of nextOf(key, links)) visit(next, group);
  };
  for (const key of keys) {
    if (seen.has(key)) continue;
    const group: string[] = [];
    visit(key, group);
    groups.push(group);
  }
  // What meets nobody comes last.
  return groups.sort((a, b) => Number(a.length === 1) - Number(b.length === 1));
}

/** Neighbours: a circle of the deadlocked first, then along the values. */
function nextOf(key: string, links: readonly CspLink[]): string[] {
  const own = links.filter(({ process, channel }) => process === key || channel === key);
  const rank = (link: CspLink): number => {
    const isOnward = (link.side === 'write') === (link.process === key);
    return (link.isDeadlock ? 0 : 2) + (isOnward ? 0 : 1);
  };
  return own
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ process, channel }) => (process === key ? channel : process));
}

/**
 * One goes down the right side and comes back up the left: no two of a side stand closer than a step,
 * whatever the width.
 */
function placeRing(
  ring: PlacedItem[],
  width: number,
  top: number,
): { width: number; height: number } {
  const widest = Math.max(...ring.map((item) => item.width));
  const needed = 2 * widest + 2 * INSET_X + 24;
  const own = Math.max(Math.min(width, RING_WIDTH_MAX), ring.length > 2 ? needed : widest);
  const middle = Math.max(width, own) / 2;
  if (ring.length === 1) {
    Object.assign(ring[0]!, { x: middle, y: top + ITEM_HEIGHT / 2 });
    return { width: own, height: ITEM_HEIGHT };
  }
  const rightCount = Math.floor((ring.length - 1) / 2);
  const leftCount = ring.length - 2 - rightCount;
  const rows = Math.max(rightCount, leftCount) + 1;
  const height = Math.max(rows, 1) * STEP_Y;
  const radius = (own - widest) / 2 - INSET_X;
  const at = (index: number, share: number, side: number): void => {
    // On an ellipse, with equal steps down.
    const bulge = Math.sqrt(Math.max(0, 1 - (2 * share - 1) ** 2));
    const x = middle + side * radius * Math.max(bulge, side === 0 ? 0 : 0.75);
    Object.assign(ring[index]!, { x: round(x), y: round(top + ITEM_HEIGHT / 2 + share * height) });
  };
  at(0, 0, 0);
  for (let index = 1; index <= rightCount; index++) at(index, index / (rightCount + 1), 1);
  at(rightCount + 1, 1, 0);
  for (let index = rightCount + 2; index < ring.length; index++) {
    at(index, (ring.length - index) / (leftCount + 1), -1);
  }
  return { width: own, height: height + ITEM_HEIGHT };
}

function linkPath(
  link: CspLink,
  items: ReadonlyMap<string, PlacedItem>,
  links: readonly CspLink[],
  middleX: number,
): PlacedLink {
  const [process, channel] = [items.get(link.process)!, items.get(link.channel)!];
  const isTwice = links.some(
    (it) => it.process === link.process && it.channel === link.channel && it.side !== link.side,
  );
  const [from, to] = link.side === 'write' ? [process, channel] : [channel, process];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const shift = isTwice ? APART : 0;
  const [dx, dy] = [(-(to.y - from.y) / length) * shift, ((to.x - from.x) / length) * shift];
  const bend = bendOf(from, to, middleX);
  const start = outlineOf(from, bend ?? to);
  const end = outlineOf(to, bend ?? from);
  const [x1, y1, x2, y2] = [start.x + dx, start.y + dy, end.x + dx, end.y + dy];
  const [a, b] = [`${round(x1)} ${round(y1)}`, `${round(x2)} ${round(y2)}`];
  if (!bend) {
    return { link, path: `M${a}L${b}`, x: round((x1 + x2) / 2), y: round((y1 + y2) / 2) };
  }
  return {
    link,
    path: `M${a}Q${round(bend.x)} ${round(bend.y)} ${b}`,
    x: round((x1 + 2 * bend.x + x2) / 4),
    y: round((y1 + 2 * bend.y + y2) / 4),
  };
}

/** Where a line leads past those that stand between its ends on one side of a ring: through the middle. */
function bendOf(from: PlacedItem, to: PlacedItem, middleX: number): Point | null {
  const isOneSide = (from.x - middleX) * (to.x - middleX) > 0;
  if (!isOneSide || Math.abs(from.y - to.y) < 1.5 * STEP_Y) return null;
  return { x: (from.x + to.x) / 2 + (middleX - from.x) * 0.8, y: (from.y + to.y) / 2 };
}

/** Where the way from an item's middle to another leaves its outline. */
function outlineOf({ x, y, width }: PlacedItem, to: Point): Point {
  const [dx, dy] = [to.x - x, to.y - y];
  const scale = Math.min(
    dx === 0 ? Infinity : width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : ITEM_HEIGHT / 2 / Math.abs(dy),
  );
  return Number.isFinite(scale) ? { x: x + dx * scale, y: y + dy * scale } : { x, y };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
