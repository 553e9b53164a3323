// Charts of a run over virtual time, one above the other on one axis: paths for what is seen of each, and
// the values at an instant. Pure geometry: nothing of it depends on how the run was played.
//
// Depths are exact: of what falls on one pixel the highest is drawn. Quantiles, throughput and shares are
// those of stretches of one round length each (1, 2 or 5 times a power of ten) from 0 on, which do not
// depend on what part of the run is in view.

import { scaleLinear } from 'd3-scale';
import { grouped } from '#lib/protocol/time.ts';
import type { Completions, Stretch } from '#lib/trace/completions.ts';
import type { Break, Measures } from '#lib/trace/measures.ts';
import type { Steps } from '#lib/trace/steps.ts';
import type { UnitKind } from '#lib/trace/units.ts';

/** A stretch is about so wide. */
const STRETCH_PX = 9;
const STRETCH_MIN_US = 10;
const PLOT_HEIGHT = 64;
const LANE_HEIGHT = 22;
/** Up to so many are drawn one by one, without quantiles. */
const SINGLE_MAX = 40;
/** The top of a chart is round: a whole number of about so many steps. */
const TOP_STEPS = 4;
const TICK_DISTANCE = 72;
/** More depths, and more nodes, are not drawn. */
const DEPTHS_MAX = 6;
const LANES_MAX = 24;
/** What waits for so small a part of the time, and never beside another, is no queue. */
const QUEUE_SHARE_MIN = 0.005;
const BUSY_SHARE_MIN = 0.0005;

export type ChartKind =
  'queue' | 'questions' | 'submitted' | 'underWay' | 'latency' | 'throughput' | 'busy';
export type LineName = 'depth' | 'ready' | 'unacked' | 'p50' | 'p95' | 'p99' | 'rate' | 'share';
export type LineStyle = 'area' | 'solid' | 'dashed' | 'dotted' | 'bars';
export type ChartUnit = 'count' | 'us' | 'rate' | 'share';

/** What a chart is about, before any of it is drawn. */
export interface ChartTopic {
  key: string;
  kind: ChartKind;
  /** A node, or whose: `work` or `calls`, or the model of what waits. */
  subject: string;
  /** Of a queue: its name. */
  detail: string;
  unit: ChartUnit;
  lines: readonly TopicLine[];
}

/** A line of a chart: a number over time, or one for each stretch. */
export type TopicLine = { name: LineName; style: LineStyle } & (
  { steps: Steps } | { busy: Steps } | { ended: Completions }
);

/** Which part of the time is drawn, and how large. */
export interface ChartView {
  width: number;
  fromUs: number;
  toUs: number;
  /** What comes later is not known yet. */
  seenUs: number;
}

export interface Chart extends ChartTopic {
  height: number;
  /** The value at the top. */
  top: number;
  paths: { name: LineName; style: LineStyle; d: string }[];
  /** Single ones, where they are few. */
  dots: { x: number; y: number }[];
}

/** The values of a chart's lines; null where there is none. */
export type ChartValues = readonly { name: LineName; value: number | null }[];

export interface ChartList {
  topics: ChartTopic[];
  /** How many are left out because there are too many. */
  leftOut: number;
}

