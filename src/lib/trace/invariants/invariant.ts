// What must hold of every trace, whatever program made it: the checkers beside the simulation (as in
// TigerBeetle's simulator). They read the trace alone, event by event, and remember no more than
// what is open: a message under way, a timer that is set, a partition that stands. They know the
// cluster, because a trace does not tell how fast its links are.

import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import type { World } from './world.ts';

/** One thing that must hold. Each run gets its own. */
export interface Invariant {
  /** A statement: what holds. */
  readonly name: string;
  /** @returns what is wrong with this event, given the world before it, or null */
  event(event: TraceEvent, id: number, world: World): string | null;
  /** @returns what is wrong with the end, or null */
  end?(end: TraceEnd, world: World): string | null;
}

/** Makes a fresh checker for one run. */
export type InvariantFactory = () => Invariant;
