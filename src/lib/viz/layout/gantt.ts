// Where the bars of a pool's workers stand: time to the right, a lane for each worker, in it a row for
// each run that it has open at a time. Bars too narrow to tell apart are drawn as one. Pure geometry.

import { scaleLinear } from 'd3-scale';
import type { Resending, WorkBar, WorkerPhase, WorkLane } from '#lib/trace/pool-work.ts';
import { grouped } from '#lib/protocol/time.ts';

/** Space above the first lane, for the axis. */
export const GANTT_TOP = 28;
export const LANE_GAP = 14;
const ROW_HEIGHT = 20;
const ROW_GAP = 2;
/** What a worker does as a whole, under its bars. */
const STRIP_HEIGHT = 4;
const STRIP_GAP = 3;
/** Narrower bars are drawn together with their neighbours. */
const BAR_MIN = 3;
const STRIP_MIN = 1;
const TICK_DISTANCE = 72;
const CHARACTER_WIDTH = 7.3;
const LABEL_PADDING = 8;
/** An axis ends at one of these times a power of ten, so that it rarely changes while a run grows. */
const NICE = [1, 1.5, 2, 3, 5, 7.5, 10];
const SHORTEST_US = 1_000;

/** Which part of the time is drawn, and how large. */
export interface GanttView {
  /** Pixels for all of the time. */
  width: number;
  /** The end of the axis. */
  endUs: number;
  /** What comes later is not known yet. */
  seenUs: number;
  /** Only what lies between these is drawn; whole pixels. */
  fromX: number;
  toX: number;
  /** Until when a worker is known, through a lens; null for all of it. */
  limitOf?: (node: string) => number | null;
}

export interface GanttBar {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The first of those that are drawn here. */
  bar: WorkBar;
  /** How many are drawn as one. */
  count: number;
  /** How it ends as far as it is seen; `open` when it goes on. */
  end: WorkBar['end'] | 'pause' | 'open';
  /** As much of the call as there is room for. */
  label: string;
}

export interface GanttStrip {
  x: number;
  width: number;
  state: WorkerPhase['state'];
}

export interface GanttLane {
  node: string;
  y: number;
  height: number;
  stripY: number;
  bars: GanttBar[];
  strips: GanttStrip[];
  resent: { x: number; resending: Resending }[];
  /** Where its process was gone, or null. */
  gone: { x: number; isViolent: boolean } | null;
  /** The end of its line. */
  endX: number;
}

export interface Gantt {
  height: number;
  lanes: GanttLane[];
  ticks: { x: number; text: string }[];
  /** In which ticks are told. */
  unit: 'ms' | 's';
}

/** The time at which an axis ends that has to hold so much. */
export function niceEnd(us: number): number {
  const atLeast = Math.max(us, SHORTEST_US);
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return (NICE.find((factor) => factor * power >= atLeast) ?? 10) * power;
}

export function layoutGantt(lanes: readonly WorkLane[], view: GanttView): Gantt {
  const placed: GanttLane[] = [];
  let y = GANTT_TOP;
  for (const lane of lanes) {
    const own = placeLane(lane, y, view);
    placed.push(own);
    y += own.height + LANE_GAP;
  }
  const unit = view.endUs < 10_000_000 ? 'ms' : 's';
  return { height: y, lanes: placed, ticks: ticksOf(view, unit), unit };
}

function placeLane(lane: WorkLane, y: number, view: GanttView): GanttLane {
  const { node, rowCount } = lane;
  const limitUs = Math.min(view.seenUs, view.limitOf?.(node) ?? Infinity);
  const barsHeight = rowCount * (ROW_HEIGHT + ROW_GAP) - ROW_GAP;
  const xOf = (tUs: number): number => (tUs / view.endUs) * view.width;
  const isSeen = ({ tUs }: { tUs: number }): boolean => tUs <= limitUs;
  const gone = lane.gone && isSeen(lane.gone) ? lane.gone : null;
  return {
    ...{ node, y, height: barsHeight + STRIP_GAP + STRIP_HEIGHT },
    stripY: y + barsHeight + STRIP_GAP,
    bars: placeBars(lane.bars, y, limitUs, view, xOf),
    strips: placeStrips(lane.phases, limitUs, view, xOf),
    resent: lane.resent.filter(isSeen).map((resending) => ({ x: xOf(resending.tUs), resending })),
    gone: gone && { x: xOf(gone.tUs), isViolent: gone.isViolent },
    endX: xOf(gone ? gone.tUs : limitUs),
  };
}

