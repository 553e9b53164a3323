// NODE4, NODE5, NODE6: a process starts when it does not run, each time as the next incarnation, and
// only one that runs can end, be paused, resumed or signalled.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';
import type { World } from './world.ts';

export function livesFollowTheirCourse(): Invariant {
  return { name: 'lives follow their course', event: wrong };
}

function wrong(event: TraceEvent, _id: number, world: World): string | null {
  const life = world.lives.of(event.node);
  switch (event.kind) {
    case 'start': {
      if (life.isAlive) return `${event.node} runs already`;
      const next = life.incarnation + 1;
      return event.incarnation === next ? null : `incarnation ${event.incarnation}, not ${next}`;
    }
    case 'exit':
    case 'kill':
    case 'powerOff':
    case 'signal':
      return life.isAlive ? null : `${event.node} is not alive`;
    case 'pause':
    case 'resume':
      if (!life.isAlive) return `${event.node} is not alive`;
      return life.isPaused === (event.kind === 'resume') ? null : `${event.kind} twice`;
    default:
      return null;
  }
}
