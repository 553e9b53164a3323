// Where the nodes stand: one column each, children of a process beside it. Where time goes across the
// screen the columns are rows, with measures of their own, as a text is wider than it is high.

import type { TraceProcess, TraceStore } from '#lib/trace/store.ts';
import type { Orientation } from './orientation.ts';

/** A stage narrower than this has the measures of a phone. */
const PHONE_WIDTH = 480;
/** Above so many nodes heads shrink to initials. */
const SMALL_COUNT = 12;
const SMALL_PITCH = 40;
const SMALL_HEAD = 40;
const HEAD_MAX = 112;
/** In a head narrower than this the four buttons stand two by two (as NodeHead.svelte has it). */
const NARROW_HEAD = 100;

interface Measures {
  /** For the times and the fault strip. */
  gutter: number;
  /** From the first and the last life line to the edge. */
  inset: number;
  pitchMin: number;
  pitchMax: number;
}

const COLUMNS: Measures = { gutter: 64, inset: 56, pitchMin: 88, pitchMax: 168 };
const PHONE_COLUMNS: Measures = { ...COLUMNS, gutter: 44, inset: 40 };
const SMALL_COLUMNS: Measures = { ...COLUMNS, inset: 32, pitchMin: SMALL_PITCH };
const SMALL_PHONE_COLUMNS: Measures = { ...SMALL_COLUMNS, gutter: 44 };
/** A head is as high as its row: 60 px, and 100 px where its buttons stand two by two. */
const ROWS: Measures = { gutter: 44, inset: 42, pitchMin: 76, pitchMax: 104 };
const PHONE_ROWS: Measures = { ...ROWS, inset: 58, pitchMin: 112 };
const SMALL_ROWS: Measures = { ...ROWS, inset: 28, pitchMin: SMALL_PITCH };
const PHONE_HEAD = 76;

/** Centre of the first child's bar from its parent's line, and from child to child. */
const CHILD_FIRST = 10;
const CHILD_PITCH = 8;

/** All measures are of the layout: what is said of a column's width is the height of a row. */
export interface Columns {
  orientation: Orientation;
  nodes: readonly string[];
  /** Width for the times and the fault strip. */
  gutter: number;
  pitch: number;
  /** Of the whole picture: more than the stage's when it scrolls sideways. */
  width: number;
  xs: readonly number[];
  /** Heads are initials. */
  isSmall: boolean;
  /** On the screen, whichever way time goes. */
  headWidth: number;
  /** Buttons stand two by two. */
  isNarrow: boolean;
}

export interface ColumnOptions {
  /** Default: down. */
  orientation?: Orientation;
  /** Default: when the room is a phone's. */
  isPhone?: boolean;
  /** Room beside the times for something else, in pixels. Default 0. */
  strip?: number;
}

/** @param room of the stage, across the nodes */
export function layoutColumns(
  room: number,
  nodes: readonly string[],
  { orientation = 'down', isPhone = isPhoneStage(room), strip = 0 }: ColumnOptions = {},
): Columns {
  const isSmall = nodes.length > SMALL_COUNT;
  const measures = measuresOf(orientation, isSmall, isPhone);
  const { inset, pitchMin, pitchMax } = measures;
  const gutter = measures.gutter + strip;
  const gaps = Math.max(1, nodes.length - 1);
  const free = (room - gutter - 2 * inset) / gaps;
  const pitch = Math.max(pitchMin, Math.min(free, pitchMax));
  const used = gutter + 2 * inset + (nodes.length - 1) * pitch;
  // Few columns stand in the middle, few rows below the times.
  const spare = orientation === 'down' ? Math.max(0, room - used) / 2 : 0;
  const headWidth = headWidthOf(orientation, isSmall, isPhone, Math.min(pitch - 4, 2 * inset));
  return {
    ...{ orientation, nodes, gutter, pitch, isSmall, headWidth },
    width: Math.max(room, used),
    xs: nodes.map((_, index) => Math.round(gutter + inset + spare + index * pitch)),
    isNarrow: headWidth < NARROW_HEAD,
  };
}

/** So narrow that the measures are those of a phone, whichever way time goes. */
export function isPhoneStage(stageWidth: number): boolean {
  return stageWidth < PHONE_WIDTH;
}

function measuresOf(orientation: Orientation, isSmall: boolean, isPhone: boolean): Measures {
  if (orientation === 'across') return isSmall ? SMALL_ROWS : isPhone ? PHONE_ROWS : ROWS;
  if (isSmall) return isPhone ? SMALL_PHONE_COLUMNS : SMALL_COLUMNS;
  return isPhone ? PHONE_COLUMNS : COLUMNS;
}

/** No head reaches into the gutter, where the picture scrolls under the times. */
function headWidthOf(
  orientation: Orientation,
  isSmall: boolean,
  isPhone: boolean,
  room: number,
): number {
  if (isSmall) return SMALL_HEAD;
  if (orientation === 'down') return Math.min(HEAD_MAX, room);
  return isPhone ? PHONE_HEAD : HEAD_MAX;
}

/** `worker12` as `w12`, for a head that has no room. */
export function initials(node: string): string {
  return node.slice(0, 1) + (/\d+$/.exec(node)?.[0] ?? '');
}

/** The x of every process of a trace, by its index. -1 for the network as a whole. */
export function processXs(trace: TraceStore, columns: Columns): number[] {
  const childCounts = new Map<string, number>();
  const reach = columns.pitch / 2 - 10;
  return trace.processes.map((process: TraceProcess) => {
    const column = columns.nodes.indexOf(process.node);
    if (column < 0) return -1;
    if (process.name === process.node) return columns.xs[column]!;
    const child = childCounts.get(process.node) ?? 0;
    childCounts.set(process.node, child + 1);
    return columns.xs[column]! + Math.min(CHILD_FIRST + CHILD_PITCH * child, reach);
  });
}