function placeBars(
  bars: readonly WorkBar[],
  y: number,
  limitUs: number,
  { fromX, toX }: GanttView,
  xOf: (tUs: number) => number,
): GanttBar[] {
  const placed: GanttBar[] = [];
  /** By row. */
  const last = new Map<number, GanttBar>();
  for (const bar of bars) {
    if (bar.fromUs > limitUs) break;
    const isOver = bar.toUs !== null && bar.toUs <= limitUs;
    const x = xOf(bar.fromUs);
    const right = xOf(isOver ? bar.toUs! : limitUs);
    if (right < fromX || x > toX) continue;
    const before = last.get(bar.row);
    if (before && areOne(before, bar, x, right)) {
      before.count++;
      before.width = right - before.x;
      before.label = labelOf('', before);
      continue;
    }
    const made: GanttBar = {
      ...{ x, y: y + bar.row * (ROW_HEIGHT + ROW_GAP), width: right - x, height: ROW_HEIGHT },
      ...{ bar, count: 1, end: isOver ? (bar.end ?? 'pause') : 'open', label: '' },
    };
    made.label = labelOf(bar.call, made);
    placed.push(made);
    last.set(bar.row, made);
  }
  return placed;
}

/** Narrow, right behind narrow ones, and nothing that should be seen by itself. */
function areOne(before: GanttBar, bar: WorkBar, x: number, right: number): boolean {
  const isNarrow = right - x < BAR_MIN && before.width < BAR_MIN * before.count;
  return isNarrow && isPlain(bar) && isPlain(before.bar) && x - before.x - before.width < BAR_MIN;
}

function isPlain({ end, attempt }: WorkBar): boolean {
  return attempt === 1 && end !== 'cut' && end !== 'failed';
}

/** The function and its arguments, the function alone, or nothing. */
function labelOf(call: string, { width, count }: GanttBar): string {
  if (count > 1) return fits(`×${count}`, width) ? `×${count}` : '';
  if (fits(call, width)) return call;
  const name = call.replace(/\(.*/s, '');
  return fits(name, width) ? name : '';
}

function fits(text: string, width: number): boolean {
  return text.length * CHARACTER_WIDTH + LABEL_PADDING <= width;
}

function placeStrips(
  phases: readonly WorkerPhase[],
  limitUs: number,
  { fromX, toX }: GanttView,
  xOf: (tUs: number) => number,
): GanttStrip[] {
  const strips: GanttStrip[] = [];
  for (const { state, fromUs, toUs } of phases) {
    if (fromUs > limitUs) break;
    const x = xOf(fromUs);
    const right = xOf(Math.min(toUs ?? limitUs, limitUs));
    if (right < fromX || x > toX) continue;
    const before = strips.at(-1);
    // What is too narrow to be seen counts as what was there before it.
    if (before && (before.state === state || right - x < STRIP_MIN))
      before.width = right - before.x;
    else strips.push({ x, width: right - x, state });
  }
  return strips;
}

function ticksOf({ width, endUs, fromX, toX }: GanttView, unit: Gantt['unit']): Gantt['ticks'] {
  const end = unit === 'ms' ? endUs / 1e3 : endUs / 1e6;
  const scale = scaleLinear().domain([0, end]).range([0, width]);
  return scale
    .ticks(Math.max(2, Math.floor(width / TICK_DISTANCE)))
    .map((time) => ({
      x: scale(time),
      text: Number.isInteger(time) ? grouped(time) : String(time),
    }))
    .filter(({ x }) => x >= fromX - TICK_DISTANCE && x <= toX + TICK_DISTANCE);
}

export interface LaneSum {
  /** Pieces of work that ended well or with an error. */
  doneCount: number;
  /** Between 0 and 1: of the time since its first phase. */
  busyShare: number;
}

/** What a worker has done up to a time. */
export function laneSum({ bars, phases, gone }: WorkLane, atUs: number): LaneSum {
  const untilUs = Math.min(atUs, gone?.tUs ?? Infinity);
  const isDone = ({ end, toUs }: WorkBar): boolean =>
    (end === 'done' || end === 'failed') && toUs! <= untilUs;
  const startUs = phases[0]?.fromUs ?? bars[0]?.fromUs ?? untilUs;
  const own: readonly { fromUs: number; toUs: number | null }[] =
    phases.length > 0
      ? phases.filter(({ state }) => state === 'busy')
      : bars.filter(({ row, kind }) => row === 0 && kind === 'running');
  let busyUs = 0;
  for (const { fromUs, toUs } of own) {
    busyUs += Math.max(0, Math.min(toUs ?? untilUs, untilUs) - fromUs);
  }
  const share = untilUs > startUs ? busyUs / (untilUs - startUs) : 0;
  return { doneCount: bars.filter(isDone).length, busyShare: Math.min(1, share) };
}
