// The axis of time: down the page, a row for every instant at which something prominent happens.
// Between two rows time runs evenly. How far apart they stand is the scale:
//   elastic  16 px and more, by the logarithm of the gap, so that an idle hour takes a finger's breadth
//   steps    28 px each: order only
//   true     so many pixels a millisecond
// A row never moves once it is known: the axis only grows. The zoom is applied on the way out, so
// that another one reads no trace again.

import { grouped } from '#lib/protocol/time.ts';
import { Column } from '#lib/trace/columns.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { isProminent } from './prominence.ts';

export type Scale = 'elastic' | 'steps' | 'true';

/** Space above the first row. */
export const AXIS_TOP = 24;
const ELASTIC_MIN = 16;
const ELASTIC_MAX = 88;
/** Pixels for each power of ten of the gap in milliseconds. */
const ELASTIC_DECADE = 20;
const STEP = 28;
const DEFAULT_PX_PER_MS = 4;
/** Times set by hand are rounded to this, unless it moves them visibly. */
const ROUND_US = 100;
const ROUND_REACH = 3;
/** From here on an elastic gap is as high as it gets and says how long it is. */
export const BREAK_US = 3_980_000;

/** The height of a gap of so many microseconds. */
export function gapHeight(gapUs: number, scale: Scale, pxPerMs = DEFAULT_PX_PER_MS): number {
  const gapMs = gapUs / 1000;
  if (scale === 'steps') return STEP;
  if (scale === 'true') return gapMs * pxPerMs;
  return Math.min(ELASTIC_MIN + ELASTIC_DECADE * Math.log10(1 + gapMs), ELASTIC_MAX);
}

export class TimeAxis {
  readonly scale: Scale;
  /** Of every height below the first row; above 0, 1 is the size at which everything can be read. */
  zoom = 1;
  readonly #pxPerMs: number;
  readonly #showsBackground: boolean;
  readonly #times = new Column(new Float64Array(64));
  /** Heights at a zoom of 1. */
  readonly #ys = new Column(new Float64Array(64));
  #eventCount = 0;

  /**
   * @param pxPerMs of the true scale. Default 4.
   * @param showsBackground background traffic has rows too. Default: it has none.
   */
  constructor(
    scale: Scale = 'elastic',
    pxPerMs: number = DEFAULT_PX_PER_MS,
    showsBackground = false,
  ) {
    this.scale = scale;
    this.#pxPerMs = pxPerMs;
    this.#showsBackground = showsBackground;
    this.#times.push(0);
    this.#ys.push(AXIS_TOP);
  }

