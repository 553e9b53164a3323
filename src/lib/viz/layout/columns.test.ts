import { describe, expect, test } from 'vitest';
import { traceNamed } from '../../../../tests/support/fixtures.ts';
import { initials, layoutColumns, processXs } from './columns.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`);

describe('columns', () => {
  test('four nodes share the stage of a laptop', () => {
    const { pitch, xs, width, isNarrow } = layoutColumns(584, names(4));
    expect(pitch).toBe(136);
    expect(xs).toEqual([120, 256, 392, 528]);
    expect(width).toBe(584);
    expect(isNarrow).toBe(false);
  });

  test('and of a phone, with buttons two by two', () => {
    const { pitch, xs, width, isNarrow, gutter } = layoutColumns(390, names(4));
    expect(Math.round(pitch)).toBe(89);
    expect(gutter).toBe(44);
    expect(xs[0]).toBe(84);
    expect(xs[3]).toBe(350);
    expect(width).toBe(390);
    expect(isNarrow).toBe(true);
  });

  test('no head reaches into the gutter', () => {
    const { headWidth, xs, gutter, isNarrow } = layoutColumns(390, names(3));
    expect(xs[0]! - headWidth / 2).toBeGreaterThanOrEqual(gutter);
    expect(isNarrow).toBe(true);
    expect(layoutColumns(584, names(4)).headWidth).toBe(112);
  });

  test('few nodes stand together in the middle', () => {
    expect(layoutColumns(584, names(2)).xs).toEqual([240, 408]);
    expect(layoutColumns(584, names(1)).xs).toEqual([324]);
    expect(layoutColumns(584, []).xs).toEqual([]);
  });

  test('many scroll sideways, more than twelve shrink', () => {
    expect(layoutColumns(584, names(8))).toMatchObject({ pitch: 88, width: 792, isSmall: false });
    expect(layoutColumns(584, names(16))).toMatchObject({ pitch: 40, width: 728, isSmall: true });
  });

  test('children stand to the right of their parent, within their column', () => {
    const trace = traceNamed('first-task-killed');
    const columns = layoutColumns(584, trace.header!.nodes);
    const xs = processXs(trace, columns);
    expect(xs[trace.process('worker1')!.index]).toBe(392);
    expect(xs[trace.process('worker1/1')!.index]).toBe(402);
  });

  test('initials keep the number', () => {
    expect(initials('worker12')).toBe('w12');
    expect(initials('broker')).toBe('b');
  });
});
