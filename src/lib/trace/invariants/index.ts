// All invariants together, over one trace.

import type { Cluster } from '#lib/protocol/cluster.ts';
import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import { causesPrecedeEffects } from './causes.ts';
import { messagesAreConserved } from './conservation.ts';
import { theDeadDoNothing } from './dead.ts';
import { onlyTheLivingReceive } from './incarnations.ts';
import type { Invariant, InvariantFactory } from './invariant.ts';
import { nothingIsFasterThanItsLink } from './latency.ts';
import { livesFollowTheirCourse } from './lifecycle.ts';
import { connectionsKeepOrder } from './order.ts';
import { outputIsBounded } from './output.ts';
import { pairsMatch } from './pairs.ts';
import { nothingCrossesAPartition } from './partitions.ts';
import { thePausedBeginNothing } from './paused.ts';
import { timeNeverRunsBack } from './time.ts';
import { timersFireWhenDue } from './timers.ts';
import { World } from './world.ts';

/** Every invariant of a trace. */
export const INVARIANTS: readonly InvariantFactory[] = [
  timeNeverRunsBack,
  causesPrecedeEffects,
  livesFollowTheirCourse,
  messagesAreConserved,
  connectionsKeepOrder,
  onlyTheLivingReceive,
  theDeadDoNothing,
  thePausedBeginNothing,
  nothingIsFasterThanItsLink,
  nothingCrossesAPartition,
  timersFireWhenDue,
  outputIsBounded,
  pairsMatch,
];

/** An invariant that does not hold, and the event that shows it. */
export interface Breach {
  invariant: string;
  message: string;
  /** Absent: found at the end. */
  id?: number;
  event?: TraceEvent;
}

/** Checks a trace while it is made or read; see `breaches`. */
export class TraceChecker {
  readonly breaches: Breach[] = [];
  readonly #world: World;
  readonly #invariants: readonly Invariant[];
  #eventCount = 0;

  constructor(cluster: Cluster, factories: readonly InvariantFactory[] = INVARIANTS) {
    this.#world = new World(cluster);
    this.#invariants = factories.map((create) => create());
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  event(event: TraceEvent): void {
    const id = this.#eventCount++;
    for (const invariant of this.#invariants) {
      const message = invariant.event(event, id, this.#world);
      if (message !== null) this.breaches.push({ invariant: invariant.name, message, id, event });
    }
    this.#world.follow(event, id);
  }

  end(end: TraceEnd): void {
    for (const invariant of this.#invariants) {
      const message = invariant.end?.(end, this.#world) ?? null;
      if (message !== null) this.breaches.push({ invariant: invariant.name, message });
    }
  }
}
