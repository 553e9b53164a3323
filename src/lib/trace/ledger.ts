// The execution ledger: how often each task was sent, delivered, begun, carried out, acknowledged and
// stored, up to a time. A pure function of (trace, time), for any model that tells of its tasks:
//
//   state  `task/<id>`  SENT, RECEIVED, STARTED, and how it ended: SUCCESS, FAILURE, REVOKED
//   state  `ack/<id>`   whatever its value: a worker tells the broker that it is done with it, in the
//                       message it sends next; one that dies before that has told nobody
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
  const ledger = new Ledger(trace);
  const end = trace.changes.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  for (let position = 0; position < end; position++) ledger.take(trace.changes.data[position]!);
  return [...ledger.lines.values()];
}

/** The same, event by event. */
export class Ledger {
  readonly lines = new Map<string, LedgerLine>();
  readonly #trace: TraceStore;

  constructor(trace: TraceStore) {
    this.#trace = trace;
  }

  /** @param id of a `state` or an `effect` */
  take(id: number): void {
    if (this.#trace.kindAt(id) === 'state') this.#takeState(id);
    else this.#takeEffect(id);
  }

  #takeState(id: number): void {
    const name = this.#trace.textAt(id, 'name') ?? '';
    if (name.startsWith(ACK) && this.#leaves(id)) this.#lineOf(name.slice(ACK.length)).acked++;
    if (!name.startsWith(TASK)) return;
    const count = COUNTS.get(this.#trace.valueAt(id, 'value'));
    if (count) this.#lineOf(name.slice(TASK.length))[count]++;
  }

  /** What is about to be sent is: its process is not struck first. */
  #leaves(id: number): boolean {
    const { events } = this.#trace.processAt(id);
    for (let at = events.lastAtMost(id) + 1; at < events.length; at++) {
      const kind = this.#trace.kindAt(events.data[at]!);
      if (kind === 'send') return true;
      if (kind === 'kill' || kind === 'powerOff') return false;
    }
    return true;
  }

  /** An effect that names no task is nobody's. */
  #takeEffect(id: number): void {
    const taskId = this.#trace.valueAt(id, 'value');
    const line = typeof taskId === 'string' ? this.lines.get(taskId) : undefined;
    if (!line) return;
    line.applied++;
    line.what = this.#trace.textAt(id, 'name');
  }

  #lineOf(taskId: string): LedgerLine {
    let line = this.lines.get(taskId);
    if (!line) {
      const none = { sent: 0, delivered: 0, started: 0, applied: 0, acked: 0, stored: 0 };
      line = { taskId, what: undefined, ...none };
      this.lines.set(taskId, line);
    }
    return line;
  }
}
