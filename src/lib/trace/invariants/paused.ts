// NODE6: a paused process begins nothing. KT5 lets it finish the turn in which the pause found it, so
// what it does while paused was caused before the pause.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import { isDeed } from './deeds.ts';
import type { Invariant } from './invariant.ts';
import type { World } from './world.ts';

export function thePausedBeginNothing(): Invariant {
  const pausedBy = new Map<string, number>();
  return {
    name: 'the paused begin nothing',
    event(event: TraceEvent, id: number, world: World) {
      if (event.kind === 'pause') pausedBy.set(event.node, id);
      if (!isDeed(event) || !world.lives.of(event.node).isPaused) return null;
      const isNewTurn = event.kind === 'timer' && event.op === 'fired';
      const isOfBefore = (event.cause ?? -1) < pausedBy.get(event.node)!;
      return isOfBefore && !isNewTurn ? null : `${event.node} is paused`;
    },
  };
}