/** What can be charted of a run: only what there is anything of. */
export function chartTopics(measures: Measures): ChartList {
  const untilUs = Math.max(1, measures.readUs);
  const told = measures.queues
    .filter(({ ready, unacked }) => ready.length > 0 || unacked.length > 0)
    .map(({ node, name, ready, unacked }) =>
      topic('queue', node, 'count', name, [
        { name: 'ready', style: 'area', steps: ready },
        { name: 'unacked', style: 'dashed', steps: unacked },
      ]),
    );
  const questions = measures.questions
    .filter(([, steps]) => isQueue(steps, untilUs))
    .map(([node, steps]) => depthTopic('questions', node, steps));
  const submitted = [...measures.submitted]
    .filter(([kind, steps]) => isToldNowhere(kind, told) && isQueue(steps, untilUs))
    .map(([kind, steps]) => depthTopic('submitted', kind, steps));
  const depths = [...told, ...questions, ...submitted];
  if (depths.length === 0 && measures.underWay.length > 0) {
    depths.push(depthTopic('underWay', '', measures.underWay));
  }
  const lanes = measures.busy
    .filter(([, busy]) => busy.meanIn(0, untilUs) > BUSY_SHARE_MIN)
    .map(([node, busy]) =>
      topic('busy', node, 'share', '', [{ name: 'share', style: 'area', busy }]),
    );
  const flows = (['work', 'calls'] as const).flatMap((whose) => flowTopics(whose, measures[whose]));
  return {
    topics: [...depths.slice(0, DEPTHS_MAX), ...flows, ...lanes.slice(0, LANES_MAX)],
    leftOut: Math.max(0, depths.length - DEPTHS_MAX) + Math.max(0, lanes.length - LANES_MAX),
  };
}

/** Celery's brokers tell of their queues. */
function isToldNowhere(kind: UnitKind, told: readonly ChartTopic[]): boolean {
  return kind !== 'celery' || told.length === 0;
}

function isQueue(steps: Steps, untilUs: number): boolean {
  return steps.meanIn(0, untilUs) >= QUEUE_SHARE_MIN || steps.maxIn(0, untilUs) > 1;
}

function flowTopics(whose: 'work' | 'calls', ended: Completions): ChartTopic[] {
  if (ended.count === 0) return [];
  return [
    topic('latency', whose, 'us', '', [
      { name: 'p50', style: 'solid', ended },
      { name: 'p95', style: 'dashed', ended },
      { name: 'p99', style: 'dotted', ended },
    ]),
    topic('throughput', whose, 'rate', '', [{ name: 'rate', style: 'bars', ended }]),
  ];
}

function depthTopic(kind: ChartKind, subject: string, steps: Steps): ChartTopic {
  return topic(kind, subject, 'count', '', [{ name: 'depth', style: 'area', steps }]);
}

function topic(
  kind: ChartKind,
  subject: string,
  unit: ChartUnit,
  detail: string,
  lines: readonly TopicLine[],
): ChartTopic {
  return { key: [kind, subject, detail].join('/'), kind, subject, detail, unit, lines };
}

/** How long a stretch is: round, and about as wide as it takes to be seen. */
export function stretchUsOf({ width, fromUs, toUs }: ChartView): number {
  const atLeast = Math.max(STRETCH_MIN_US, ((toUs - fromUs) * STRETCH_PX) / Math.max(1, width));
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return [1, 2, 5, 10].find((factor) => factor * power >= atLeast * 0.999)! * power;
}

/**
 * The part of the time that is drawn: all of it, or so many times less, around the cursor. It stays where
 * it is until the cursor leaves its middle half.
 */
export function windowAround(
  cursorUs: number,
  endUs: number,
  zoom: number,
): { fromUs: number; toUs: number } {
  const half = endUs / zoom / 2;
  if (zoom <= 1) return { fromUs: 0, toUs: endUs };
  const wantedUs = (Math.floor(cursorUs / half) - 0.5) * half;
  const fromUs = Math.min(Math.max(0, wantedUs), endUs - 2 * half);
  return { fromUs, toUs: fromUs + 2 * half };
}

export function xOf({ width, fromUs, toUs }: ChartView, tUs: number): number {
  return ((tUs - fromUs) / (toUs - fromUs)) * width;
}

/** The instant at a place of the axis: whole microseconds, and nothing that is not seen. */
export function timeAtX({ width, fromUs, toUs, seenUs }: ChartView, x: number): number {
  const tUs = Math.round(fromUs + (x / width) * (toUs - fromUs));
  return Math.min(Math.max(0, fromUs, tUs), toUs, seenUs);
}

