import { describe, expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { doingAfter, openAfter } from '#lib/trace/doing.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import { Peers, pairsKnown } from '#lib/trace/peers.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from './axis.ts';
import { layoutLinks } from './map-links.ts';
import { dotAt, layoutMapScene } from './map-scene.ts';
import { layoutTopology } from './topology.ts';
import { isDead, shareOf, transitsAt, transitsKnown } from './transits.ts';

const killed = traceNamed('first-task-killed');
const everyShape = traceNamed('every-shape');

function axisOf(trace: TraceStore): TimeAxis {
  const axis = new TimeAxis();
  axis.extend(trace);
  return axis;
}

function under(trace: TraceStore, atUs: number) {
  const axis = axisOf(trace);
  const open = openAfter(trace, trace.lastAtOrBefore(atUs));
  return { axis, transits: transitsAt(trace, axis, open, atUs) };
}

describe('messages under way', () => {
  const task = idOf(killed, 'send', 3);
  const arrival = killed.closerAt(task);
  const [sentUs, arrivedUs] = [killed.timeAt(task), killed.timeAt(arrival)];

  test('from its sending up to, and not at, its arrival', () => {
    const isThere = (atUs: number) =>
      under(killed, atUs).transits.some(({ originId }) => originId === task);
    expect([sentUs - 1, sentUs, arrivedUs - 1, arrivedUs].map(isThere)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('as far on the map as in the diagram at every instant', () => {
    const middleUs = Math.round((sentUs + arrivedUs) / 2);
    const { axis, transits } = under(killed, middleUs);
    const it = transits.find(({ originId }) => originId === task)!;
    expect(it).toMatchObject({ fate: 'arrives', word: 'task', role: 'command', endUs: arrivedUs });
    const [y1, y, y2] = [sentUs, middleUs, arrivedUs].map((us) => axis.yAt(us));
    expect(shareOf(it, axis, middleUs)).toBeCloseTo((y! - y1!) / (y2! - y1!));
    expect(shareOf(it, axis, sentUs)).toBe(0);
    expect(shareOf(it, axis, arrivedUs)).toBe(1);
  });

  test('a lost one dies at its place, leaves a cross for a while, and is sent again', () => {
    const lose = idOf(everyShape, 'lose');
    const origin = everyShape.openerAt(lose);
    const lostUs = everyShape.timeAt(lose);
    const { axis, transits } = under(everyShape, lostUs);
    const it = transits.find(({ endId }) => endId === lose)!;
    expect(it.fate).toBe('lost');
    const crossUs = axis.tAt(axis.yAt(lostUs) + 70);
    expect(isDead(it, axis, crossUs)).toBe(true);
    expect(shareOf(it, axis, crossUs)).toBe(it.reach);
    const laterUs = axis.tAt(axis.yAt(lostUs) + 120);
    const later = under(everyShape, laterUs).transits;
    expect(later.filter(({ endId }) => endId === lose)).toEqual([]);
    const tries = everyShape.followersOf(origin).map((id) => everyShape.kindAt(id));
    expect(tries).toContain('retransmit');
    const again = everyShape
      .followersOf(origin)
      .find((id) => everyShape.kindAt(id) === 'retransmit')!;
    const next = under(everyShape, everyShape.timeAt(again)).transits;
    expect(
      next.some(({ originId, startUs }) => {
        return originId === origin && startUs === everyShape.timeAt(again);
      }),
    ).toBe(true);
  });

  test('a copy is a second one', () => {
    const copy = idOf(everyShape, 'duplicate');
    const origin = everyShape.openerAt(copy);
    const legs = under(everyShape, everyShape.timeAt(copy)).transits.filter(
      ({ originId }) => originId === origin,
    );
    expect(legs.map(({ isCopy }) => isCopy)).toEqual([false, true]);
  });

  test('through a lens a message without news stands still, and no cross tells its fate', () => {
    const lens = seenFrom(killed, killed.processAt(task).node, sentUs);
    const known = transitsKnown(killed, lens);
    expect(known.length).toBeGreaterThan(0);
    for (const transit of known) {
      expect(transit).toMatchObject({ fate: 'unknown' });
      expect(lens.has(transit.originId)).toBe(true);
      expect(shareOf(transit, axisOf(killed), killed.frontierUs)).toBe(0.3);
    }
  });
});

describe('on the map', () => {
  const peers = new Peers();
  peers.extend(killed);
  const task = idOf(killed, 'send', 3);
  const { axis, transits } = under(killed, killed.timeAt(task) + 1);
  const nodes = killed.header!.nodes;
  const map = layoutTopology({
    ...{ nodes, machines: new Map(), pairs: peers.pairs, width: 584, height: 520 },
  });
  const links = layoutLinks(map, peers.pairs);
  const scene = layoutMapScene(map, links, transits, axis, killed.timeAt(task) + 1);

  test('a message has a dot on its link, a word beside it, and is found there', () => {
    const dot = scene.dots.find(({ transit }) => transit.originId === task)!;
    expect(dotAt(scene, dot.x + 3, dot.y - 3)).toBe(dot);
    expect(dotAt(scene, dot.x + 300, dot.y)).toBeNull();
    expect(scene.labels.map(({ text }) => text)).toContain('task');
  });

  test('who talks is read off the trace; through a lens only what it knows of', () => {
    const names = (pairs: readonly { a: string; b: string }[]) =>
      pairs.map(({ a, b }) => [a, b].sort().join(' ')).sort();
    expect(names(peers.pairs)).toEqual([
      'backend client',
      'backend worker1',
      'broker client',
      'broker worker1',
    ]);
    const first = seenFrom(killed, 'client', 0);
    expect(pairsKnown(peers.pairs, first.apexId, first.has)).toEqual([]);
  });

  test('what a node does stands on its card', () => {
    const begin = idOf(killed, 'span');
    const doing = doingAfter(killed, openAfter(killed, begin), begin);
    expect(doing.get('worker1')!.work!.name).toBe('tasks.add(4, 4)');
    const kill = idOf(killed, 'kill');
    expect(doingAfter(killed, openAfter(killed, kill), kill).get('worker1')).toBeUndefined();
  });
});
