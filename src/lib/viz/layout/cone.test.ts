import { describe, expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { layoutColumns } from './columns.ts';
import {
  areaPath,
  coneOf,
  edgePath,
  futurePolygon,
  isDimmed,
  isLit,
  pastPolygon,
  placeCaptions,
} from './cone.ts';
import { Picture } from './picture.ts';

const trace = traceNamed('first-task-killed');
const columns = layoutColumns(584, trace.header!.nodes);
const picture = new Picture();
picture.extend(trace);
const stage = { trace, picture, columns };
const bottomY = picture.axis.lastY + 28;

describe('the cone', () => {
  const work = idOf(trace, 'span');
  const cone = coneOf(trace, work);
  const past = pastPolygon(stage, cone, 12);
  const future = futurePolygon(stage, cone, bottomY)!;
  const yOf = (id: number) => picture.axis.yAt(trace.timeAt(id));

  test('its edge runs through the last event of each node that could have influenced it', () => {
    const [, broker, backend, worker, client] = past.edge;
    const sent = idOf(trace, 'send', 5);
    expect(trace.processAt(sent).name).toBe('broker');
    expect(broker).toEqual({ x: 120, y: yOf(sent) });
    expect(backend!.y).toBeLessThan(broker!.y);
    expect(worker).toEqual({ x: 392, y: yOf(work) });
    expect(client!.y).toBeCloseTo(yOf(idOf(trace, 'send', 3)));
  });

  test('and through the first that it can influence, the bottom where there is none', () => {
    const [, broker, backend, worker, client] = future.edge;
    expect(worker!.y).toBe(yOf(work));
    // The child dies with its parent, but nothing of what it did leaves it.
    expect([broker!.y, backend!.y, client!.y]).toEqual([bottomY, bottomY, bottomY]);
  });

  test('what has not been shown does not shape it', () => {
    const kill = coneOf(trace, idOf(trace, 'kill', 1, 'worker1'));
    const shown = yOf(idOf(trace, 'kill', 1, 'worker1')) + 4;
    for (const { y } of futurePolygon(stage, kill, shown)!.edge)
      expect(y).toBeLessThanOrEqual(shown);
  });

  test('shapes inside are lit, concurrent ones are not', () => {
    const task = idOf(trace, 'send', 5);
    expect(isLit(trace, cone, task, trace.closerAt(task))).toBe(true);
    const subscribe = trace.closerAt(idOf(trace, 'send', 6));
    expect(isLit(trace, cone, subscribe, subscribe)).toBe(false);
    expect(isLit(trace, cone, -1, -1)).toBe(true);
  });

  test('it is drawn as a closed area and an open edge', () => {
    expect(areaPath(past)).toMatch(/^M92 12L92 [\d.]+L120 .*Z$/);
    expect(edgePath(past)).toMatch(/^M92 [\d.]+L120 [^Z]*$/);
    expect(areaPath({ edge: [], baseY: 0 })).toBe('');
    const points = [1, 2, 3, 4].map((x) => ({ x, y: x === 4 ? 9 : 0 }));
    expect(edgePath({ edge: points, baseY: 0 })).toBe('M3 0L4 9');
  });

  test('captions stand inside their own areas', () => {
    const ack = coneOf(trace, idOf(trace, 'send', 7));
    const shapes = {
      past: pastPolygon(stage, ack, 12),
      future: futurePolygon(stage, ack, bottomY),
    };
    const captions = placeCaptions({
      ...shapes,
      apex: { x: 392, y: yOf(ack.apexId) },
      ...{ topY: 0, bottomY, labels: [] },
      words: { past: 'could have known', future: 'can still be touched', concurrent: 'concurrent' },
    });
    expect(captions.map(({ name }) => name)).toEqual(['past', 'future', 'concurrent']);
    const [before, after] = captions;
    expect(before!.y).toBeLessThan(yOf(ack.apexId));
    expect(after!.y).toBeGreaterThan(yOf(ack.apexId));
  });
});

test('what a search has not found stands back, unless a cone is shown; nameless shapes never do', () => {
  const trace = traceNamed('first-task-killed');
  const send = idOf(trace, 'send', 3);
  const found = new Set([send]);
  const dim = (first: number, last: number) => isDimmed(trace, null, found, first, last);
  expect([dim(send, 999), dim(5, send), dim(5, 6), dim(-1, -1)]).toEqual([
    false,
    false,
    true,
    false,
  ]);
  expect(isDimmed(trace, coneOf(trace, send), found, 0, 0)).toBe(false);
  expect(isDimmed(trace, null, null, 5, 6)).toBe(false);
});