  /**
   * Reads the events that the trace has gained.
   *
   * @param most so many at a time, so that a long trace holds up no frame
   * @returns false when there are more
   */
  extend(trace: TraceStore, most = Infinity): boolean {
    const stop = Math.min(trace.eventCount, this.#eventCount + most);
    for (; this.#eventCount < stop; this.#eventCount++) {
      if (isProminent(trace, this.#eventCount, this.#showsBackground)) {
        this.addRow(trace.timeAt(this.#eventCount));
      }
    }
    return stop === trace.eventCount;
  }

  /** Adds a row for an instant that is not before the last one; where there is one it stays one. */
  addRow(tUs: number): void {
    const lastUs = this.#times.data[this.#times.length - 1]!;
    if (tUs === lastUs) return;
    const y = this.#ys.data[this.#ys.length - 1]!;
    this.#times.push(tUs);
    this.#ys.push(y + gapHeight(tUs - lastUs, this.scale, this.#pxPerMs));
  }

  /** How many events have been read. */
  get eventCount(): number {
    return this.#eventCount;
  }

  get rowCount(): number {
    return this.#times.length;
  }

  rowTimeUs(row: number): number {
    return this.#times.data[row]!;
  }

  rowY(row: number): number {
    return AXIS_TOP + (this.#ys.data[row]! - AXIS_TOP) * this.zoom;
  }

  /** A height as it would be at a zoom of 1. */
  unzoomed(y: number): number {
    return AXIS_TOP + (y - AXIS_TOP) / this.zoom;
  }

  get lastY(): number {
    return this.rowY(this.rowCount - 1);
  }

  /** The same at a zoom of 1. */
  get restY(): number {
    return this.#ys.data[this.#ys.length - 1]!;
  }

  /** The last row at or above a height, at least 0. */
  rowAtY(y: number): number {
    return Math.max(0, this.#ys.lastAtMost(this.unzoomed(y)));
  }

  /** The last row at or before a time, at least 0. */
  rowAt(tUs: number): number {
    return Math.max(0, this.#times.lastAtMost(tUs));
  }

  /** Height of an instant: monotone, and even between two rows. */
  yAt(tUs: number): number {
    const row = this.rowAt(tUs);
    const startUs = this.rowTimeUs(row);
    const y = this.rowY(row);
    if (tUs <= startUs) return y;
    if (row + 1 === this.rowCount) return y + this.zoom * this.#beyond(tUs - startUs);
    const share = (tUs - startUs) / (this.rowTimeUs(row + 1) - startUs);
    return y + share * (this.rowY(row + 1) - y);
  }

  /** The instant at a height, whole microseconds: the inverse of `yAt`. */
  tAt(y: number): number {
    const row = this.rowAtY(y);
    const startUs = this.rowTimeUs(row);
    const offset = Math.max(0, y - this.rowY(row));
    if (row + 1 === this.rowCount) return startUs + this.#beyondInverse(offset / this.zoom);
    const share = offset / (this.rowY(row + 1) - this.rowY(row));
    return Math.round(startUs + share * (this.rowTimeUs(row + 1) - startUs));
  }

  /** The instant at a height as a person would set it: a tenth of a millisecond where that is near. */
  roundTimeAt(y: number): number {
    const tUs = Math.max(0, this.tAt(y));
    const roundUs = Math.round(tUs / ROUND_US) * ROUND_US;
    return Math.abs(this.yAt(roundUs) - this.yAt(tUs)) <= ROUND_REACH ? roundUs : tUs;
  }

  /** After the last row there is no gap yet whose height could be known: it grows from nothing. */
  #beyond(gapUs: number): number {
    if (this.scale === 'true') return (gapUs / 1000) * this.#pxPerMs;
    const most = ELASTIC_MAX - ELASTIC_MIN;
    return Math.min(ELASTIC_DECADE * Math.log10(1 + gapUs / 1000), most);
  }

  #beyondInverse(offset: number): number {
    if (this.scale === 'true') return Math.round((offset / this.#pxPerMs) * 1000);
    const most = ELASTIC_MAX - ELASTIC_MIN;
    return Math.round((10 ** (Math.min(offset, most) / ELASTIC_DECADE) - 1) * 1000);
  }
}

/** A time in the gutter, or a gap that is too long to draw. */
export interface Tick {
  row: number;
  y: number;
  text: string;
  isBreak: boolean;
}

/** Labels closer than this would touch: below each other, and beside each other. */
const TICK_DISTANCE = 24;
export const TICK_DISTANCE_ACROSS = 52;
/** Zoomed out there is at most one label in so many pixels more, near their upper edge. */
const TICK_REACH = 8;
/** From here on breaks are too low to be marked. */
export const BREAK_ZOOM_MIN = 0.5;
/** Rows to search back for one whose label is certain. */
const ANCHOR_TRIES = 500;

/**
 * The gutter's texts between two heights. The same rows have labels wherever the window is.
 *
 * @param isNarrow in their shortest form
 * @param distance from one to the next, at least
 */
export function ticks(
  axis: TimeAxis,
  fromY: number,
  toY: number,
  isNarrow = false,
  distance = TICK_DISTANCE,
): Tick[] {
  if (axis.zoom < 1) return coarseTicks(axis, fromY, toY, isNarrow, distance);
  const found: Tick[] = [];
  let lastY = -Infinity;
  for (
    let row = anchorRow(axis, fromY, distance, isNarrow);
    row < axis.rowCount && axis.rowY(row) <= toY;
    row++
  ) {
    const y = axis.rowY(row);
    if (y - lastY >= distance && isNew(axis, row, isNarrow)) {
      found.push({ row, y, text: formatTick(axis.rowTimeUs(row), isNarrow), isBreak: false });
      lastY = y;
    }
    if (row + 1 === axis.rowCount || axis.scale === 'true') continue;
    const gapUs = axis.rowTimeUs(row + 1) - axis.rowTimeUs(row);
    if (gapUs < BREAK_US) continue;
    const text = compact(gapUs, isNarrow);
    found.push({ row, y: (y + axis.rowY(row + 1)) / 2, text, isBreak: true });
  }
  return found;
}

/** Where rows stand so closely that all of them cannot be looked at: by cells of the picture. */
function coarseTicks(
  axis: TimeAxis,
  fromY: number,
  toY: number,
  isNarrow: boolean,
  distance: number,
): Tick[] {
  const found: Tick[] = [];
  const cell = distance + TICK_REACH;
  for (let top = Math.floor(fromY / cell) * cell; top <= toY; top += cell) {
    let row = axis.rowAtY(top);
    if (axis.rowY(row) < top) row++;
    if (row >= axis.rowCount) break;
    const y = axis.rowY(row);
    if (y - top > TICK_REACH || y > toY) continue;
    found.push({ row, y, text: formatTick(axis.rowTimeUs(row), isNarrow), isBreak: false });
  }
  return found;
}

/** The row above a height from which labels count: one that has a label whatever went before. */
function anchorRow(axis: TimeAxis, y: number, distance: number, isNarrow: boolean): number {
  let row = axis.rowAtY(y);
  for (let tries = 0; row > 0 && tries < ANCHOR_TRIES; tries++, row--) {
    if (axis.rowY(row) - axis.rowY(row - 1) >= distance && isNew(axis, row, isNarrow)) break;
  }
  return row;
}

/** Of two that happen within a millisecond only the first has a label, where both would be the same. */
function isNew(axis: TimeAxis, row: number, isNarrow: boolean): boolean {
  if (row === 0 || axis.rowTimeUs(row) - axis.rowTimeUs(row - 1) >= 1000) return true;
  const textAt = (one: number): string => formatTick(axis.rowTimeUs(one), isNarrow);
  return textAt(row) !== textAt(row - 1);
}

/** A time in the gutter, whose unit is the millisecond: `10.3`, `4 112`, `12.3 s`, `2h03m`. */
export function formatTick(tUs: number, isNarrow = false): string {
  const ms = tUs / 1000;
  if (ms < 1000) return String(Math.round(ms * 10) / 10);
  if (ms < 10_000) return grouped(Math.round(ms));
  return compact(tUs, isNarrow);
}

/** `12.3 s`, `2m05s`, `2h03m`; where the gutter is narrow `2:05` and `2h03`. */
function compact(us: number, isNarrow: boolean): string {
  const s = us / 1e6;
  if (s < 99.95) return `${s.toFixed(1)} s`;
  const minutes = Math.floor(s / 60);
  const pair = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (minutes < 60) return isNarrow ? `${minutes}:${pair(s % 60)}` : `${minutes}m${pair(s % 60)}s`;
  const hours = `${Math.floor(minutes / 60)}h${pair(minutes % 60)}`;
  return isNarrow ? hours : `${hours}m`;
}

/** A stretch of time with its unit: `640 µs`, `3.2 ms`, `412 ms`, `4.0 s`, `1 min 20 s`, `2 h 03 min`. */
export function formatDuration(us: number): string {
  const s = us / 1e6;
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 10_000) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 1e6) return `${Math.round(us / 1000)} ms`;
  if (s < 99.95) return `${s.toFixed(1)} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(s % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
