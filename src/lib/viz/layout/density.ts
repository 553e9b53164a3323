// A stretch in which more happens than can be told apart: life lines with their ends, how much each
// node does as the width of a bar, and of the messages one in so many. Its cost depends on the size of
// the stretch in pixels, not on what happens in it.

import { NO_EVENT, type TraceProcess } from '#lib/trace/store.ts';
import { isChild, drawLife } from './lives.ts';
import { drawMessage } from './messages.ts';
import type { Sketch } from './scene.ts';

/** So many events of one stretch are drawn one by one. */
const DENSE = 1500;
/** Of more, about so many. */
const SAMPLE = 1000;
/** Height of a step of a bar, in pixels. */
const BIN = 3;
/** Half the width of the bar of one event, and of a hundred and more, in pixels. */
const HALF_MIN = 1.5;
const HALF_MAX = 9;

export function isDense(firstId: number, lastId: number): boolean {
  return lastId - firstId > DENSE;
}

export function drawDense(sketch: Sketch, firstId: number, lastId: number): void {
  const { trace, lens, scene, places, picture } = sketch;
  places.close();
  for (const process of trace.processes) drawLife(sketch, process, firstId, lastId);
  // A lens must not tell by a bar what only the network sees: there the messages have to do.
  if (lens === null) {
    const bins = binsOf(sketch);
    for (const process of trace.processes) {
      if (!isChild(process)) drawBar(sketch, process, bins);
    }
  }
  // A power of two, counted from the first event of all: the next stretch leaves the same ones out.
  scene.everyNth = 2 ** Math.ceil(Math.log2((lastId - firstId) / SAMPLE));
  const first = Math.ceil(firstId / scene.everyNth) * scene.everyNth;
  for (let id = first; id <= lastId; id += scene.everyNth) {
    const process = trace.processIndexAt(id);
    if (!sketch.isKnown(id) || sketch.xs[process]! < 0) continue;
    if (trace.isOrigin(id)) drawMessage(sketch, id);
    if (trace.roleAt(id) === 'background' && !picture.showsBackground) continue;
    scene.spots.push({ id, x: sketch.xs[process]!, y: sketch.yOf(id) });
  }
}

interface Bin {
  y: number;
  height: number;
  /** The last event before it, and the last one in it. */
  beforeId: number;
  lastId: number;
}

function binsOf({ trace, picture, fromY, toY, endY }: Sketch): Bin[] {
  const { axis } = picture;
  const top = Math.max(axis.rowY(0), fromY);
  const bottom = Math.min(toY, endY);
  const bins: Bin[] = [];
  let beforeId = trace.lastAtOrBefore(axis.tAt(top) - 1);
  // On a grid of the whole picture: the next stretch has the same steps.
  for (let y = Math.floor(top / BIN) * BIN; y < bottom; y += BIN) {
    const lastId = trace.lastAtOrBefore(axis.tAt(y + BIN) - 1);
    bins.push({ y, height: BIN, beforeId, lastId });
    beforeId = lastId;
  }
  return bins;
}

/** Steps of one width are one shape. */
function drawBar(
  { scene, xs, picture }: Sketch,
  process: TraceProcess,
  bins: readonly Bin[],
): void {
  const x = xs[process.index]!;
  if (x < 0) return;
  const { events, background } = process;
  /** So many of its events have happened by then, without those that are folded away. */
  const countBy = (id: number): number => {
    const folded = picture.showsBackground ? -1 : background.lastAtMost(id);
    return events.lastAtMost(id) - folded;
  };
  let count = bins[0] ? countBy(bins[0].beforeId) : 0;
  let open: { y: number; height: number; half: number } | undefined;
  const close = (): void => {
    if (!open || open.half === 0) return;
    const { y, height, half } = open;
    scene.strokes.push({
      shape: 'rect',
      key: `dense-${process.index}-${y}`,
      ...{ firstId: NO_EVENT, lastId: NO_EVENT },
      ...{ x: x - half, y, width: 2 * half, height },
      fill: 'control',
    });
  };
  for (const { y, height, lastId } of bins) {
    const next = countBy(lastId);
    const half = halfOf(next - count);
    count = next;
    if (open?.half === half) open.height += height;
    else {
      close();
      open = { y, height, half };
    }
  }
  close();
}

/** By the logarithm, in steps of half a pixel. */
function halfOf(count: number): number {
  if (count === 0) return 0;
  const share = Math.min(1, Math.log10(count) / 2);
  return Math.round(2 * (HALF_MIN + share * (HALF_MAX - HALF_MIN))) / 2;
}
