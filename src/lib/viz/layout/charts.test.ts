import { expect, test } from 'vitest';
import { Completions } from '#lib/trace/completions.ts';
import { Measures } from '#lib/trace/measures.ts';
import { Steps } from '#lib/trace/steps.ts';
import { TraceStore } from '#lib/trace/store.ts';
import {
  axisTicks,
  breakMarks,
  chartRows,
  chartTopics,
  layoutChart,
  stretchUsOf,
  timeAtX,
  valuesAt,
  windowAround,
  type ChartTopic,
  type ChartView,
} from './charts.ts';

/** A pixel is 10 ms, a stretch 100 ms. */
const VIEW: ChartView = { width: 100, fromUs: 0, toUs: 1_000_000, seenUs: 1_000_000 };
const READ = 2_000_000;

function depth(...changes: [tUs: number, value: number][]): ChartTopic {
  const steps = new Steps();
  for (const [tUs, value] of changes) steps.set(tUs, value);
  return {
    ...{ key: 'd', kind: 'questions', subject: 's', detail: '', unit: 'count' },
    lines: [{ name: 'depth', style: 'area', steps }],
  };
}

function latency(count: number): ChartTopic {
  const ended = new Completions();
  // In the first stretch 1 to 50 ms, in the third all 80 ms.
  for (let k = 0; k < count; k++) ended.push(1_000 * k, 1_000 * (k + 1));
  for (let k = 0; k < count; k++) ended.push(200_000 + 1_000 * k, 80_000);
  return {
    ...{ key: 'l', kind: 'latency', subject: 'calls', detail: '', unit: 'us' },
    lines: [
      { name: 'p50', style: 'solid', ended },
      { name: 'p99', style: 'dotted', ended },
    ],
  };
}

test('a stretch is round and about as wide as can be seen', () => {
  expect(stretchUsOf(VIEW)).toBe(100_000);
  expect(stretchUsOf({ ...VIEW, width: 500 })).toBe(20_000);
  expect(stretchUsOf({ ...VIEW, width: 500, toUs: 40_500_000 })).toBe(1_000_000);
});

test('a depth is drawn along the axis, a short peak included, and no further than is seen', () => {
  // 4 waits from 200 ms on, 8 for 1 ms at 305 ms.
  const one = depth([200_000, 4], [305_000, 8], [306_000, 4]);
  const { top, height, paths } = layoutChart(one, { ...VIEW, seenUs: 400_000 }, READ);
  expect([top, height]).toEqual([8, 64]);
  // Up to the pixel that ends with 200 ms; 4 of 8 of 63 px above the foot.
  expect(paths[0]!.d).toBe('M0 64V64H19V32.5H30V1H31V32.5H40V64Z');
});

test('quantiles stand level over their stretch and break where nothing ended', () => {
  const { top, paths, dots } = layoutChart(latency(50), VIEW, READ);
  expect([top, dots]).toEqual([80_000, []]);
  // 25 ms and 50 ms of 80 ms, then 80 ms.
  expect(paths.map(({ d }) => d)).toEqual(['M0 44.3H10M20 1H30', 'M0 24.6H10M20 1H30']);
});

test('few are drawn one by one', () => {
  const { paths, dots } = layoutChart(latency(1), VIEW, READ);
  expect(paths).toEqual([]);
  expect(dots).toEqual([
    // 1 ms of 80.
    { x: 0, y: 63.2 },
    { x: 20, y: 1 },
  ]);
});

test('throughput counts a second, a share the time at work', () => {
  const ended = new Completions();
  for (const tUs of [10_000, 20_000, 99_999, 100_000]) ended.push(tUs, 5);
  const busy = new Steps();
  busy.set(50_000, 1);
  busy.set(125_000, 0);
  const rate: ChartTopic = {
    ...{ key: 't', kind: 'throughput', subject: 'calls', detail: '', unit: 'rate' },
    lines: [{ name: 'rate', style: 'bars', ended }],
  };
  const share: ChartTopic = {
    ...{ key: 'b', kind: 'busy', subject: 's', detail: '', unit: 'share' },
    lines: [{ name: 'share', style: 'area', busy }],
  };
  const rows = chartRows([rate, share], VIEW, READ);
  expect(rows.length).toBe(10);
  expect(rows.slice(0, 3).map(({ values }) => values)).toEqual([
    [[30], [0.5]],
    [[10], [0.25]],
    [[0], [0]],
  ]);
  // A stretch that has just begun fills up.
  const rateAt = (seenUs: number) => valuesAt(rate, { ...VIEW, seenUs }, seenUs, READ)[0]!.value;
  expect([rateAt(15_000), rateAt(50_000), rateAt(99_999)]).toEqual([10, 20, 30]);
  expect(layoutChart(rate, VIEW, READ).paths[0]!.d).toBe('M0 64V1H10V64ZM10 64V43H20V64Z');
  expect(layoutChart(share, VIEW, READ).paths[0]!.d).toBe('M0 22V11.5H10V22ZM10 22V16.8H20V22Z');
});

