// The light cone of an event as a polygon over the columns, and the questions a painter asks of it:
// is this shape inside?

import {
  futureOf,
  isInFuture,
  isInPast,
  NEVER,
  pastOf,
  type Frontier,
} from '#lib/trace/happens-before.ts';
import type { Lens } from '#lib/trace/lens.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { Columns } from './columns.ts';
import { LabelPlaces, textWidth } from './labels.ts';
import type { Orientation, Point } from './orientation.ts';
import type { Picture } from './picture.ts';
import type { LabelShape } from './shapes.ts';

/** How far a cone reaches beyond the outermost columns. */
const MARGIN = 28;

export interface Cone {
  apexId: number;
  past: Frontier;
  future: Frontier | null;
}

export function coneOf(trace: TraceStore, id: number): Cone {
  return { apexId: id, past: pastOf(trace, id), future: futureOf(trace, id) };
}

/** The past cone of everything that a lens looks out from. */
export function coneOfLens(lens: Lens): Cone {
  return { apexId: lens.apexId, past: lens.past, future: null };
}

/** Could it have influenced the apex, or the apex it? Takes the first and last event of a shape. */
export function isLit(trace: TraceStore, cone: Cone, firstId: number, lastId: number): boolean {
  if (firstId === NO_EVENT) return true;
  if (isInPast(trace, cone.past, lastId)) return true;
  return cone.future !== null && isInFuture(trace, cone.future, firstId);
}

/** What stands back: outside the cone that is shown, else what a search has not found. */
export function isDimmed(
  trace: TraceStore,
  cone: Cone | null,
  found: ReadonlySet<number> | null,
  firstId: number,
  lastId: number,
): boolean {
  if (cone) return !isLit(trace, cone, firstId, lastId);
  return found !== null && firstId !== NO_EVENT && !found.has(firstId) && !found.has(lastId);
}

/** One edge of a cone, from left to right, and the height to which its area reaches. */
export interface ConePolygon {
  edge: Point[];
  baseY: number;
}

interface Stage {
  trace: TraceStore;
  picture: Picture;
  columns: Columns;
}

/** Up to where each node's events could have influenced the apex; the top where none could. */
export function pastPolygon(stage: Stage, cone: Cone, topY: number): ConePolygon {
  const { trace } = stage;
  const latest = new Map<string, number>();
  for (const { index, node } of trace.processes) {
    const id = cone.past[index] ?? NO_EVENT;
    if (id > (latest.get(node) ?? NO_EVENT)) latest.set(node, id);
  }
  return { edge: edgeOf(stage, latest, topY), baseY: topY };
}

/** From where on each node's events can be influenced by the apex; the bottom where none can. */
export function futurePolygon(stage: Stage, cone: Cone, bottomY: number): ConePolygon | null {
  if (!cone.future) return null;
  const earliest = new Map<string, number>();
  for (const { index, node } of stage.trace.processes) {
    const id = cone.future[index] ?? NEVER;
    if (id < (earliest.get(node) ?? NEVER)) earliest.set(node, id);
  }
  // What has not been shown yet is not betrayed by the shape of the cone.
  const edge = edgeOf(stage, earliest, bottomY).map(({ x, y }) => ({ x, y: Math.min(y, bottomY) }));
  return { edge, baseY: bottomY };
}

function edgeOf(
  { trace, picture, columns }: Stage,
  ids: Map<string, number>,
  elseY: number,
): Point[] {
  const points = columns.nodes.map((node, index) => {
    const id = ids.get(node);
    return {
      x: columns.xs[index]!,
      y: id === undefined ? elseY : picture.axis.yAt(trace.timeAt(id)),
    };
  });
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const left = Math.max(columns.gutter, first.x - MARGIN);
  const right = Math.min(columns.width, last.x + MARGIN);
  return [{ x: left, y: first.y }, ...points, { x: right, y: last.y }];
}

/** SVG path data of a cone's area. */
export function areaPath({ edge, baseY }: ConePolygon): string {
  if (edge.length === 0) return '';
  return `M${edge[0]!.x} ${baseY}L${edge.map(pair).join('L')}L${edge.at(-1)!.x} ${baseY}Z`;
}

/** SVG path data of a cone's edge; where no node is reached there is none. */
export function edgePath({ edge, baseY }: ConePolygon): string {
  let path = '';
  edge.forEach((to, index) => {
    const from = edge[index - 1];
    if (!from || (from.y === baseY && to.y === baseY)) return;
    path += path.endsWith(pair(from)) ? `L${pair(to)}` : `M${pair(from)}L${pair(to)}`;
  });
  return path;
}

