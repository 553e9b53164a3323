// A whole run at a glance: how much happens at each node, by stretches of the axis. Counted as the trace
// grows; when there are too many stretches two become one, so that a run of any length takes the same
// memory, and drawing it the same time.

import type { TraceStore } from '#lib/trace/store.ts';
import type { TimeAxis } from './axis.ts';
import { isProminent } from './prominence.ts';

/** Pixels of the axis in a stretch, at first. */
const BIN_PX = 4;
/** Above so many stretches they are merged. */
const BIN_LIMIT = 4096;

export class Overview {
  readonly #columnOf = new Map<string, number>();
  /** By column: how many events in each stretch. */
  readonly #counts: Uint32Array[];
  readonly #showsBackground: boolean;
  #binPx = BIN_PX;
  #eventCount = 0;

  /**
   * @param nodes the columns, in their order
   * @param showsBackground background traffic is counted too
   */
  constructor(nodes: readonly string[], showsBackground = false) {
    this.#showsBackground = showsBackground;
    nodes.forEach((node, column) => this.#columnOf.set(node, column));
    this.#counts = nodes.map(() => new Uint32Array(BIN_LIMIT));
  }

  /** How many events have been read. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /**
   * Reads events that the axis has gained.
   *
   * @param most so many at a time, so that a long trace holds up no frame
   * @returns false when there are more
   */
  extend(trace: TraceStore, axis: TimeAxis, most = Infinity): boolean {
    const columns = trace.processes.map(({ node }) => this.#columnOf.get(node) ?? -1);
    const stop = Math.min(axis.eventCount, this.#eventCount + most);
    for (; this.#eventCount < stop; this.#eventCount++) {
      const id = this.#eventCount;
      const column = columns[trace.processIndexAt(id)]!;
      // What only the network sees a lens must not tell by its shade.
      if (column < 0 || trace.isOffstage(id)) continue;
      if (!isProminent(trace, id, this.#showsBackground)) continue;
      const y = axis.rowY(axis.rowAt(trace.timeAt(id)));
      this.#count(column, axis.unzoomed(y));
    }
    return stop === axis.eventCount;
  }

  #count(column: number, y: number): void {
    let bin = Math.floor(y / this.#binPx);
    while (bin >= BIN_LIMIT) {
      this.#merge();
      bin = Math.floor(y / this.#binPx);
    }
    this.#counts[column]![bin]!++;
  }

  #merge(): void {
    this.#binPx *= 2;
    for (const counts of this.#counts) {
      const half = BIN_LIMIT / 2;
      for (let bin = 0; bin < half; bin++) counts[bin] = counts[2 * bin]! + counts[2 * bin + 1]!;
      counts.fill(0, half);
    }
  }

  /**
   * How many events of a column are behind each pixel of a strip.
   *
   * @param totalY height of the axis that the strip shows, at a zoom of 1
   * @param pixels height of the strip
   */
  cells(column: number, totalY: number, pixels: number): Uint32Array {
    const cells = new Uint32Array(Math.max(0, Math.floor(pixels)));
    const counts = this.#counts[column];
    if (!counts || totalY <= 0) return cells;
    const last = Math.min(BIN_LIMIT - 1, Math.floor(totalY / this.#binPx));
    for (let bin = 0; bin <= last; bin++) {
      const count = counts[bin]!;
      if (count === 0) continue;
      const pixel = Math.floor((bin * this.#binPx * cells.length) / totalY);
      cells[Math.min(pixel, cells.length - 1)]! += count;
    }
    return cells;
  }
}

/** How dark a cell is, 0 to 1: one event can be seen, and a thousand are not much darker than a hundred. */
export function shadeOf(count: number): number {
  if (count === 0) return 0;
  return Math.min(1, 0.3 + 0.25 * Math.log10(count));
}

/** Where the strip shows the stretch in view, in its own pixels; not too small to be taken hold of. */
export function windowOn(
  topY: number,
  height: number,
  totalY: number,
  pixels: number,
): { y: number; height: number } {
  const scale = totalY > 0 ? pixels / totalY : 0;
  const size = Math.min(pixels, Math.max(WINDOW_MIN, height * scale));
  const free = Math.max(0, totalY - height);
  const share = free > 0 ? Math.min(1, Math.max(0, topY / free)) : 0;
  return { y: share * (pixels - size), height: size };
}

const WINDOW_MIN = 14;

/** The other way round: the top of the view when the window's top stands at `y` of the strip. */
export function topOf(y: number, height: number, totalY: number, pixels: number): number {
  const { height: size } = windowOn(0, height, totalY, pixels);
  const room = pixels - size;
  const share = room > 0 ? Math.min(1, Math.max(0, y / room)) : 0;
  return share * Math.max(0, totalY - height);
}
