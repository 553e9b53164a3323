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
import type { Picture } from './picture.ts';

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

export interface Point {
  x: number;
  y: number;
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
  return { edge: edgeOf(stage, earliest, bottomY), baseY: bottomY };
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

/** SVG path data of a cone's edge. */
export function edgePath({ edge }: ConePolygon): string {
  return edge.length === 0 ? '' : `M${edge.map(pair).join('L')}`;
}

function pair({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