test('the value at the cursor is what is drawn under it', () => {
  expect(valuesAt(latency(50), VIEW, 250_000, READ)).toEqual([
    { name: 'p50', value: 80_000 },
    { name: 'p99', value: 80_000 },
  ]);
  expect(valuesAt(latency(50), VIEW, 150_000, READ)[0]!.value).toBe(null);
  // A depth changes within its pixel.
  const one = depth([205_000, 4], [206_000, 1]);
  expect(valuesAt(one, VIEW, 205_500, READ)[0]!.value).toBe(4);
  expect(valuesAt(one, VIEW, 206_000, READ)[0]!.value).toBe(1);
});

test('a place of the axis is an instant that has been seen', () => {
  expect(timeAtX(VIEW, 12.5)).toBe(125_000);
  expect(timeAtX({ ...VIEW, seenUs: 100_000 }, 50)).toBe(100_000);
  expect(timeAtX({ ...VIEW, fromUs: 500_000 }, -3)).toBe(500_000);
});

test('closer, the window stays until the cursor leaves its middle half', () => {
  expect(windowAround(300, 1000, 1)).toEqual({ fromUs: 0, toUs: 1000 });
  expect(windowAround(300, 1000, 2)).toEqual({ fromUs: 125, toUs: 625 });
  expect(windowAround(499, 1000, 2)).toEqual({ fromUs: 125, toUs: 625 });
  expect(windowAround(500, 1000, 2)).toEqual({ fromUs: 375, toUs: 875 });
  expect(windowAround(1000, 1000, 4)).toEqual({ fromUs: 750, toUs: 1000 });
  expect(windowAround(0, 1000, 4)).toEqual({ fromUs: 0, toUs: 250 });
});

test('ticks and breaks of the part in view', () => {
  expect(axisTicks({ ...VIEW, width: 300 })).toEqual({
    unit: 'ms',
    ticks: [0, 200, 400, 600, 800, 1000].map((time) => ({
      x: (time * 300) / 1000,
      text: time === 1000 ? '1\u202f000' : String(time),
    })),
  });
  const kill = (tUs: number) => ({ tUs, kind: 'kill', node: 's' }) as const;
  const breaks = [kill(5), kill(200_000), kill(200_001), kill(900_000)];
  expect(breakMarks(breaks, { ...VIEW, fromUs: 10, seenUs: 500_000 }).map(({ x }) => x)).toEqual([
    20,
  ]);
});

/** A trace in which `c` asks `s` so many times, one question after the other, each answered at once or late. */
function asked(count: number, serviceUs: number): Measures {
  const trace = new TraceStore();
  trace.take([{ lightcone: 1, build: 'test', seed: 1, nodes: ['c', 's'] }]);
  const message = { proto: 'node', bytes: 1, preview: '' };
  for (let k = 0; k < count; k++) {
    const id = trace.eventCount;
    const tUs = 1_000 * k;
    const at = tUs + 100 + serviceUs;
    trace.take([
      { ...{ tUs, kind: 'send', node: 'c', to: 's', msg: 'ask' }, ...message },
      {
        tUs: tUs + 100,
        kind: 'deliver',
        node: 's',
        cause: id,
        send: id,
        from: 'c',
        proto: 'node',
        msg: 'ask',
      },
      {
        ...{ tUs: at, kind: 'send', node: 's', cause: id + 1, to: 'c', msg: 'answer' },
        ...message,
      },
      {
        tUs: at + 100,
        kind: 'deliver',
        node: 'c',
        cause: id + 2,
        send: id + 2,
        from: 's',
        proto: 'node',
        msg: 'answer',
      },
    ]);
  }
  const measures = new Measures(trace);
  measures.extend();
  return measures;
}

test('only what there is anything of is charted', () => {
  const keys = (measures: Measures) => chartTopics(measures).topics.map(({ key }) => key);
  expect(keys(asked(0, 0))).toEqual([]);
  expect(keys(asked(3, 500))).toEqual([
    'questions/s/',
    'latency/calls/',
    'throughput/calls/',
    'busy/s/',
  ]);
  // Who answers at once has no queue: messages under way say more.
  expect(keys(asked(3, 0))[0]).toBe('underWay//');
});
