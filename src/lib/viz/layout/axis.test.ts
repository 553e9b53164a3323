import { describe, expect, test } from 'vitest';
import { traceNamed } from '../../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { grouped } from '#lib/protocol/time.ts';
import {
  AXIS_TOP,
  formatDuration,
  formatTick,
  gapHeight,
  TimeAxis,
  ticks,
  type Scale,
} from './axis.ts';
import { isProminent } from './prominence.ts';

function axisOf(trace: TraceStore, scale: Scale = 'elastic'): TimeAxis {
  const axis = new TimeAxis(scale);
  axis.extend(trace);
  return axis;
}

describe('the axis', () => {
  test('a gap grows with its logarithm, within bounds', () => {
    const heights = [1, 10, 100, 1000, 4000, 4e6].map((ms) =>
      Math.round(gapHeight(ms * 1000, 'elastic')),
    );
    expect(heights).toEqual([22, 37, 56, 76, 88, 88]);
    expect(gapHeight(0, 'elastic')).toBe(16);
    expect(gapHeight(5e6, 'steps')).toBe(28);
    expect(gapHeight(5000, 'true')).toBe(20);
  });

  test.each(['elastic', 'steps', 'true'] as const)('%s: height is monotone in time', (scale) => {
    const trace = TraceStore.from(randomTrace({ seed: 3, nodeCount: 4, eventCount: 400 }));
    const axis = axisOf(trace, scale);
    let before = -Infinity;
    for (let tUs = 0; tUs < trace.frontierUs + 10_000; tUs += 97) {
      const y = axis.yAt(tUs);
      expect(y).toBeGreaterThanOrEqual(before);
      before = y;
    }
  });

  test.each(['elastic', 'steps', 'true'] as const)('%s: height leads back to time', (scale) => {
    const trace = traceNamed('every-shape');
    const axis = axisOf(trace, scale);
    for (let id = 0; id < trace.eventCount; id++) {
      const tUs = trace.timeAt(id);
      expect(Math.abs(axis.tAt(axis.yAt(tUs)) - tUs)).toBeLessThanOrEqual(1);
    }
    expect(axis.tAt(-100)).toBe(0);
    expect(axis.yAt(0)).toBe(AXIS_TOP);
  });

  test('a time set by hand is round, unless that moves it visibly', () => {
    const axis = axisOf(traceNamed('first-task-killed'));
    expect(axis.roundTimeAt(axis.yAt(60_123))).toBe(60_100);
    expect(axis.roundTimeAt(axis.yAt(82_450))).toBe(82_450);
    expect(axis.roundTimeAt(-50)).toBe(0);
  });

  test('rows stay where they are while the trace grows', () => {
    const text = randomTrace({ seed: 5, nodeCount: 3, eventCount: 300 });
    const whole = axisOf(TraceStore.from(text));
    const axis = new TimeAxis();
    const growing = new TraceStore();
    for (const line of text.trim().split('\n')) {
      growing.append(`${line}\n`);
      axis.extend(growing);
      const row = axis.rowCount - 1;
      expect(axis.rowY(row)).toBe(whole.rowY(row));
    }
    expect(axis.rowCount).toBe(whole.rowCount);
  });

  test('folded events take no room', () => {
    const trace = traceNamed('first-task-killed');
    const axis = axisOf(trace);
    const times = new Set<number>([0]);
    for (let id = 0; id < trace.eventCount; id++) {
      if (isProminent(trace, id)) times.add(trace.timeAt(id));
    }
    expect(axis.rowCount).toBe(times.size);
    expect(times.has(12_280)).toBe(false);
    expect(times.has(1_300)).toBe(false);
    expect(times.has(71_700)).toBe(true);
  });

  test('an idle hour is a finger wide and says how long it is', () => {
    const trace = TraceStore.from(
      '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"a"}\n' +
        '{"tUs":3600000000,"kind":"kill","node":"a"}\n',
    );
    const axis = axisOf(trace);
    expect(axis.lastY - AXIS_TOP).toBe(88);
    expect(ticks(axis, 0, 200)).toMatchObject([
      { text: '0', isBreak: false },
      { text: '1h00m', isBreak: true },
      { text: '1h00m', isBreak: false },
    ]);
  });

  test('labels keep their distance and do not depend on the window', () => {
    const axis = axisOf(
      TraceStore.from(randomTrace({ seed: 9, nodeCount: 4, eventCount: 900, meanGapUs: 300 })),
    );
    const all = ticks(axis, 0, axis.lastY);
    const labels = all.filter(({ isBreak }) => !isBreak);
    labels
      .slice(1)
      .forEach(({ y }, index) => expect(y - labels[index]!.y).toBeGreaterThanOrEqual(24));
    for (const from of [500, 1234, 4000]) {
      const part = ticks(axis, from, from + 600).filter(({ y }) => y >= from);
      expect(part).toEqual(all.filter(({ y }) => y >= from && y <= from + 600));
    }
  });

  test('instants within a millisecond whose labels would be the same have one', () => {
    const axis = new TimeAxis('steps');
    for (const tUs of [3_249_990, 3_250_000, 3_250_010, 3_250_600, 12_300_000, 12_310_000]) {
      axis.addRow(tUs);
    }
    const labels = ticks(axis, 0, axis.lastY).filter(({ isBreak }) => !isBreak);
    const texts = ['0', '3\u202f250', '3\u202f251', '12.3 s', '12.3 s'];
    expect(labels.map(({ text }) => text)).toEqual(texts);
    expect(ticks(axis, axis.rowY(3), axis.lastY)).toEqual(
      expect.arrayContaining(labels.filter(({ y }) => y >= axis.rowY(3))),
    );
  });

  describe('zoomed out', () => {
    const axis = axisOf(
      TraceStore.from(randomTrace({ seed: 9, nodeCount: 4, eventCount: 3000, meanGapUs: 300 })),
    );
    const fullY = axis.lastY;

    test.each([1.7, 0.4, 0.03])('at %f heights keep their order and can be undone', (zoom) => {
      axis.zoom = zoom;
      expect(axis.rowY(0)).toBe(AXIS_TOP);
      expect(axis.lastY - AXIS_TOP).toBeCloseTo(zoom * (fullY - AXIS_TOP));
      expect(axis.unzoomed(axis.lastY)).toBeCloseTo(fullY);
      const endUs = axis.rowTimeUs(axis.rowCount - 1) + 50_000;
      for (let tUs = 0, before = 0; tUs < endUs; tUs += 9_973) {
        const y = axis.yAt(tUs);
        expect(y).toBeGreaterThanOrEqual(before);
        expect(Math.abs(axis.yAt(axis.tAt(y)) - y)).toBeLessThan(0.5);
        before = y;
      }
    });

    test('labels never touch and do not depend on the window', () => {
      axis.zoom = 0.05;
      const all = ticks(axis, 0, axis.lastY);
      expect(all.length).toBeGreaterThan(10);
      all.slice(1).forEach(({ y }, index) => expect(y - all[index]!.y).toBeGreaterThanOrEqual(24));
      const part = ticks(axis, 333, 700).filter(({ y }) => y >= 333);
      expect(part).toEqual(all.filter(({ y }) => y >= 333 && y <= 700));
    });
  });

  test('times are written short', () => {
    expect(
      [10_250, 412_000, 4_112_000, 12_340_000, 125e6, 7_380e6].map((tUs) => formatTick(tUs)),
    ).toEqual(['10.3', '412', '4\u202f112', '12.3 s', '2m05s', '2h03m']);
    expect([640, 3200, 412_000, 4e6, 80e6, 125e6, 7_380e6].map(formatDuration)).toEqual([
      '640 µs',
      '3.2 ms',
      '412 ms',
      '4.0 s',
      '80.0 s',
      '2 min 05 s',
      '2 h 03 min',
    ]);
    expect(grouped(1234567)).toBe('1\u202f234\u202f567');
  });
});
