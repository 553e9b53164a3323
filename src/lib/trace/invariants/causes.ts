// DESIGN section 3: a cause, and a message that an event names, stands before it in the trace (and so
// at no later time). What a process does is caused by something that happened to that process; what
// the network does, by the message it does it to.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';

/** Their cause is at another process: who sent, who spawned, whose child ended. */
const FROM_ELSEWHERE: ReadonlySet<string> = new Set([
  'start',
  'deliver',
  'accept',
  'open',
  'refuse',
  'drop',
  'lose',
  'retransmit',
  'duplicate',
  // Of a link or of a message: the message that a pattern matched.
  'fault',
]);

export function causesPrecedeEffects(): Invariant {
  /** Where each event so far happened: index of its process, by id. */
  const places: number[] = [];
  const indexes = new Map<string, number>();
  const placeOf = (process: string): number => {
    let index = indexes.get(process);
    if (index === undefined) indexes.set(process, (index = indexes.size));
    return index;
  };
  const isAt = (id: number, process: string): boolean => places[id] === indexes.get(process);
  const ends = new Set<number>();

  function wrong(event: TraceEvent, id: number): string | null {
    const { cause } = event;
    if (cause !== undefined && !(cause >= 0 && cause < id)) return `its cause ${cause} comes later`;
    if ('send' in event && !(event.send >= 0 && event.send < id)) {
      return `the message ${event.send} it names comes later`;
    }
    if (event.kind === 'file' && event.saw !== undefined && !(event.saw < id)) {
      return `the change ${event.saw} it saw comes later`;
    }
    if (cause === undefined || FROM_ELSEWHERE.has(event.kind) || isAt(cause, event.node))
      return null;
    // The parent learns of the end of a child: its turn is caused by that end. A peer's operating
    // system resets what arrives for somebody who is gone: caused by the message.
    if (event.kind === 'reset' || ends.has(cause)) return null;
    // A parent sends its child a signal (NODE1).
    const parent = event.node.slice(0, event.node.lastIndexOf('/'));
    if (event.kind === 'signal' && isAt(cause, parent)) return null;
    return `its cause ${cause} happened to another process`;
  }

  return {
    name: 'causes precede effects',
    event(event, id) {
      const breach = wrong(event, id);
      places.push(placeOf(event.node));
      if (event.kind === 'exit' || event.kind === 'kill') ends.add(id);
      return breach;
    },
  };
}
