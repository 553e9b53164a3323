// Why something happened: the chain of causes that ends at an event, from its beginning. The cause of
// a turn is one event (what arrived, or fired, or began it), so the chain is a line and no tree; what
// else could have influenced the event is its past cone. Steps that nobody looks at, such as the
// opening of a connection, are told as one.

import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { isProminent } from './prominence.ts';

/** Steps that are told; what came before the last so many is folded into one. */
export const STEPS_MAX = 200;

/** One step of a chain, or several that are told as one. */
export interface WhyStep {
  /** Of the event, or of the last of those that are folded. */
  id: number;
  /** How many events are folded into this step; 0 when it is the event itself. */
  foldedCount: number;
}

/** A sleep that is over, say. */
function isTold(trace: TraceStore, id: number): boolean {
  if (trace.kindAt(id) === 'timer') return trace.textAt(id, 'op') === 'fired';
  return isProminent(trace, id);
}

/** The arrival of a message is told with its sending, which knows its place in the program. */
function isWithNext(trace: TraceStore, id: number): boolean {
  return trace.kindAt(id) === 'deliver' && trace.kindAt(trace.causeAt(id)) === 'send';
}

/** The chain that ends at `id`, its beginning first; `id` itself is its last step. */
export function whyOf(trace: TraceStore, id: number): WhyStep[] {
  const steps: WhyStep[] = [];
  for (let at = trace.causeAt(id); at !== NO_EVENT; at = trace.causeAt(at)) {
    if (isTold(trace, at)) {
      if (!isWithNext(trace, at)) steps.push({ id: at, foldedCount: 0 });
      continue;
    }
    const next = steps.at(-1);
    if (next && next.foldedCount > 0) next.foldedCount++;
    else steps.push({ id: at, foldedCount: 1 });
  }
  const earlier = steps.splice(STEPS_MAX);
  if (earlier.length > 0) {
    const foldedCount = earlier.reduce((sum, step) => sum + Math.max(1, step.foldedCount), 0);
    steps.push({ id: earlier[0]!.id, foldedCount });
  }
  return [...steps.reverse(), { id, foldedCount: 0 }];
}