/** @param readUs nothing that happens before this is still to be read */
export function layoutChart(one: ChartTopic, view: ChartView, readUs: number): Chart {
  const height = one.unit === 'share' ? LANE_HEIGHT : PLOT_HEIGHT;
  const singles = one.kind === 'latency' ? singlesOf(one, view) : [];
  const top = topOf(one, view, readUs, singles);
  const yOf = (value: number): number => round(height - (value / top) * (height - 1));
  const dots = singles.map(({ tUs, durationUs }) => ({
    x: round(xOf(view, tUs)),
    y: yOf(durationUs),
  }));
  const lines = dots.length > 0 ? [] : one.lines;
  const paths = lines.map((line) => {
    const { name, style } = line;
    const d =
      'steps' in line
        ? stepPath(line.steps, view, height, yOf, style === 'area')
        : stretchPath(line, view, readUs, height, yOf);
    return { name, style, d };
  });
  return { ...one, height, top, paths, dots };
}

function singlesOf({ lines }: ChartTopic, { fromUs, toUs, seenUs }: ChartView) {
  const [line] = lines;
  if (!line || !('ended' in line)) return [];
  return line.ended.list(fromUs, Math.min(toUs, seenUs), SINGLE_MAX);
}

/** A round value that holds all that is in view. */
function topOf(
  { unit, lines }: ChartTopic,
  view: ChartView,
  readUs: number,
  singles: readonly { durationUs: number }[],
): number {
  if (unit === 'share') return 1;
  const untilUs = Math.min(view.toUs, view.seenUs);
  let max = Math.max(0, ...singles.map(({ durationUs }) => durationUs));
  for (const line of lines) {
    if ('steps' in line) max = Math.max(max, line.steps.maxIn(view.fromUs, untilUs));
    else {
      for (const { value } of stretches(line, view, readUs)) max = Math.max(max, value ?? 0);
    }
  }
  const [, top] = scaleLinear().domain([0, max]).nice(TOP_STEPS).domain() as [number, number];
  return unit === 'count' ? Math.max(2, top) : top || 1;
}

/** Along the axis; of what falls on one pixel the highest. */
function stepPath(
  steps: Steps,
  view: ChartView,
  height: number,
  yOf: (value: number) => number,
  isArea: boolean,
): string {
  const usPerPx = (view.toUs - view.fromUs) / view.width;
  const endX = Math.min(view.width, xOf(view, view.seenUs));
  let path = '';
  let lastY = NaN;
  for (let x = 0; x < endX; x++) {
    const fromUs = view.fromUs + x * usPerPx;
    const y = yOf(steps.maxIn(fromUs, Math.min(fromUs + usPerPx, view.seenUs)));
    if (y === lastY) continue;
    path += path === '' ? `M0 ${isArea ? height : y}V${y}` : `H${x}V${y}`;
    lastY = y;
  }
  if (path === '') return '';
  return `${path}H${round(endX)}${isArea ? `V${height}Z` : ''}`;
}

/** Level over each stretch, broken where there is nothing; closed to bars where it is an area. */
function stretchPath(
  line: TopicLine,
  view: ChartView,
  readUs: number,
  height: number,
  yOf: (value: number) => number,
): string {
  const isLine = line.style !== 'bars' && line.style !== 'area';
  let path = '';
  let lastUs = NaN;
  for (const { fromUs, toUs, value } of stretches(line, view, readUs)) {
    if (value === null || (value === 0 && !isLine)) continue;
    const x1 = round(Math.max(0, xOf(view, fromUs)));
    const x2 = round(Math.min(view.width, xOf(view, Math.min(toUs, view.seenUs))));
    const y = yOf(value);
    if (!isLine) path += `M${x1} ${height}V${y}H${x2}V${height}Z`;
    else path += `${fromUs === lastUs ? `V${y}` : `M${x1} ${y}`}H${x2}`;
    lastUs = toUs;
  }
  return path;
}

interface LineStretch {
  fromUs: number;
  toUs: number;
  value: number | null;
}

