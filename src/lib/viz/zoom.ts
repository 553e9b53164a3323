// How far a picture can be zoomed, and by what steps.

import { AXIS_TOP, type TimeAxis } from './layout/axis.ts';
import { TAIL } from './timeline.svelte.ts';

export type ZoomStep = 'in' | 'out' | 'full' | 'whole';

const STEP = Math.SQRT2;
const MAX = 2;

/** The zoom at which the whole run is in view; 1 for a short one. */
function wholeZoom(axis: TimeAxis, height: number): number {
  const restHeight = axis.restY - AXIS_TOP;
  const room = Math.max(1, height - AXIS_TOP - TAIL);
  return Math.min(1, room / Math.max(1, restHeight));
}

/** The zoom after a step, by a key or a menu. */
export function stepped(axis: TimeAxis, height: number, step: ZoomStep): number {
  if (step === 'full') return 1;
  if (step === 'whole') return wholeZoom(axis, height);
  return scaled(axis, height, step === 'in' ? STEP : 1 / STEP);
}

/** The zoom after a turn of the wheel or a pinch: never further out than the whole run. */
export function scaled(axis: TimeAxis, height: number, factor: number): number {
  const zoom = axis.zoom * factor;
  // The way in and out leads over the size at which everything can be read.
  const isPast = (zoom - 1) * (axis.zoom - 1) < 0;
  return isPast ? 1 : Math.min(MAX, Math.max(wholeZoom(axis, height), zoom));
}
