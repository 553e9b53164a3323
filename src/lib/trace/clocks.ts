// Vector clocks (Mattern 1988, Fidge 1988) of a whole trace, one pass: what a log for other tools
// needs of every event. Whoever asks for a single event asks happens-before.ts.

import { NO_EVENT, type TraceStore } from './store.ts';

/** Per process index: how many of its counted events could have influenced this one, itself included. */
export type Clock = Int32Array;

/**
 * Visits the counted events in the order of the trace. What is not counted still carries influence.
 *
 * @param isCounted what the network does on a process's behalf never counts (see happens-before.ts)
 * @param visit gets a clock that nobody may write to
 */
export function visitClocks(
  trace: TraceStore,
  isCounted: (id: number) => boolean,
  visit: (id: number, clock: Clock) => void,
): void {
  const zero: Clock = new Int32Array(trace.processes.length);
  const latest: Clock[] = trace.processes.map(() => zero);
  // Most events share the clock of the one before them.
  const clocks: Clock[] = [];
  for (let id = 0; id < trace.eventCount; id++) {
    const process = trace.processIndexAt(id);
    const isStep = !trace.isOffstage(id);
    let clock = isStep ? latest[process]! : zero;
    for (const source of [trace.causeAt(id), trace.openerAt(id), trace.sawAt(id)]) {
      if (source !== NO_EVENT) clock = merged(clock, clocks[source]!);
    }
    if (isStep) {
      if (isCounted(id)) {
        clock = clock.slice();
        clock[process]!++;
        visit(id, clock);
      }
      latest[process] = clock;
    }
    clocks.push(clock);
  }
}

function merged(a: Clock, b: Clock): Clock {
  let isNew = false;
  let both = a;
  for (let index = 0; index < b.length; index++) {
    if (b[index]! <= both[index]!) continue;
    if (!isNew) both = a.slice();
    isNew = true;
    both[index] = b[index]!;
  }
  return both;
}
