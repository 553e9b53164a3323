// The execution ledger: how often each task was sent, delivered, begun, carried out, acknowledged and
// stored, up to a time. A pure function of (trace, time), for any model that tells of its tasks:
//
//   state  `task/<id>`  SENT, RECEIVED, STARTED, and how it ended: SUCCESS, FAILURE, REVOKED
//   state  `ack/<id>`   whatever its value: a worker has told the broker that it is done with it
//   effect  whose value is `<id>`: the task has done its work in the world outside
//
// At-most-once is that nothing was carried out twice, at-least-once that nothing was carried out
// never; effectively-once is both.

import type { TraceStore } from './store.ts';

export interface LedgerLine {
  taskId: string;
  /** What it does, as its effect says: `tasks.add(4, 4)`; undefined before the first. */
  what: string | undefined;
  sent: number;
  delivered: number;
  started: number;
  /** Times its work was done. */
  applied: number;
  acked: number;
  /** Times it ended with a result that was kept. */
  stored: number;
}

type Count = Exclude<keyof LedgerLine, 'taskId' | 'what'>;

const COUNTS: ReadonlyMap<unknown, Count> = new Map<unknown, Count>([
  ['SENT', 'sent'],
  ['RECEIVED', 'delivered'],
  ['STARTED', 'started'],
  ['SUCCESS', 'stored'],
  ['FAILURE', 'stored'],
  ['REVOKED', 'stored'],
]);
const TASK = 'task/';
const ACK = 'ack/';

/** A line for each task that was heard of by `atUs`, in the order in which they were. */
export function ledgerAt(trace: TraceStore, atUs: number): LedgerLine[] {
  const lines = new Map<string, LedgerLine>();
  const last = trace.lastAtOrBefore(atUs);
  for (let id = 0; id <= last; id++) {
    const kind = trace.kindAt(id);
    if (kind === 'state') countState(lines, trace, id);
    else if (kind === 'effect') countEffect(lines, trace, id);
  }
  return [...lines.values()];
}

function countState(lines: Map<string, LedgerLine>, trace: TraceStore, id: number): void {
  const name = trace.textAt(id, 'name') ?? '';
  if (name.startsWith(ACK)) lineOf(lines, name.slice(ACK.length)).acked++;
  if (!name.startsWith(TASK)) return;
  const count = COUNTS.get(trace.valueAt(id, 'value'));
  if (count) lineOf(lines, name.slice(TASK.length))[count]++;
}

/** An effect that names no task is nobody's. */
function countEffect(lines: Map<string, LedgerLine>, trace: TraceStore, id: number): void {
  const taskId = trace.valueAt(id, 'value');
  const line = typeof taskId === 'string' ? lines.get(taskId) : undefined;
  if (!line) return;
  line.applied++;
  line.what = trace.textAt(id, 'name');
}

function lineOf(lines: Map<string, LedgerLine>, taskId: string): LedgerLine {
  let line = lines.get(taskId);
  if (!line) {
    const none = { sent: 0, delivered: 0, started: 0, applied: 0, acked: 0, stored: 0 };
    line = { taskId, what: undefined, ...none };
    lines.set(taskId, line);
  }
  return line;
}
