// What is going on at an instant, read in one pass: the events of which something is still open then,
// and from these what each node works at or waits for.

import { NO_EVENT, type TraceStore } from './store.ts';

/** Ids, ascending, of events up to `lastId` that opened what nothing has ended by then. */
export function openAfter(trace: TraceStore, lastId: number): number[] {
  const ids: number[] = [];
  trace.visitTouching(lastId + 1, lastId, (id) => ids.push(id));
  return ids;
}

export interface Doing {
  /** The latest piece of work that was begun, and how many are under way; null when none is. */
  work: { id: number; name: string; count: number } | null;
  /** What the learner's program waits for, or null. */
  wait: { id: number; what: string } | null;
}

/** By node; those that do nothing are missing. */
export function doingAfter(
  trace: TraceStore,
  openIds: readonly number[],
  lastId: number,
): Map<string, Doing> {
  const doing = new Map<string, Doing>();
  for (const id of openIds) {
    const kind = trace.kindAt(id);
    if ((kind !== 'span' && kind !== 'wait') || trace.textAt(id, 'op') !== 'begin') continue;
    const closer = trace.closerAt(id);
    if (closer !== NO_EVENT && closer <= lastId) continue;
    const { node } = trace.processAt(id);
    const of = doing.get(node) ?? { work: null, wait: null };
    if (kind === 'span') of.work = workOf(trace, id, (of.work?.count ?? 0) + 1);
    else if (trace.textAt(id, 'line') !== undefined) of.wait = waitOf(trace, id);
    doing.set(node, of);
  }
  return doing;
}

function workOf(trace: TraceStore, id: number, count: number): Doing['work'] {
  const detail = trace.textAt(id, 'detail');
  const name = trace.textAt(id, 'name')!;
  return { id, count, name: detail === undefined ? name : `${name}${bracketed(detail)}` };
}

/** `(4, 4)` stands close to the name, anything else apart. */
function bracketed(detail: string): string {
  return detail.startsWith('(') ? detail : ` ${detail}`;
}

function waitOf(trace: TraceStore, id: number): Doing['wait'] {
  return { id, what: trace.textAt(id, 'what')! };
}