function pair({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

export type CaptionName = 'past' | 'future' | 'concurrent';

export interface Caption extends Point {
  name: CaptionName;
  text: string;
}

interface CaptionStage {
  past: ConePolygon;
  future: ConePolygon | null;
  apex: Point;
  /** Default: down. */
  orientation?: Orientation;
  /** The stretch in view. */
  topY: number;
  bottomY: number;
  /** Texts that stay in the picture. */
  labels: readonly LabelShape[];
  words: Record<CaptionName, string>;
}

/** From a caption's baseline to an edge of its area above and below. */
const CAPTION_ABOVE = 16;
const CAPTION_BELOW = 8;
/** The same where the edge is beside the text: half of its height. */
const CAPTION_BESIDE = 9;
const CAPTION_STEP = 6;

/** Each caption inside its own area, clear of other texts; left out where there is no room. */
export function placeCaptions(stage: CaptionStage): Caption[] {
  const { past, future, topY, bottomY, labels } = stage;
  const places = new LabelPlaces(stage.orientation);
  for (const label of labels) places.place([label]);
  const found: Caption[] = [];
  const edges = (x: number) => ({
    pastY: heightAt(past.edge, x),
    futureY: future ? heightAt(future.edge, x) : bottomY,
  });
  const put = (name: CaptionName, ys: readonly number[], area: (x: number) => [number, number]) => {
    const caption = findPlace(stage, places, name, ys, area);
    if (caption) found.push(caption);
  };
  const top = Math.max(topY, past.baseY);
  const bottom = Math.min(bottomY, future?.baseY ?? bottomY);
  const downwards = steps(top + CAPTION_ABOVE + 4, bottom);
  put('past', downwards, (x) => [top, edges(x).pastY]);
  if (!future) return found;
  put('future', downwards.toReversed(), (x) => [edges(x).futureY, bottom]);
  const fromApex = downwards.toSorted(
    (a, b) => Math.abs(a - stage.apex.y) - Math.abs(b - stage.apex.y),
  );
  put('concurrent', fromApex, (x) => [
    Math.max(top, edges(x).pastY),
    Math.min(bottom, edges(x).futureY),
  ]);
  return found;
}

function steps(from: number, to: number): number[] {
  const found: number[] = [];
  for (let y = from; y <= to - CAPTION_BELOW; y += CAPTION_STEP) found.push(y);
  return found;
}

function findPlace(
  { past, apex, words, orientation = 'down' }: CaptionStage,
  places: LabelPlaces,
  name: CaptionName,
  ys: readonly number[],
  area: (x: number) => [number, number],
): Caption | null {
  const text = words[name];
  const half = textWidth(text) / 2 + 6;
  const isDown = orientation === 'down';
  const reach = isDown ? half : CAPTION_BESIDE;
  const [above, below] = isDown ? [CAPTION_ABOVE, CAPTION_BELOW] : [half, half];
  for (const y of ys) {
    for (const x of captionXs(past.edge, apex.x)) {
      const isInside = [x - reach, x, x + reach].every((at) => {
        const [fromY, toY] = area(at);
        return y - above >= fromY && y + below <= toY;
      });
      if (!isInside) continue;
      const label: LabelShape = {
        ...{ shape: 'label', key: name, firstId: NO_EVENT, lastId: NO_EVENT, text, x, y },
        ...{ angle: 0, anchor: 'middle', ink: 'light', isMono: false, fromY: 0 },
      };
      if (places.place([label])) return { name, text, x, y };
    }
  }
  return null;
}

/** Between two columns each, the nearest to the apex first. */
function captionXs(edge: readonly Point[], apexX: number): number[] {
  const columns = edge.slice(1, -1);
  const xs = columns.slice(1).map(({ x }, index) => (x + columns[index]!.x) / 2);
  if (columns.length === 1) xs.push(apexX);
  return xs.sort((a, b) => Math.abs(a - apexX) - Math.abs(b - apexX));
}

/** Height of an edge at some x; its ends go on level. */
function heightAt(edge: readonly Point[], x: number): number {
  const next = edge.findIndex((point) => point.x >= x);
  if (next < 0) return edge.at(-1)?.y ?? 0;
  const [to, from] = [edge[next]!, edge[next - 1]];
  if (!from || to.x === from.x) return to.y;
  return from.y + ((x - from.x) / (to.x - from.x)) * (to.y - from.y);
}
