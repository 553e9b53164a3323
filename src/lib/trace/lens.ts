// The lens: what one node can know at an instant. Its past cone, without what no program sees.

import { pastOf, type Frontier } from './happens-before.ts';
import { NO_EVENT, type TraceProcess, type TraceStore } from './store.ts';

export interface Lens {
  /** The node it looks out from. */
  readonly node: string;
  /** Its latest event at the cursor, or NO_EVENT before its first. */
  readonly apexId: number;
  /** The last event of each process that the node could know of. */
  readonly past: Frontier;
  /** True when the node can know of this event. */
  has(id: number): boolean;
  /** Time of the latest event of another node that this one can know of; undefined when none. */
  heardUs(node: string): number | undefined;
}

/**
 * What `node`, with all its processes, can know at `atUs`.
 *
 * @param node a node, or one process: its node is meant
 */
export function seenFrom(trace: TraceStore, node: string, atUs: number): Lens {
  const apexes = trace
    .processesOf(node)
    .map((process) => lastStep(trace, process, atUs))
    .filter((id) => id !== NO_EVENT);
  const past = pastOf(trace, ...apexes);
  return {
    node,
    apexId: apexes.length === 0 ? NO_EVENT : Math.max(...apexes),
    past,
    // A process that appeared after the lens was made has no entry.
    has: (id) => id <= (past[trace.processIndexAt(id)] ?? NO_EVENT) && !trace.isOffstage(id),
    heardUs(other) {
      let latest = NO_EVENT;
      for (const process of trace.processesOf(other)) {
        latest = Math.max(latest, past[process.index] ?? NO_EVENT);
      }
      return latest === NO_EVENT ? undefined : trace.timeAt(latest);
    },
  };
}

/** The last event of a process that is a step of it: a packet that nobody wanted tells it nothing. */
function lastStep(trace: TraceStore, { events }: TraceProcess, atUs: number): number {
  let position = events.lastAtMost(trace.lastAtOrBefore(atUs));
  while (position >= 0 && trace.isOffstage(events.data[position]!)) position--;
  return position < 0 ? NO_EVENT : events.data[position]!;
}
