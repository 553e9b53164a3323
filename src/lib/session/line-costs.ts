// What each line of the learner's files cost in the run on stage, on all nodes that ran it. Loaded with the
// first run that asks anything of remote objects.

import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import type { TraceStore } from '#lib/trace/store.ts';

export interface LineCosts {
  file: string;
  line: number;
  /** How many nodes ran it so far; the rest is of all of them together. */
  nodeCount: number;
  roundTrips: number;
  waitedUs: number;
}

/** An index of each trace, for as long as there is the trace. */
const indexes = new WeakMap<TraceStore, RemoteCalls>();

/** Lines that asked at least once, up to `atUs`. */
export function lineCosts(trace: TraceStore, _revision: number, atUs: number): LineCosts[] {
  const calls = indexes.get(trace) ?? new RemoteCalls(trace);
  indexes.set(trace, calls);
  const lines = new Map<string, LineCosts>();
  for (const { line: place, roundTrips, waitedUs } of calls.linesAt(atUs)) {
    if (roundTrips === 0) continue;
    const [file, line] = place.split(':') as [string, string];
    const none = { file, line: Number(line), nodeCount: 0, roundTrips: 0, waitedUs: 0 };
    const sum = lines.get(place) ?? none;
    sum.nodeCount++;
    sum.roundTrips += roundTrips;
    sum.waitedUs += waitedUs;
    lines.set(place, sum);
  }
  return [...lines.values()];
}
