// Which way time goes on the screen. Everything is laid out for time that goes down: x across the
// nodes, y along time. Where time goes across the screen the two change places, and that is all: lines
// and life lines are the same shapes turned. A text is never turned. It keeps its own place in the
// layout, is written level on the screen, and whoever places it asks here how it lies.

/** `down`: nodes beside each other, time down. `across`: nodes below each other, time to the right. */
export type Orientation = 'down' | 'across';

export const ORIENTATIONS: readonly Orientation[] = ['down', 'across'];

export interface Point {
  x: number;
  y: number;
}

/** From the layout to the screen, and from the screen to the layout: changing places twice is nothing. */
export function turned(orientation: Orientation, { x, y }: Point): Point {
  return orientation === 'across' ? { x: y, y: x } : { x, y };
}

/** The same as a matrix, for what can be drawn without a thought of where up is. */
export const MATRIX: Record<
  Orientation,
  readonly [number, number, number, number, number, number]
> = { down: [1, 0, 0, 1, 0, 0], across: [0, 1, 1, 0, 0, 0] };

/** The same as the `transform` of an SVG element; none where there is nothing to turn. */
export function transformOf(orientation: Orientation): string | undefined {
  return orientation === 'across' ? `matrix(${MATRIX.across.join(' ')})` : undefined;
}

/** A direction in the layout, in radians, as it is on the screen. */
export function turnedAngle(orientation: Orientation, angle: number): number {
  return orientation === 'across' ? Math.PI / 2 - angle : angle;
}
