import { describe, expect, test } from 'vitest';
import { layoutLinks, pathOn, pointOn } from './map-links.ts';
import { layoutTopology, type Topology } from './topology.ts';

const size = { width: 584, height: 520 };
const alone: ReadonlyMap<string, string> = new Map();
const star = (hub: string, leaves: readonly string[]) => leaves.map((a) => ({ a, b: hub }));

function overlapCount({ nodes, cardWidth, cardHeight }: Topology): number {
  let count = 0;
  nodes.forEach((one, index) => {
    for (const other of nodes.slice(index + 1)) {
      const isApart =
        Math.abs(one.x - other.x) >= cardWidth || Math.abs(one.y - other.y) >= cardHeight;
      if (!isApart) count++;
    }
  });
  return count;
}

describe('places on the map', () => {
  test('whom most talk with stands in the middle, the others around it', () => {
    const nodes = ['client', 'broker', 'worker1', 'worker2'];
    const pairs = star('broker', ['client', 'worker1', 'worker2']);
    const map = layoutTopology({ nodes, machines: alone, pairs, ...size });
    const broker = map.nodes.find(({ name }) => name === 'broker')!;
    const others = map.nodes.filter(({ name }) => name !== 'broker');
    for (const { x: ax, y: ay } of others) {
      for (const { x: bx, y: by } of others) {
        // Nobody is nearer to another than to the middle.
        const toBroker = Math.hypot(ax - broker.x, ay - broker.y);
        if (ax !== bx) expect(Math.hypot(ax - bx, ay - by)).toBeGreaterThan(toBroker);
      }
    }
  });

  test('where all talk with all there is no middle', () => {
    const nodes = ['a', 'b', 'c', 'd'];
    const pairs = [...star('a', ['b', 'c', 'd']), ...star('b', ['c', 'd']), ...star('c', ['d'])];
    const map = layoutTopology({ nodes, machines: alone, pairs, ...size });
    expect(map.nodes.filter(({ x, y }) => x === 292 && y === 260)).toEqual([]);
  });

  test('neighbours in a ring stand beside each other, whatever their order in the file', () => {
    const nodes = ['a', 'd', 'b', 'e', 'c', 'f'];
    const ring = ['a', 'b', 'c', 'd', 'e', 'f'];
    const pairs = ring.map((a, index) => ({ a, b: ring[(index + 1) % 6]! }));
    const map = layoutTopology({ nodes, machines: alone, pairs, ...size });
    const order = map.nodes.map(({ name }) => ring.indexOf(name));
    order.forEach((position, index) => {
      const next = order[(index + 1) % 6]!;
      expect([1, 5]).toContain(Math.abs(position - next));
    });
  });

  test('the same experiment has the same places, in whole pixels', () => {
    const nodes = Array.from({ length: 9 }, (_, index) => `node${index}`);
    const pairs = star(
      'node3',
      nodes.filter((name) => name !== 'node3'),
    );
    const options = { nodes, machines: alone, pairs, ...size };
    const map = layoutTopology(options);
    expect(layoutTopology(options)).toEqual(map);
    expect(map.nodes.every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))).toBe(true);
    // Written down: another engine must come to these.
    expect(map.nodes.map(({ x, y }) => `${x},${y}`).join(' ')).toMatchInlineSnapshot(
      `"292,44 444,108 508,260 292,260 444,412 292,476 140,412 76,260 140,108"`,
    );
  });

  test.each([2, 3, 4, 5, 8, 12, 16, 24, 60])('%i cards do not cover each other', (count) => {
    const nodes = Array.from({ length: count }, (_, index) => `n${index}`);
    for (const pairs of [[], star('n0', nodes.slice(1))]) {
      const map = layoutTopology({ nodes, machines: alone, pairs, ...size });
      expect(map.nodes).toHaveLength(count);
      expect(overlapCount(map)).toBe(0);
    }
  });

  test('on a phone too', () => {
    const nodes = ['client', 'broker', 'worker1', 'worker2', 'worker3'];
    const pairs = star(
      'broker',
      nodes.filter((name) => name !== 'broker'),
    );
    const map = layoutTopology({ nodes, machines: alone, pairs, width: 390, height: 360 });
    expect(overlapCount(map)).toBe(0);
    expect(map.width).toBe(390);
  });

  test('the nodes of one machine stand in its box, the others outside', () => {
    const nodes = ['client', 'server', 'cache', 'logger'];
    const machines = new Map([
      ['server', 'm1'],
      ['cache', 'm1'],
    ]);
    const map = layoutTopology({ nodes, machines, pairs: star('server', ['client']), ...size });
    const [box] = map.machines;
    expect(map.machines.map(({ name }) => name)).toEqual(['m1']);
    const inside = map.nodes.filter(
      ({ x, y }) => x > box!.x && x < box!.x + box!.width && y > box!.y && y < box!.y + box!.height,
    );
    expect(inside.map(({ name }) => name).sort()).toEqual(['cache', 'server']);
    expect(overlapCount(map)).toBe(0);
  });

  test('one machine for all is a box around all', () => {
    const nodes = ['a', 'b', 'c'];
    const machines = new Map(nodes.map((name) => [name, 'laptop']));
    const map = layoutTopology({ nodes, machines, pairs: [], ...size });
    const [box] = map.machines;
    expect(box).toMatchObject({ name: 'laptop' });
    for (const { x, y } of map.nodes) {
      expect(x - map.cardWidth / 2).toBeGreaterThan(box!.x);
      expect(y - map.cardHeight / 2).toBeGreaterThan(box!.y);
    }
  });

  test('no nodes, no map', () => {
    expect(layoutTopology({ nodes: [], machines: alone, pairs: [], ...size }).nodes).toEqual([]);
  });
});

