// NET4: while a partition or a cut stands, nothing gets across: neither what is sent meanwhile nor what
// was in flight when it began.

import type { Invariant } from './invariant.ts';
import { arrivalOf } from './messages.ts';

export function nothingCrossesAPartition(): Invariant {
  return {
    name: 'nothing crosses a partition',
    event(event, _id, world) {
      const message = world.messages.get(arrivalOf(event) ?? -1);
      if (!message) return null;
      // A refusal comes back from whom it was sent to.
      const [from, to] =
        event.kind === 'refuse' ? [event.from, event.node] : [message.from, event.node];
      return world.paths.isBlocked(from, to) ? `nothing can pass from ${from} to ${to}` : null;
    },
  };
}
