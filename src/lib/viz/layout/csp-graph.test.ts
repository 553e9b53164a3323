import { describe, expect, test } from 'vitest';
import type { CspLink, CspPicture } from '#lib/trace/csp.ts';
import { ITEM_HEIGHT, layoutCsp } from './csp-graph.ts';

/** `graph('a>x', 'x>b')`: a writes to x, b reads from it; channels are x, y, z. */
function graph(...pairs: string[]): CspPicture {
  const isChannel = (name: string): boolean => /^[x-z]/.test(name);
  const links = pairs.map((pair): CspLink => {
    const [from, to] = pair.split('>') as [string, string];
    const isWrite = isChannel(to);
    return {
      ...{ process: isWrite ? from : to, channel: isWrite ? to : from },
      side: isWrite ? 'write' : 'read',
      ...{ isBlocked: false, value: null, isMeeting: false, isDeadlock: false },
    };
  });
  const channels = [...new Set(links.map(({ channel }) => channel))].map((name) => ({
    ...{ key: name, node: 'main', name, state: 'open', writers: 1, readers: 1 },
    ...{ buffer: null, capacity: 0, met: null },
  }));
  const processes = [...new Set(links.map(({ process }) => process))].map((name) => ({
    ...{ key: name, node: 'main', name, state: 'running' },
  }));
  return { processes, channels, links, cycle: [] };
}

const RING = Array.from({ length: 5 }, (_, i) => [`p${i}>x${i}`, `x${i}>p${(i + 1) % 5}`]).flat();
const STAR = Array.from({ length: 9 }, (_, i) => `writer${i}>x`).concat('x>reader');
const LINE = ['a>x', 'x>b', 'b>y', 'y>c'];
const TWO = ['a>x', 'x>b', 'c>y', 'y>d', 'e>z', 'z>e'];

describe('the picture of processes and channels', () => {
  test('a circle of processes and channels is a ring in their order', () => {
    const { items } = layoutCsp(graph('a>x', 'x>b', 'b>y', 'y>a'), 560);
    expect(items.map(({ key }) => key)).toEqual(['a', 'x', 'b', 'y']);
    const [a, x, b, y] = items.map((it) => it);
    expect(a!.x).toBe(b!.x);
    expect(x!.x).toBeGreaterThan(a!.x);
    expect(y!.x).toBeLessThan(a!.x);
    expect(a!.y).toBeLessThan(x!.y);
    expect(x!.y).toBeLessThan(b!.y);
  });

  test.each([RING, STAR, LINE, TWO])(
    'nothing lies over anything, and all lies inside',
    (...pairs) => {
      for (const width of [320, 560, 1200]) {
        const { items, width: own, height } = layoutCsp(graph(...pairs), width);
        for (const [index, one] of items.entries()) {
          expect(one.x - one.width / 2).toBeGreaterThanOrEqual(0);
          expect(one.x + one.width / 2).toBeLessThanOrEqual(own);
          expect(one.y + ITEM_HEIGHT / 2).toBeLessThanOrEqual(height);
          for (const other of items.slice(index + 1)) {
            const isOver =
              Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
              Math.abs(one.y - other.y) < ITEM_HEIGHT;
            expect(isOver, `${one.key} ${other.key} at ${width}`).toBe(false);
          }
        }
      }
    },
  );

  test('an arrow goes the way of the value; two between the same two stand apart', () => {
    const { links, items } = layoutCsp(graph('a>x', 'x>b'), 560);
    const [a, x] = items;
    const [x1, y1] = /M([\d.]+) ([\d.]+)L/.exec(links[0]!.path)!.slice(1).map(Number);
    expect(Math.hypot(x1! - a!.x, y1! - a!.y)).toBeLessThan(Math.hypot(x1! - x!.x, y1! - x!.y));
    const twice = layoutCsp(graph('e>z', 'z>e'), 560).links;
    expect(Math.hypot(twice[0]!.x - twice[1]!.x, twice[0]!.y - twice[1]!.y)).toBeGreaterThan(10);
  });
});
