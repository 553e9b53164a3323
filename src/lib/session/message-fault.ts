// A fault on one message: the pattern that names exactly this one, in this and in every replay.

import type { FaultPattern } from '#lib/protocol/faults.ts';
import { nodeOf, type TraceStore } from '#lib/trace/store.ts';

/**
 * The pattern of the message that event `id` sends: its word, both ends, and the how-manieth of
 * these it is in the whole run. What was stopped before it left is not in the trace, and the kernel
 * does not count it either.
 *
 * @param id a `send`
 */
export function patternOf(trace: TraceStore, id: number): FaultPattern {
  const send = trace.textAt(id, 'msg')!;
  const from = trace.processAt(id).name;
  const to = trace.textAt(id, 'to')!;
  let nth = 0;
  // Background messages are no part of `sends`: look at every event.
  for (let other = 0; other <= id; other++) {
    if (trace.kindAt(other) !== 'send' || trace.textAt(other, 'msg') !== send) continue;
    // A node's name means its children too.
    const isFrom = isNamed(from, trace.processAt(other).name);
    if (isFrom && isNamed(to, trace.textAt(other, 'to')!)) nth++;
  }
  return { send, from, to, nth };
}

function isNamed(name: string, process: string): boolean {
  return name === process || name === nodeOf(process);
}