/** Of the stretches in view, as far as they are seen. */
function* stretches(line: TopicLine, view: ChartView, readUs: number): Generator<LineStretch> {
  const lengthUs = stretchUsOf(view);
  const untilUs = Math.min(view.toUs, view.seenUs);
  for (let index = Math.floor(view.fromUs / lengthUs); index * lengthUs < untilUs; index++) {
    const fromUs = index * lengthUs;
    const value = stretchValue(line, index, lengthUs, view.seenUs, readUs);
    yield { fromUs, toUs: fromUs + lengthUs, value };
  }
}

/** The value of one stretch as far as it is seen; of a depth the highest. */
function stretchValue(
  line: TopicLine,
  index: number,
  lengthUs: number,
  seenUs: number,
  readUs: number,
): number | null {
  const fromUs = index * lengthUs;
  const untilUs = Math.min(fromUs + lengthUs, seenUs);
  if ('steps' in line) return line.steps.maxIn(fromUs, untilUs);
  if ('busy' in line) return untilUs > fromUs ? line.busy.meanIn(fromUs, untilUs) : null;
  const stretch = line.ended.stretch(index, lengthUs, seenUs, readUs);
  if (line.name === 'rate') return (stretch.count * 1e6) / lengthUs;
  return stretch.count === 0 ? null : stretch[line.name as Exclude<keyof Stretch, 'count'>];
}

/** What stands at an instant: of depths the number then, of the rest that of the stretch it is in. */
export function valuesAt(
  { lines }: ChartTopic,
  view: ChartView,
  tUs: number,
  readUs: number,
): ChartValues {
  const lengthUs = stretchUsOf(view);
  const index = Math.floor(tUs / lengthUs);
  return lines.map((line) => ({
    name: line.name,
    value:
      'steps' in line
        ? line.steps.valueAt(tUs)
        : stretchValue(line, index, lengthUs, view.seenUs, readUs),
  }));
}

export interface ChartRow {
  fromUs: number;
  toUs: number;
  /** By topic, by line. */
  values: (number | null)[][];
}

/** The same as a table: a row for each stretch in view; of depths the highest in it. */
export function chartRows(
  topics: readonly ChartTopic[],
  view: ChartView,
  readUs: number,
): ChartRow[] {
  const lengthUs = stretchUsOf(view);
  const untilUs = Math.min(view.toUs, view.seenUs);
  const rows: ChartRow[] = [];
  for (let index = Math.floor(view.fromUs / lengthUs); index * lengthUs < untilUs; index++) {
    rows.push({
      ...{ fromUs: index * lengthUs, toUs: (index + 1) * lengthUs },
      values: topics.map(({ lines }) =>
        lines.map((line) => stretchValue(line, index, lengthUs, view.seenUs, readUs)),
      ),
    });
  }
  return rows;
}

export interface AxisTick {
  x: number;
  text: string;
}

export function axisTicks(view: ChartView): { unit: 'ms' | 's'; ticks: AxisTick[] } {
  const unit = view.toUs < 10_000_000 ? 'ms' : 's';
  const perUnit = unit === 'ms' ? 1e3 : 1e6;
  const scale = scaleLinear()
    .domain([view.fromUs / perUnit, view.toUs / perUnit])
    .range([0, view.width]);
  const ticks = scale.ticks(Math.max(2, Math.floor(view.width / TICK_DISTANCE))).map((time) => ({
    x: round(scale(time)),
    text: Number.isInteger(time) ? grouped(time) : String(time),
  }));
  return { unit, ticks };
}

/** Where something broke, in view and seen; of several on one pixel the first. */
export function breakMarks(breaks: readonly Break[], view: ChartView): { x: number; one: Break }[] {
  const marks: { x: number; one: Break }[] = [];
  for (const one of breaks) {
    if (one.tUs < view.fromUs || one.tUs > Math.min(view.toUs, view.seenUs)) continue;
    const x = Math.round(xOf(view, one.tUs));
    if (marks.at(-1)?.x !== x) marks.push({ x, one });
  }
  return marks;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
