// Where nodes stand on the map: those that most others talk with in the middle, the rest around them,
// the nodes of one machine together in its box. A pure function of names, machines and who talks with
// whom: the same experiment has the same places in every browser, so nothing here is left to a
// function that engines compute differently, and every place is a whole pixel.

export interface TopologyOptions {
  nodes: readonly string[];
  /** Machine by node; a node that is missing has a machine of its own. */
  machines: ReadonlyMap<string, string>;
  /** Pairs of nodes that talk. */
  pairs: readonly { a: string; b: string }[];
  /** Of the stage. The map may be larger where it must. */
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A node, by the middle of its card. */
export interface PlacedNode extends Point {
  name: string;
}

/** A machine of several nodes, by its left and top edge. */
export interface PlacedMachine extends Point {
  name: string;
  width: number;
  height: number;
}

export interface Topology {
  width: number;
  height: number;
  cardWidth: number;
  cardHeight: number;
  /** Cards have room for initials only. */
  isSmall: boolean;
  nodes: PlacedNode[];
  machines: PlacedMachine[];
}

const INSET = 20;
const CARD = { min: 112, phoneMin: 92, max: 136, height: 48, small: 56, smallHeight: 28 };
/** Above so many nodes cards shrink. */
const SMALL_COUNT = 12;
const PHONE_WIDTH = 480;
/** Between neighbours at least. */
const SEAT_GAP = 8;
/** Each ring inside another is smaller by this share of the outermost, that of the hubs by more. */
const RING_STEP = 0.26;
const HUB_STEP = 0.12;
/** The map grows so much at a time until every card has its place. */
const GROWTH = 1.2;
const GROW_TRIES = 20;
/** A machine's box: space around its cards, and above them for its name. */
const BOX = { inset: 14, head: 24, gap: 24 };
/** Of those that take part, a hub talks with at least so many. */
const HUB_SHARE = 0.6;
/** Orders are improved up to so many blocks; beyond, that of the file stays. */
const ORDER_LIMIT = 40;
const ORDER_ROUNDS = 8;

/** What is placed as one: a node, or a machine with several. */
interface Block {
  machine: string;
  nodes: readonly string[];
  width: number;
  height: number;
}

export function layoutTopology(options: TopologyOptions): Topology {
  const { nodes, width, height } = options;
  const isSmall = nodes.length > SMALL_COUNT;
  const map: Topology = {
    ...{ width, height, isSmall, nodes: [], machines: [] },
    cardWidth: isSmall ? CARD.small : cardWidth(nodes, width),
    cardHeight: isSmall ? CARD.smallHeight : CARD.height,
  };
  const blocks = blocksOf(options, map);
  if (blocks.length === 0) return map;
  const alone = blocks.length === 1 && blocks[0]!.nodes.length > 1;
  const frame = alone ? BOX.head : 0;
  const unordered = alone ? blocks[0]!.nodes.map((name) => nodeBlock(name, map)) : blocks;
  const items = orderOf(unordered, linksOf(unordered, options.pairs));
  const area = { left: INSET, top: INSET + frame, width: width - 2 * INSET, height: 0 };
  area.height = height - area.top - INSET;
  const centres = arrange(items, linksOf(items, options.pairs), area);
  items.forEach((block, index) => place(block, centres[index]!, map));
  if (alone) map.machines.push({ name: blocks[0]!.machine, ...boxAround(map) });
  return grown(map);
}

function cardWidth(nodes: readonly string[], width: number): number {
  const longest = Math.max(0, ...nodes.map((name) => name.length));
  const [least, most] = width < PHONE_WIDTH ? [CARD.phoneMin, 104] : [CARD.min, CARD.max];
  return Math.min(most, Math.max(least, 8 * longest + 36));
}

function nodeBlock(name: string, { cardWidth, cardHeight }: Topology): Block {
  return { machine: name, nodes: [name], width: cardWidth, height: cardHeight };
}

/** In the order of their first nodes. */
function blocksOf({ nodes, machines }: TopologyOptions, map: Topology): Block[] {
  const members = new Map<string, string[]>();
  for (const name of nodes) {
    const machine = machines.get(name) ?? name;
    const known = members.get(machine);
    if (known) known.push(name);
    else members.set(machine, [name]);
  }
  return [...members].map(([machine, names]): Block => {
    if (names.length === 1) return { ...nodeBlock(names[0]!, map), machine };
    const { columns, rows } = gridOf(names.length);
    return {
      machine,
      nodes: names,
      width: columns * (map.cardWidth + BOX.gap) - BOX.gap + 2 * BOX.inset,
      height: rows * (map.cardHeight + BOX.gap) - BOX.gap + BOX.head + BOX.inset,
    };
  });
}

/** Inside a machine: one below the other, from four on in columns. */
function gridOf(count: number): { columns: number; rows: number } {
  let columns = count < 4 ? 1 : 2;
  while (columns * columns * 2 < count) columns++;
  return { columns, rows: Math.ceil(count / columns) };
}

/** Which blocks talk with which. */
function linksOf(
  blocks: readonly Block[],
  pairs: readonly { a: string; b: string }[],
): Set<number>[] {
  const indexOf = new Map<string, number>();
  blocks.forEach(({ nodes }, index) => nodes.forEach((name) => indexOf.set(name, index)));
  const links = blocks.map(() => new Set<number>());
  for (const { a, b } of pairs) {
    const [from, to] = [indexOf.get(a), indexOf.get(b)];
    if (from === undefined || to === undefined || from === to) continue;
    links[from]!.add(to);
    links[to]!.add(from);
  }
  return links;
}

/** Those with whom most talk, while they are few. */
function hubsOf(links: readonly ReadonlySet<number>[]): number[] {
  const talking = links.filter(({ size }) => size > 0).length;
  if (talking < 3) return [];
  const least = Math.max(2, HUB_SHARE * (talking - 1));
  const hubs = links.flatMap(({ size }, index) => (size >= least ? [index] : []));
  return hubs.length * 3 <= links.length ? hubs : [];
}

/** So that who talks stands near: two change places while that shortens the ways round. */
function orderOf(blocks: readonly Block[], links: readonly ReadonlySet<number>[]): Block[] {
  const order = blocks.map((_, index) => index);
  if (blocks.length <= ORDER_LIMIT) {
    for (let round = 0; round < ORDER_ROUNDS && improve(order, links); round++);
  }
  return order.map((index) => blocks[index]!);
}

function improve(order: number[], links: readonly ReadonlySet<number>[]): boolean {
  let isBetter = false;
  let length = wayLength(order, links);
  for (let a = 0; a < order.length; a++) {
    for (let b = a + 1; b < order.length; b++) {
      [order[a], order[b]] = [order[b]!, order[a]!];
      const next = wayLength(order, links);
      if (next < length) {
        length = next;
        isBetter = true;
      } else [order[a], order[b]] = [order[b]!, order[a]!];
    }
  }
  return isBetter;
}

/** Of all links, round the ring; a whole number. */
function wayLength(order: readonly number[], links: readonly ReadonlySet<number>[]): number {
  const positions = new Map(order.map((block, position) => [block, position]));
  let length = 0;
  links.forEach((others, block) => {
    for (const other of others) {
      const way = Math.abs(positions.get(block)! - positions.get(other)!);
      length += Math.min(way, order.length - way);
    }
  });
  return length;
}

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The middle of each block, in an area that grows until none covers another. */
function arrange(
  blocks: readonly Block[],
  links: readonly ReadonlySet<number>[],
  area: Area,
): Point[] {
  const hubs = hubsOf(links);
  const others = blocks.map((_, index) => index).filter((index) => !hubs.includes(index));
  let { width, height } = area;
  for (let tries = 0; ; tries++) {
    const grown = { ...area, width, height };
    const centres = ringsIn(blocks, others, hubs, grown);
    if (tries === GROW_TRIES || !isCrowded(blocks, centres)) return centres;
    width *= GROWTH;
    height *= GROWTH;
  }
}

/** Ring inside ring, as many on each as it has room for; hubs on the innermost, or alone in the middle. */
function ringsIn(
  blocks: readonly Block[],
  others: readonly number[],
  hubs: readonly number[],
  area: Area,
): Point[] {
  const centres = blocks.map(() => ({ x: 0, y: 0 }));
  const widest = Math.max(...blocks.map(({ width }) => width));
  const seat = (ring: readonly number[], share: number): void => {
    const points = ringPoints(ring, blocks, area, share);
    ring.forEach((index, position) => (centres[index] = points[position]!));
  };
  let left = others;
  let share = 1;
  for (; left.length > 0; share -= RING_STEP) {
    const around = 1.5 * Math.max(0, share) * (area.width + area.height - 2 * widest);
    const capacity = Math.max(1, Math.floor(around / (widest + SEAT_GAP)));
    // A few too many are no reason for a ring of their own.
    const count = left.length <= Math.max(4, capacity + 2) ? left.length : capacity;
    seat(left.slice(0, count), share);
    left = left.slice(count);
  }
  if (hubs.length > 0) seat(hubs, hubs.length === 1 ? 0 : Math.max(0.2, share - HUB_STEP));
  return centres;
}

function isCrowded(blocks: readonly Block[], centres: readonly Point[]): boolean {
  return blocks.some((one, index) =>
    blocks.slice(index + 1).some((other, offset) => {
      const [a, b] = [centres[index]!, centres[index + 1 + offset]!];
      const isBeside =
        Math.abs(a.x - b.x) >= (one.width + other.width) / 2 + SEAT_GAP ||
        Math.abs(a.y - b.y) >= (one.height + other.height) / 2 + SEAT_GAP;
      return !isBeside;
    }),
  );
}

function ringPoints(
  ring: readonly number[],
  blocks: readonly Block[],
  { left, top, width, height }: Area,
  share: number,
): Point[] {
  const middle = { x: left + width / 2, y: top + height / 2 };
  const isWide = width >= height;
  return ring.map((index, position) => {
    const block = blocks[index]!;
    if (share === 0 || (ring.length === 1 && share === 1)) return rounded(middle);
    // Two stand along the longer side, more go round from the top.
    const start = ring.length === 2 && isWide ? 0.5 : 0.75;
    const { x, y } = onCircle(start + position / ring.length);
    return rounded({
      x: middle.x + share * x * Math.max(0, (width - block.width) / 2),
      y: middle.y + share * y * Math.max(0, (height - block.height) / 2),
    });
  });
}

/**
 * A point of the unit circle after so many turns, by Bhaskara's formula for the sine: it errs by a
 * 600th at most, and needs only operations that every engine computes alike.
 */
function onCircle(turns: number): Point {
  return { x: sine(turns + 0.25), y: sine(turns) };
}

function sine(turns: number): number {
  const part = turns - Math.floor(turns);
  const half = part < 0.5 ? 2 * part : 2 * part - 1;
  const product = half * (1 - half);
  const value = (16 * product) / (5 - 4 * product);
  return part < 0.5 ? value : -value;
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}

function place(block: Block, centre: Point, map: Topology): void {
  const [name] = block.nodes;
  if (block.nodes.length === 1) return void map.nodes.push({ name: name!, ...centre });
  const { columns } = gridOf(block.nodes.length);
  const box = {
    x: centre.x - Math.round(block.width / 2),
    y: centre.y - Math.round(block.height / 2),
  };
  const { machine, width, height } = block;
  map.machines.push({ name: machine, ...box, width, height });
  block.nodes.forEach((name, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    map.nodes.push({
      name,
      x: box.x + BOX.inset + column * (map.cardWidth + BOX.gap) + map.cardWidth / 2,
      y: box.y + BOX.head + row * (map.cardHeight + BOX.gap) + map.cardHeight / 2,
    });
  });
}

function boxAround({ nodes, cardWidth, cardHeight }: Topology): Omit<PlacedMachine, 'name'> {
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
  const x = Math.min(...xs) - cardWidth / 2 - BOX.inset;
  const y = Math.min(...ys) - cardHeight / 2 - BOX.head;
  const width = Math.max(...xs) + cardWidth / 2 + BOX.inset - x;
  return { x, y, width, height: Math.max(...ys) + cardHeight / 2 + BOX.inset - y };
}

/** In the middle of the stage where there is room, else as large as it must be. */
function grown(map: Topology): Topology {
  const boxes = [
    ...map.machines,
    ...map.nodes.map(({ x, y }) => ({
      x: x - map.cardWidth / 2,
      y: y - map.cardHeight / 2,
      width: map.cardWidth,
      height: map.cardHeight,
    })),
  ];
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
  const shift = {
    x: Math.max(INSET / 2, Math.floor((map.width - width) / 2)) - left,
    y: Math.max(INSET / 2, Math.floor((map.height - height) / 2)) - top,
  };
  for (const placed of [...map.nodes, ...map.machines]) {
    placed.x += shift.x;
    placed.y += shift.y;
  }
  return {
    ...map,
    width: Math.max(map.width, width + INSET),
    height: Math.max(map.height, height + INSET),
  };
}
