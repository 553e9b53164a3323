import { describe, expect, test } from 'vitest';
import type { WorkBar, WorkLane } from '#lib/trace/pool-work.ts';
import { GANTT_TOP, laneSum, layoutGantt, niceEnd, type GanttView } from './gantt.ts';

const bar = (fromUs: number, toUs: number | null, more: Partial<WorkBar> = {}): WorkBar => ({
  ...{ id: fromUs, node: 'w', work: String(fromUs), call: 'f(1)', kind: 'running', fromUs, toUs },
  ...{ end: toUs === null ? null : 'done', attempt: 1, row: 0, ...more },
});

const lane = (bars: WorkBar[], more: Partial<WorkLane> = {}): WorkLane => ({
  ...{ node: 'w', bars, phases: [], resent: [], rowCount: 1, gone: null, ...more },
});

/** A pixel a microsecond. */
const view: GanttView = { width: 1000, endUs: 1000, seenUs: 1000, fromX: 0, toX: 1000 };

describe('bars', () => {
  test('stand where their time is, in lanes and rows below each other', () => {
    const inner = bar(120, 150, { row: 1 });
    const lanes = [lane([bar(100, 200), inner], { rowCount: 2 }), lane([bar(0, 50)])];
    const { lanes: placed, height } = layoutGantt(lanes, view);
    expect(placed[0]!.bars.map(({ x, width }) => [x, width])).toEqual([
      [100, 100],
      [120, 30],
    ]);
    const [outer, nested] = placed[0]!.bars;
    expect(outer!.y).toBe(GANTT_TOP);
    expect(nested!.y).toBeGreaterThanOrEqual(outer!.y + outer!.height);
    expect(placed[1]!.y).toBeGreaterThan(placed[0]!.stripY);
    expect(height).toBeGreaterThan(placed[1]!.y + placed[1]!.height);
  });

  test('what is not seen yet is not drawn, and what goes on is open', () => {
    const bars = [bar(100, 200), bar(300, 400), bar(500, 600)];
    const { lanes } = layoutGantt([lane(bars)], { ...view, seenUs: 350 });
    expect(lanes[0]!.bars.map(({ x, width, end }) => [x, width, end])).toEqual([
      [100, 100, 'done'],
      [300, 50, 'open'],
    ]);
    expect(lanes[0]!.endX).toBe(350);
  });

  test('a lens knows a worker until it was last heard of', () => {
    const gone = { tUs: 300, isViolent: true };
    const known = layoutGantt([lane([bar(100, 250)], { gone })], { ...view, limitOf: () => 200 });
    expect(known.lanes[0]).toMatchObject({ gone: null, endX: 200, bars: [{ end: 'open' }] });
  });

  test('lost work ends as lost', () => {
    const cut = bar(100, 300, { end: 'cut' });
    const gone = { tUs: 300, isViolent: true };
    const [placed] = layoutGantt([lane([cut], { gone })], view).lanes;
    expect(placed).toMatchObject({ gone: { x: 300 }, endX: 300, bars: [{ end: 'cut' }] });
  });

  test('many narrow ones are one, but a lost or a repeated one stands by itself', () => {
    const bars = Array.from({ length: 100 }, (_, index) => bar(index * 2, index * 2 + 1));
    bars[50] = bar(100, 101, { attempt: 2 });
    const [placed] = layoutGantt([lane(bars)], view).lanes;
    expect(placed!.bars.map(({ x, width, count, label }) => [x, width, count, label])).toEqual([
      [0, 99, 50, '×50'],
      [100, 1, 1, ''],
      [102, 97, 49, '×49'],
    ]);
  });

  test('only what stands in the window is placed', () => {
    const bars = Array.from({ length: 10 }, (_, index) => bar(index * 100, index * 100 + 50));
    const [placed] = layoutGantt([lane(bars)], { ...view, fromX: 220, toX: 420 }).lanes;
    expect(placed!.bars.map(({ x }) => x)).toEqual([200, 300, 400]);
  });

  test('labels are as long as there is room for', () => {
    const call = 'evaluate(1000)';
    const wide = (width: number): WorkBar => bar(0, width, { call });
    const labels = [200, 80, 20].map(
      (width) => layoutGantt([lane([wide(width)])], view).lanes[0]!.bars[0]!.label,
    );
    expect(labels).toEqual(['evaluate(1000)', 'evaluate', '']);
  });
});

test('phases that are too short to see count as the one before', () => {
  const phases = [
    { state: 'busy', fromUs: 0, toUs: 100 },
    { state: 'idle', fromUs: 100, toUs: 100.4 },
    { state: 'busy', fromUs: 100.4, toUs: 200 },
    { state: 'waiting', fromUs: 200, toUs: null },
  ] as const;
  const [placed] = layoutGantt([lane([], { phases: [...phases] })], { ...view, seenUs: 300 }).lanes;
  expect(placed!.strips).toEqual([
    { x: 0, width: 200, state: 'busy' },
    { x: 200, width: 100, state: 'waiting' },
  ]);
});

test('ticks are round numbers of one unit', () => {
  const axis = (endUs: number) => layoutGantt([], { ...view, width: 300, endUs, toX: 300 });
  expect(axis(2_000_000)).toMatchObject({
    unit: 'ms',
    ticks: [0, 500, 1000, 1500, 2000].map((ms) => ({ x: ms * 0.15 })),
  });
  const { unit, ticks } = axis(60_000_000);
  expect([unit, ...ticks.map(({ text }) => text)]).toEqual(['s', '0', '20', '40', '60']);
});

test('an axis ends at a round time and stays there while the run grows a little', () => {
  expect([0, 900, 1001, 1501, 68_000, 76_000].map(niceEnd)).toEqual([
    1000, 1000, 1500, 2000, 75_000, 100_000,
  ]);
  expect(niceEnd(niceEnd(4_321))).toBe(niceEnd(4_321));
});

test('sums are of what has happened by then', () => {
  const bars = [bar(100, 200), bar(300, 400), bar(500, 700, { end: 'cut' })];
  const busy = bars.map(({ fromUs, toUs }) => ({ state: 'busy', fromUs, toUs }) as const);
  const phases = [{ state: 'idle', fromUs: 0, toUs: 100 } as const, ...busy];
  const gone = { tUs: 700, isViolent: true };
  const sum = (atUs: number) => laneSum(lane(bars, { phases, gone }), atUs);
  expect(sum(200)).toEqual({ doneCount: 1, busyShare: 0.5 });
  expect(sum(400)).toEqual({ doneCount: 2, busyShare: 0.5 });
  // Time after its death is nobody's.
  expect(sum(5000)).toEqual({ doneCount: 2, busyShare: 400 / 700 });
});
