// What the Objects panel shows of a daemon in the course of a run.

import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { ObjectsFold } from '#lib/trace/remote-objects.ts';
import type { TraceStore } from '#lib/trace/store.ts';

/** The most calls that are ever at work at once in a node's daemon. */
export function callsAtOnce(trace: TraceStore, node: string): number {
  const objects = new ObjectsFold(trace, new RemoteCalls(trace));
  let most = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    for (const daemon of objects.at(trace.timeAt(id)).daemons) {
      if (daemon.node === node) most = Math.max(most, daemon.busy);
    }
  }
  return most;
}
