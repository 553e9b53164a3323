// One stretch of the picture, as shapes: what a painter draws when these heights are in view. Pure
// geometry; it depends on the trace, the stage's measures and the lens, not on the cursor: a
// painter cuts strokes off at the cursor and shows a mark or a label once the cursor has passed
// it, so that playing changes almost nothing.

import type { Lens } from '#lib/trace/lens.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { BREAK_US, BREAK_ZOOM_MIN } from './axis.ts';
import { processXs, type Columns } from './columns.ts';
import { drawCuts } from './cuts.ts';
import { drawDense, isDense } from './density.ts';
import { LabelPlaces } from './labels.ts';
import { drawBracket, drawLife, drawMoment } from './lives.ts';
import { drawMessage } from './messages.ts';
import type { Picture } from './picture.ts';
import { drawThrough } from './through.ts';
import { isProminent } from './prominence.ts';
import { emptyScene, type Scene } from './shapes.ts';

/** The few words that stand in a picture and are not the trace's own. */
export interface SceneWords {
  effect(count: number): string;
  /** Badge of a message that took so many tries. */
  tries(count: number): string;
  /** Badge of a copy. */
  copy(number: number): string;
  exit(code: number): string;
}

export interface SceneOptions {
  trace: TraceStore;
  picture: Picture;
  columns: Columns;
  /** The stretch to draw; a little more than is in view, so that scrolling finds it ready. */
  fromY: number;
  toY: number;
  /** Where life lines that go on stop: the lowest point the cursor may reach. */
  endY: number;
  lens: Lens | null;
  words: SceneWords;
}

/** What the parts of a scene share while it is drawn. */
export interface Sketch extends SceneOptions {
  scene: Scene;
  places: LabelPlaces;
  /** By process index. */
  xs: readonly number[];
  /** Places where something folded has been drawn. */
  folded: Set<string>;
  yOf(id: number): number;
  isKnown(id: number): boolean;
}

export function layoutScene(options: SceneOptions): Scene {
  const { trace, picture, columns, fromY, toY, lens } = options;
  const { axis } = picture;
  const scene = emptyScene(columns.orientation);
  if (picture.eventCount === 0) return scene;
  const sketch: Sketch = {
    ...options,
    scene,
    places: new LabelPlaces(columns.orientation),
    xs: processXs(trace, columns),
    folded: new Set(),
    yOf: (id) => axis.yAt(trace.timeAt(id)),
    isKnown: (id) => lens === null || lens.has(id),
  };
  const firstId = trace.firstAtOrAfter(fromY <= axis.rowY(0) ? 0 : axis.tAt(fromY));
  // What has not been read yet has no rows.
  const lastId = Math.min(trace.lastAtOrBefore(axis.tAt(toY)), picture.eventCount - 1);
  if (isDense(firstId, lastId)) {
    drawDense(sketch, firstId, lastId);
    return scene;
  }
  const ids: number[] = [];
  trace.visitTouching(firstId, lastId, (id) => {
    if (sketch.isKnown(id) && sketch.xs[trace.processIndexAt(id)]! >= 0) ids.push(id);
  });
  if (lens === null) drawCuts(sketch);
  for (const process of trace.processes) drawLife(sketch, process, firstId, lastId);
  for (const id of ids) drawBracket(sketch, id);
  drawGaps(sketch);
  // What a program prints comes before the words on the lines.
  for (const id of ids) if (id >= firstId) drawMoment(sketch, id);
  for (const id of ids) {
    if (trace.isOrigin(id)) drawMessage(sketch, id);
    else if (id >= firstId) drawThrough(sketch, id);
    if (id >= firstId && isProminent(trace, id, picture.showsBackground)) {
      scene.spots.push({ id, x: sketch.xs[trace.processIndexAt(id)]!, y: sketch.yOf(id) });
    }
  }
  scene.labels = sketch.places.labels;
  return scene;
}

/** Two strokes across every life line where the axis leaves time out. */
function drawGaps({ scene, picture, columns, fromY, toY, endY, trace, lens, xs }: Sketch): void {
  const { axis } = picture;
  if (axis.scale === 'true' || axis.zoom < BREAK_ZOOM_MIN) return;
  const stop = Math.min(toY, endY);
  for (let row = axis.rowAtY(fromY); row + 1 < axis.rowCount && axis.rowY(row) < stop; row++) {
    if (axis.rowTimeUs(row + 1) - axis.rowTimeUs(row) < BREAK_US) continue;
    const y = (axis.rowY(row) + axis.rowY(row + 1)) / 2;
    const tUs = axis.rowTimeUs(row) + 1;
    for (const node of columns.nodes) {
      const process = trace.process(node);
      if (!process || trace.standingAt(process, tUs).life === 'unborn') continue;
      const known = lens ? (lens.past[process.index] ?? NO_EVENT) : trace.eventCount;
      if (lens && lens.node !== node && known <= trace.lastAtOrBefore(tUs)) continue;
      const x = xs[process.index]!;
      const named = { firstId: NO_EVENT, lastId: NO_EVENT };
      const key = `gap-${row}-${node}`;
      scene.strokes.push({
        ...{ shape: 'rect', key, ...named, fill: 'canvas' },
        ...{ x: x - 5, y: y - 3, width: 10, height: 6 },
      });
      scene.marks.push({
        ...{
          shape: 'mark',
          key,
          ...named,
          symbol: 'gap',
          x,
          y,
          angle: 0,
          ink: 'control',
          fromY: y,
        },
      });
    }
  }
}
