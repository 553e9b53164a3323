// Where the nodes stand: one column each, children of a process beside it.

import type { TraceProcess, TraceStore } from '#lib/trace/store.ts';

/** A stage narrower than this has the measures of a phone. */
const PHONE_WIDTH = 480;
const PITCH_MIN = 88;
const PITCH_MAX = 168;
/** Above so many nodes heads shrink to initials. */
const SMALL_COUNT = 12;
const SMALL_PITCH = 40;
const HEAD_MAX = 112;
const SMALL_HEAD = 40;
/** In a head narrower than this the four buttons stand two by two (as NodeHead.svelte has it). */
const NARROW_HEAD = 100;
/** Centre of the first child's bar from its parent's line, and from child to child. */
const CHILD_FIRST = 10;
const CHILD_PITCH = 8;

export interface Columns {
  nodes: readonly string[];
  /** Width for the times and the fault strip. */
  gutter: number;
  pitch: number;
  /** Of the whole picture: more than the stage's when it scrolls sideways. */
  width: number;
  xs: readonly number[];
  /** Heads are initials. */
  isSmall: boolean;
  headWidth: number;
  /** Buttons stand two by two. */
  isNarrow: boolean;
}

export function layoutColumns(stageWidth: number, nodes: readonly string[]): Columns {
  const isPhone = stageWidth < PHONE_WIDTH;
  const isSmall = nodes.length > SMALL_COUNT;
  const gutter = isPhone ? 44 : 64;
  const inset = isSmall ? 32 : isPhone ? 40 : 56;
  const gaps = Math.max(1, nodes.length - 1);
  const free = (stageWidth - gutter - 2 * inset) / gaps;
  const pitch = isSmall
    ? Math.max(SMALL_PITCH, Math.min(free, PITCH_MAX))
    : Math.max(PITCH_MIN, Math.min(free, PITCH_MAX));
  const used = gutter + 2 * inset + (nodes.length - 1) * pitch;
  const spare = Math.max(0, stageWidth - used) / 2;
  const xs = nodes.map((_, index) => Math.round(gutter + inset + spare + index * pitch));
  // No head reaches into the gutter, where the picture scrolls under the times.
  const headWidth = isSmall ? SMALL_HEAD : Math.min(HEAD_MAX, pitch - 4, 2 * inset);
  return {
    nodes,
    gutter,
    pitch,
    width: Math.max(stageWidth, used),
    xs,
    isSmall,
    headWidth,
    isNarrow: headWidth < NARROW_HEAD,
  };
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
