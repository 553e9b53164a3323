import { describe, expect, test } from 'vitest';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { traceNamed, traceText } from '../../../../tests/support/fixtures.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from './axis.ts';
import { Overview, shadeOf, topOf, windowOn } from './overview.ts';

function overviewOf(trace: TraceStore): { overview: Overview; axis: TimeAxis; nodes: string[] } {
  const nodes = [...trace.header!.nodes];
  const axis = new TimeAxis();
  axis.extend(trace);
  const overview = new Overview(nodes);
  overview.extend(trace, axis);
  return { overview, axis, nodes };
}

const sum = (cells: Uint32Array): number => cells.reduce((all, count) => all + count, 0);

describe('a run at a glance', () => {
  test('each event is counted once, at its node and its height', () => {
    const trace = traceNamed('first-task-killed');
    const { overview, axis, nodes } = overviewOf(trace);
    const column = nodes.indexOf('worker1');
    const whole = overview.cells(column, axis.lastY + 28, 300);
    const kill = Array.from({ length: trace.eventCount }, (_, id) => id).find(
      (id) => trace.kindAt(id) === 'kill',
    )!;
    const pixel = Math.floor((axis.yAt(trace.timeAt(kill)) * 300) / (axis.lastY + 28));
    const near = [...whole.subarray(pixel - 3, pixel + 4)];
    expect(near.some((count) => count > 0)).toBe(true);
    // However high the strip is, nothing is lost.
    expect(sum(overview.cells(column, axis.lastY + 28, 20))).toBe(sum(whole));
    expect(sum(overview.cells(99, axis.lastY, 20))).toBe(0);
  });

  test('read in pieces it is the same as read at once', () => {
    const lines = traceText('first-task').split('\n');
    const grown = new TraceStore();
    const axis = new TimeAxis();
    grown.append(`${lines[0]}\n`);
    const overview = new Overview(grown.header!.nodes);
    for (const line of lines.slice(1)) {
      if (line !== '') grown.append(`${line}\n`);
      axis.extend(grown);
      overview.extend(grown, axis);
    }
    const whole = overviewOf(traceNamed('first-task'));
    whole.nodes.forEach((_, column) => {
      expect(overview.cells(column, axis.lastY, 200)).toEqual(
        whole.overview.cells(column, axis.lastY, 200),
      );
    });
  });

  test('a long run is merged into as many stretches as before', () => {
    const trace = TraceStore.from(randomTrace({ seed: 1, nodeCount: 3, eventCount: 30_000 }));
    const { overview, axis, nodes } = overviewOf(trace);
    expect(axis.lastY).toBeGreaterThan(4 * 4096);
    const counts = nodes.map((_, column) => sum(overview.cells(column, axis.lastY + 28, 600)));
    const slow = new Overview(nodes);
    while (!slow.extend(trace, axis, 7000));
    expect(slow.cells(1, axis.lastY + 28, 600)).toEqual(overview.cells(1, axis.lastY + 28, 600));
    const events = nodes.map((node) => trace.process(node)!.events.length);
    counts.forEach((count, column) => {
      expect(count).toBeGreaterThan(0.7 * events[column]!);
      expect(count).toBeLessThanOrEqual(events[column]!);
    });
  });

  test('more is darker, up to black', () => {
    expect(shadeOf(0)).toBe(0);
    expect(shadeOf(1)).toBeGreaterThan(0.2);
    expect(shadeOf(100)).toBeGreaterThan(shadeOf(10));
    expect(shadeOf(1e9)).toBe(1);
  });
});

describe('the window on the strip', () => {
  test('it is where the view is, at both ends and between', () => {
    expect(windowOn(0, 500, 5000, 600)).toEqual({ y: 0, height: 60 });
    expect(windowOn(4500, 500, 5000, 600)).toEqual({ y: 540, height: 60 });
    expect(windowOn(2250, 500, 5000, 600)).toEqual({ y: 270, height: 60 });
  });

  test('it can be taken hold of however long the run is, and still reaches the end', () => {
    const last = windowOn(1e7 - 500, 500, 1e7, 600);
    expect(last).toEqual({ y: 586, height: 14 });
  });

  test.each([0, 100, 300, 540])('dragged to %i it shows what it stands on', (y) => {
    const topY = topOf(y, 500, 5000, 600);
    expect(windowOn(topY, 500, 5000, 600).y).toBeCloseTo(y);
  });

  test('dragged beyond an end it stays there', () => {
    expect(topOf(-50, 500, 5000, 600)).toBe(0);
    expect(topOf(900, 500, 5000, 600)).toBe(4500);
  });
});
