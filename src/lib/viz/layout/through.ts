// What passes through a node that is hidden: one dashed line from the message that went in to the one
// that came out because of it (as ShiViz draws what its hidden hosts did).

import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { isInternal } from './prominence.ts';
import type { Sketch } from './scene.ts';

/** Through so many events of hidden nodes a cause is followed. */
const STEP_LIMIT = 64;

/**
 * The sending, at a node that is shown, because of which this arrival came; NO_EVENT when its message
 * came from a node that is shown, or when nothing shown caused it.
 *
 * @param isHidden by process index
 */
export function causeThrough(
  trace: TraceStore,
  arrival: number,
  isHidden: (process: number) => boolean,
): number {
  const isTold = trace.kindAt(arrival) === 'deliver' && trace.roleAt(arrival) !== 'background';
  if (!isTold || isInternal(trace, arrival)) return NO_EVENT;
  let id = trace.messageOf(arrival);
  if (!isHidden(trace.processIndexAt(id))) return NO_EVENT;
  for (let step = 0; step < STEP_LIMIT && id !== NO_EVENT; step++) {
    if (!isHidden(trace.processIndexAt(id))) return trace.kindAt(id) === 'send' ? id : NO_EVENT;
    // What arrived was sent; anything else happened in a turn that something began.
    const sent = trace.messageOf(id);
    id = sent !== id && sent !== NO_EVENT ? sent : trace.causeAt(id);
  }
  return NO_EVENT;
}

export function drawThrough(sketch: Sketch, arrival: number): void {
  const { trace, scene, xs } = sketch;
  const origin = causeThrough(trace, arrival, (process) => xs[process]! < 0);
  if (origin === NO_EVENT || !sketch.isKnown(origin)) return;
  const x1 = xs[trace.processIndexAt(origin)]!;
  const x2 = xs[trace.processIndexAt(arrival)]!;
  // What comes back to where it left has its ends on that life line.
  if (x1 === x2) return;
  const [y1, y2] = [sketch.yOf(origin), sketch.yOf(arrival)];
  const named = { key: `through-${arrival}`, firstId: origin, lastId: arrival };
  scene.strokes.push({
    ...{ shape: 'line', ...named, x1, y1, x2, y2, ink: 'control', width: 1.5, dash: '2 4' },
  });
  scene.marks.push({
    ...{ shape: 'mark', ...named, symbol: 'head-open', ink: 'control', fromY: y2 },
    ...{ x: x2, y: y2, angle: Math.atan2(y2 - y1, x2 - x1) },
  });
}
