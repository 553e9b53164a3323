// A job's attempts as bars: a row for each node, in it as many lanes as ran at a time, time from left to
// right. Between two instants at which something begins or ends time takes room by its logarithm, so that a
// pause of half a minute beside tasks of a tenth of a second leaves both readable. What has been drawn
// stays where it is while time goes on.

import { scaleLog } from 'd3-scale';
import type { Attempt, JobLine, NodeLine } from '#lib/trace/disco-jobs.ts';

export const BAR_HEIGHT = 22;
const LANE = BAR_HEIGHT + 4;
const ROW_PADDING = 7;
/** Above the rows, for times. */
export const TIMES_HEIGHT = 24;
const GAP_MIN = 20;
const GAP_MAX = 116;
/** Pixels for each power of ten of a gap in milliseconds. */
const GAP_DECADE = 24;
const BAR_MIN = 12;
/** Times stand no closer than this. */
const TIME_ROOM = 72;

export interface Bar {
  key: string;
  task: string;
  node: string;
  attempt: Attempt;
  /** Of the attempts at its task, from 1 on. */
  ordinal: number;
  x: number;
  y: number;
  width: number;
}

export interface Row {
  node: string;
  y: number;
  height: number;
}

export interface TaskBars {
  bars: readonly Bar[];
  rows: readonly Row[];
  times: readonly { x: number; tUs: number }[];
  /** Where a node died. */
  deaths: readonly { node: string; x: number; y: number; height: number; tUs: number }[];
  width: number;
  height: number;
}

const gapWidth = scaleLog()
  .domain([1, 10 ** ((GAP_MAX - GAP_MIN) / GAP_DECADE)])
  .range([GAP_MIN, GAP_MAX])
  .clamp(true);

/**
 * @param nodes rows, in order
 * @param cursorUs what runs reaches to here
 */
export function layoutBars(
  job: JobLine,
  nodes: readonly Pick<NodeLine, 'name' | 'deathsUs'>[],
  cursorUs: number,
): TaskBars {
  const endUs = Math.min(cursorUs, job.endUs ?? cursorUs);
  const drawn = job.tasks.flatMap(({ name, attempts }) =>
    attempts.map((attempt, index) => ({ task: name, attempt, ordinal: index + 1 })),
  );
  const deathsOf = ({ deathsUs }: Pick<NodeLine, 'deathsUs'>): number[] =>
    deathsUs.filter((tUs) => tUs >= job.startUs && tUs <= endUs);
  const xOf = axisOf(
    [
      ...drawn.flatMap(({ attempt }) => [attempt.fromUs, attempt.toUs ?? endUs]),
      ...nodes.flatMap(deathsOf),
    ],
    job.startUs,
    endUs,
  );
  const bars: Bar[] = [];
  const rows: Row[] = [];
  const deaths: { node: string; x: number; y: number; height: number; tUs: number }[] = [];
  let y = TIMES_HEIGHT;
  for (const line of nodes) {
    const node = line.name;
    const own = drawn
      .filter(({ attempt }) => attempt.node === node)
      .sort((a, b) => a.attempt.fromUs - b.attempt.fromUs || a.attempt.number - b.attempt.number);
    const lanes: number[] = [];
    for (const { task, attempt, ordinal } of own) {
      const lane = laneFor(lanes, attempt);
      lanes[lane] = attempt.toUs ?? Infinity;
      const x = xOf(attempt.fromUs);
      const width = Math.max(BAR_MIN, xOf(attempt.toUs ?? endUs) - x - 2);
      const key = `${task} ${attempt.number}`;
      const top = y + ROW_PADDING + lane * LANE;
      bars.push({ key, task, node, attempt, ordinal, x, y: top, width });
    }
    const height = 2 * ROW_PADDING + Math.max(1, lanes.length) * LANE - 4;
    rows.push({ node, y, height });
    for (const tUs of deathsOf(line)) deaths.push({ node, x: xOf(tUs), y, height, tUs });
    y += height;
  }
  const right = bars.map(({ x, width }) => x + width);
  const width = Math.ceil(Math.max(xOf(endUs), ...right) + 12);
  return { bars, rows, deaths, times: timesOf(drawn, job.startUs, xOf), width, height: y };
}

/** The first lane that is free by then. */
function laneFor(lanes: readonly number[], { fromUs }: Attempt): number {
  const free = lanes.findIndex((untilUs) => untilUs <= fromUs);
  return free < 0 ? lanes.length : free;
}

/** Where an instant stands, given those at which something happens. */
function axisOf(
  instants: readonly number[],
  startUs: number,
  endUs: number,
): (tUs: number) => number {
  const times = [...new Set([startUs, ...instants, endUs])]
    .filter((tUs) => tUs >= startUs)
    .sort((a, b) => a - b);
  const places = new Map<number, number>();
  let x = 0;
  times.forEach((tUs, index) => {
    if (index > 0) x += gapWidth(1 + (tUs - times[index - 1]!) / 1000);
    places.set(tUs, x);
  });
  return (tUs) => places.get(tUs) ?? 0;
}

/** Beginnings, as many as there is room for. */
function timesOf(
  drawn: readonly { attempt: Attempt }[],
  startUs: number,
  xOf: (tUs: number) => number,
): { x: number; tUs: number }[] {
  const starts = [...new Set(drawn.map(({ attempt }) => attempt.fromUs))].sort((a, b) => a - b);
  const times: { x: number; tUs: number }[] = [];
  for (const tUs of starts.length > 0 ? starts : [startUs]) {
    const x = xOf(tUs);
    const last = times.at(-1);
    if (!last || x - last.x >= TIME_ROOM) times.push({ x, tUs });
  }
  return times;
}