describe('links of the map', () => {
  const nodes = ['a', 'hub', 'b'];
  const map = layoutTopology({
    ...{ nodes, machines: alone, pairs: star('hub', ['a', 'b']), ...size },
  });

  test('a link goes from card to card, and around one that stands between', () => {
    const [toHub, across] = layoutLinks(map, [
      { a: 'a', b: 'hub' },
      { a: 'a', b: 'b' },
    ]);
    expect(toHub!.isBent).toBe(false);
    expect(across!.isBent).toBe(true);
    const hub = map.nodes.find(({ name }) => name === 'hub')!;
    for (let share = 0; share <= 1; share += 0.05) {
      const { x, y } = pointOn(across!, 'a', share);
      const isOn =
        Math.abs(x - hub.x) < map.cardWidth / 2 && Math.abs(y - hub.y) < map.cardHeight / 2;
      expect(isOn, `${x} ${y}`).toBe(false);
    }
  });

  test('there and back keep apart', () => {
    const [link] = layoutLinks(map, [{ a: 'a', b: 'hub' }]);
    const there = pointOn(link!, 'a', 0.3);
    const back = pointOn(link!, 'hub', 0.7);
    expect(Math.hypot(there.x - back.x, there.y - back.y)).toBeCloseTo(10, 0);
  });

  test('the way that was gone ends where the message is', () => {
    const [link] = layoutLinks(map, [{ a: 'a', b: 'b' }]);
    const { x, y } = pointOn(link!, 'b', 0.4);
    expect(pathOn(link!, 'b', 0.4).endsWith(`${x} ${y}`)).toBe(true);
  });

  test('switches of links that cross keep apart', () => {
    const four = ['a', 'b', 'c', 'd'];
    const square = layoutTopology({ nodes: four, machines: alone, pairs: [], ...size });
    const links = layoutLinks(square, [
      { a: 'a', b: 'c' },
      { a: 'b', b: 'd' },
    ]);
    const [one, other] = links.map(({ handle }) => handle);
    expect(Math.hypot(one!.x - other!.x, one!.y - other!.y)).toBeGreaterThan(25);
  });

  test('a name that is no node has no link', () => {
    expect(layoutLinks(map, [{ a: 'a', b: 'elsewhere' }])).toEqual([]);
  });
});
