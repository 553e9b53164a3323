// KT7: a timer is set once, fires at most once, not before it is due, and not after it was cancelled;
// what it begins is caused by its setting.

import type { TraceEvent, TraceEventOf } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';

interface Timer {
  setId: number;
  dueUs: number;
}

export function timersFireWhenDue(): Invariant {
  const timers = new Map<string, Map<number, Timer>>();

  function wrongTimer(event: TraceEventOf<'timer'>, id: number): string | null {
    const { node, op, timer, tUs, cause } = event;
    let own = timers.get(node);
    if (!own) timers.set(node, (own = new Map()));
    const known = own.get(timer);
    if (op === 'set') {
      own.set(timer, { setId: id, dueUs: event.dueUs ?? tUs });
      return known ? `timer ${timer} is set already` : null;
    }
    own.delete(timer);
    if (!known) return `timer ${timer} is not set`;
    if (op !== 'fired') return null;
    if (tUs < known.dueUs) return `timer ${timer} is due at ${known.dueUs} µs`;
    return cause === known.setId ? null : `timer ${timer} was set by event ${known.setId}`;
  }

  return {
    name: 'timers fire when due',
    event(event: TraceEvent, id: number) {
      if (event.kind === 'start') timers.delete(event.node);
      return event.kind === 'timer' ? wrongTimer(event, id) : null;
    },
  };
}
