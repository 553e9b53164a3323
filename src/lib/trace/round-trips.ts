// What each line of a program cost: questions that it sent and waited for. A netref looks like any object,
// so that a harmless loop may ask a hundred times; this is where it shows. A pure function of the trace.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import { roleOf } from '#lib/protocol/wire.ts';

export interface LineCost {
  node: string;
  /** `client.py:7`. */
  line: string;
  /** Questions of this protocol that the line sent. */
  roundTrips: number;
}

/**
 * The lines that asked most, first; equal ones in the order of their first question.
 *
 * @param proto whose messages count, such as `rpyc`
 */
export function roundTripsByLine(events: Iterable<TraceEvent>, proto: string): LineCost[] {
  const costs = new Map<string, LineCost>();
  for (const event of events) {
    if (event.kind !== 'send' || event.proto !== proto || event.line === undefined) continue;
    if (roleOf(proto, event.msg) !== 'command') continue;
    const { node, line } = event;
    const key = `${node} ${line}`;
    const cost = costs.get(key) ?? { node, line, roundTrips: 0 };
    cost.roundTrips++;
    costs.set(key, cost);
  }
  return [...costs.values()].sort((a, b) => b.roundTrips - a.roundTrips);
}
