// What is under the pointer, where a message is at an instant, and where the arrow keys lead.

import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { Columns } from './columns.ts';
import { isInternal, isProminent } from './prominence.ts';
import type { Flight, Scene } from './shapes.ts';

/** Events are small; their targets are not. */
const EVENT_REACH = 12;
const LINE_REACH = 7;
const LIFE_REACH = 14;

/** The event at a point: the nearest within reach, else the nearer end of the message there. */
export function eventAtPoint(scene: Scene, x: number, y: number, maxY: number): number {
  let found = NO_EVENT;
  let nearest = EVENT_REACH ** 2;
  for (const spot of scene.spots) {
    if (spot.y > maxY) continue;
    const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (distance > nearest) continue;
    nearest = distance;
    found = spot.id;
  }
  return found === NO_EVENT ? messageAtPoint(scene, x, y, maxY) : found;
}

function messageAtPoint(scene: Scene, x: number, y: number, maxY: number): number {
  let found = NO_EVENT;
  let nearest = LINE_REACH;
  for (const flight of scene.flights) {
    if (flight.isBackground || y > maxY) continue;
    const { share, distance } = nearestOn(flight, x, y);
    if (distance >= nearest) continue;
    nearest = distance;
    const isLater = share > 0.5 && flight.y2 <= maxY;
    found = isLater ? flight.arrivalId : flight.originId;
  }
  return found;
}

function nearestOn({ x1, y1, x2, y2 }: Flight, x: number, y: number) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  return { share, distance: Math.hypot(x1 + share * dx - x, y1 + share * dy - y) };
}

/** The node whose life line is at this x, or null. */
export function nodeAtX(columns: Columns, x: number): string | null {
  let found: string | null = null;
  let nearest = LIFE_REACH;
  columns.xs.forEach((lineX, index) => {
    if (Math.abs(lineX - x) > nearest) return;
    nearest = Math.abs(lineX - x);
    found = columns.nodes[index]!;
  });
  return found;
}

/** Where a message is when the cursor stands at height `y`, or null when it is not under way. */
export function positionAt(flight: Flight, y: number): { x: number; y: number } | null {
  if (y <= flight.y1 || y >= flight.y2) return null;
  const share = (y - flight.y1) / (flight.y2 - flight.y1);
  return { x: flight.x1 + share * (flight.x2 - flight.x1), y };
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * The event that an arrow key leads to: along the life line, or along a message to the node on that
 * side, else to the event nearest in time on the next life line.
 *
 * @param isShown leaves out what is not in the picture
 * @param showsBackground background traffic is walked along too
 * @returns NO_EVENT when there is nothing that way
 */
export function neighbour(
  trace: TraceStore,
  nodes: readonly string[],
  id: number,
  direction: Direction,
  isShown: (id: number) => boolean,
  showsBackground = false,
): number {
  const isTarget = (other: number) => isShown(other) && isProminent(trace, other, showsBackground);
  const node = trace.processAt(id).node;
  if (direction === 'down') return nextOf(trace, node, id, 1, isTarget);
  if (direction === 'up') return nextOf(trace, node, id, -1, isTarget);
  const step = direction === 'left' ? -1 : 1;
  const column = nodes.indexOf(node);
  const along = otherEnds(trace, id).find((other) => {
    return (
      isTarget(other) && Math.sign(nodes.indexOf(trace.processAt(other).node) - column) === step
    );
  });
  if (along !== undefined) return along;
  for (let next = column + step; next >= 0 && next < nodes.length; next += step) {
    const nearest = nearestOf(trace, nodes[next]!, id, isTarget);
    if (nearest !== NO_EVENT) return nearest;
  }
  return NO_EVENT;
}

/** The arrivals of a message that leaves here, or the sending of one that arrived. */
function otherEnds(trace: TraceStore, id: number): number[] {
  const origin = trace.messageOf(id);
  if (origin === NO_EVENT || isInternal(trace, id)) return [];
  return origin === id ? trace.followersOf(id).reverse() : [origin];
}

function nextOf(
  trace: TraceStore,
  node: string,
  from: number,
  step: 1 | -1,
  isTarget: (id: number) => boolean,
): number {
  for (let id = from + step; id >= 0 && id < trace.eventCount; id += step) {
    if (trace.processAt(id).node === node && isTarget(id)) return id;
  }
  return NO_EVENT;
}

function nearestOf(
  trace: TraceStore,
  node: string,
  id: number,
  isTarget: (id: number) => boolean,
): number {
  const before = nextOf(trace, node, id, -1, isTarget);
  const after = nextOf(trace, node, id, 1, isTarget);
  if (before === NO_EVENT || after === NO_EVENT) return Math.max(before, after);
  const tUs = trace.timeAt(id);
  return tUs - trace.timeAt(before) <= trace.timeAt(after) - tUs ? before : after;
}
