// Happens-before (Lamport 1978): order within a process, the cause of a turn, sending before
// arriving, and on a shared disk a change before what saw it. An event's past and future are kept as a frontier, one event per process, as a vector
// clock keeps one number per process. Both are found in one pass over the columns, because every
// edge leads from a lower id to a higher one; clocks for every event would cost memory for each
// process of each event and save milliseconds.
// What the network does on a process's behalf and no program can see (a loss, a retransmission, a
// copy, a packet that nobody wanted) is written at that process but is no step of it: nothing flows
// through such an event. Neither is the network as a whole ('') a process: its faults have no order.

import { NO_EVENT, type TraceStore } from './store.ts';

/** Per process index: an event id. */
export type Frontier = Int32Array;

/** Stands in a future frontier for "nothing of this process can be influenced". */
export const NEVER = 0x7fff_ffff;

/**
 * The last event of each process that could have influenced one of `ids` (which count themselves);
 * NO_EVENT where there is none.
 */
export function pastOf(trace: TraceStore, ...ids: number[]): Frontier {
  const past = new Int32Array(trace.processes.length).fill(NO_EVENT);
  let from = NO_EVENT;
  for (const id of ids) {
    raise(past, trace.processIndexAt(id), id);
    if (id > from) from = id;
  }
  for (let id = from; id >= 0; id--) {
    const process = trace.processIndexAt(id);
    if (id > past[process]!) continue;
    if (trace.isOffstage(id) && !ids.includes(id)) continue;
    const cause = trace.causeAt(id);
    if (cause !== NO_EVENT) raise(past, trace.processIndexAt(cause), cause);
    const opener = trace.openerAt(id);
    if (opener !== NO_EVENT) raise(past, trace.processIndexAt(opener), opener);
    const saw = trace.sawAt(id);
    if (saw !== NO_EVENT) raise(past, trace.processIndexAt(saw), saw);
  }
  return past;
}

/**
 * The first event of each process that `id` could have influenced (it counts itself); NEVER where
 * there is none.
 */
export function futureOf(trace: TraceStore, id: number): Frontier {
  const future = new Int32Array(trace.processes.length).fill(NEVER);
  future[trace.processIndexAt(id)] = id;
  for (let later = id + 1; later < trace.eventCount; later++) {
    const process = trace.processIndexAt(later);
    if (later >= future[process]! || trace.isOffstage(later)) continue;
    const isReached =
      isAfter(trace, future, trace.causeAt(later)) ||
      isAfter(trace, future, trace.openerAt(later)) ||
      isAfter(trace, future, trace.sawAt(later));
    if (isReached) future[process] = later;
  }
  return future;
}

/** True when neither could have influenced the other. */
export function isConcurrent(trace: TraceStore, a: number, b: number): boolean {
  if (a === b) return false;
  const [earlier, later] = a < b ? [a, b] : [b, a];
  return earlier > pastOf(trace, later)[trace.processIndexAt(earlier)]!;
}

/** True when `id` lies in the past that ends at `past`. */
export function isInPast(trace: TraceStore, past: Frontier, id: number): boolean {
  return id <= past[trace.processIndexAt(id)]!;
}

/** True when `id` lies in the future that begins at `future`. */
export function isInFuture(trace: TraceStore, future: Frontier, id: number): boolean {
  return id >= future[trace.processIndexAt(id)]!;
}

function raise(past: Frontier, process: number, id: number): void {
  if (id > past[process]!) past[process] = id;
}

function isAfter(trace: TraceStore, future: Frontier, id: number): boolean {
  return id !== NO_EVENT && id >= future[trace.processIndexAt(id)]!;
}
