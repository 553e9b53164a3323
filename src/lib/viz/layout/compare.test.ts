import { describe, expect, test } from 'vitest';
import { traceNamed, traceText } from '../../../../tests/support/fixtures.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from './axis.ts';
import { layoutPair, SharedAxis } from './compare.ts';

const rowsOf = (axis: TimeAxis): number[] =>
  Array.from({ length: axis.rowCount }, (_, row) => axis.rowTimeUs(row));

function axisOf(...traces: [TraceStore, TraceStore]): SharedAxis {
  const axis = new SharedAxis(...traces);
  axis.extend();
  return axis;
}

describe('the axis of two runs', () => {
  const [one, other] = [traceNamed('first-task'), traceNamed('first-task-killed')];

  test('has the rows of both, once and in order', () => {
    const alone = [one, other].map((trace) => {
      const axis = new TimeAxis();
      axis.extend(trace);
      return rowsOf(axis);
    });
    const all = [...new Set(alone.flat())].sort((a, b) => a - b);
    expect(rowsOf(axisOf(one, other))).toEqual(all);
    expect(rowsOf(axisOf(other, one))).toEqual(all);
  });

  test('keeps its rows while one of them grows', () => {
    const growing = new TraceStore();
    const axis = new SharedAxis(one, growing);
    for (const line of traceText('first-task-killed').trim().split('\n')) {
      const before = rowsOf(axis);
      growing.append(`${line}\n`);
      axis.extend();
      expect(rowsOf(axis).slice(0, before.length)).toEqual(before);
      expect(rowsOf(axis).at(-1)!).toBeLessThanOrEqual(growing.end ? Infinity : growing.frontierUs);
    }
    expect(rowsOf(axis)).toEqual(rowsOf(axisOf(one, other)));
  });
});

describe('the columns of two runs', () => {
  const nodes = ['client', 'broker', 'worker1', 'worker2'];

  test('fill the stage, each run its half', () => {
    const { before, now, middle, width, gutter } = layoutPair(584, nodes, nodes);
    expect(width).toBe(584);
    expect(Math.max(...before.xs)).toBeLessThan(middle);
    expect(Math.min(...now.xs)).toBeGreaterThan(middle);
    expect(before.xs[0]! - gutter).toBe(now.xs[0]! - middle);
    expect(before.isSmall).toBe(false);
  });

  test('stand as close as 40 px, then the drawing is wider than a phone', () => {
    const { before, width } = layoutPair(390, nodes, nodes);
    expect(before.xs[1]! - before.xs[0]!).toBeGreaterThanOrEqual(40);
    expect(width).toBeLessThanOrEqual(390);
    expect(before.isSmall).toBe(true);
    const many = layoutPair(390, [...nodes, 'worker3', 'worker4', 'redis'], nodes);
    expect(many.width).toBeGreaterThan(390);
    expect(many.before.xs[1]! - many.before.xs[0]!).toBe(40);
  });
});
