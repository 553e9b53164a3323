// Who works on what at a time: tasks, workers, queues, and the servers that keep these. Made of what any
// model may tell of itself, beside what the ledger counts (ledger.ts):
//
//   state  `call/<id>`      { what: 'tasks.add(4, 4)', retries, queue }: it is about to be sent
//   state  `task/<id>`      SENT, RECEIVED (a worker holds it), STARTED, then its end: SUCCESS, RETRY, …
//   state  `worker/<name>`  { state: 'online' | 'cut off' | 'offline', size, queues }, by its main process
//   state  `queue/<name>`   { ready, unacked }, by the server that keeps it
//   state  `connections`    how many a server has
//
// A pure function of (trace, time, who is known). Forward it only reads what is new.

import type { JsonValue } from '#lib/protocol/trace.ts';
import { Ledger, type LedgerLine } from './ledger.ts';
import type { Life, TraceStore } from './store.ts';

export interface TaskRow extends LedgerLine {
  /** `RETRY`; '' as long as only its call is known. */
  state: string;
  retries: number;
  queue: string;
  /** The node of the worker that last had it, '' before any. */
  worker: string;
  /** That worker has died or ended since, and the task has not. */
  isOrphan: boolean;
  /** Of the last run. */
  startedUs: number | null;
  endedUs: number | null;
}

export interface WorkerRow {
  /** `w1@h`. */
  name: string;
  node: string;
  life: Life;
  /** As it last told. */
  state: string;
  /** How many tasks it can run at once. */
  size: number;
  /** How many it runs, */
  active: number;
  /** and how many wait there for their turn. */
  reserved: number;
  /** Tasks that have ended there, well or badly. */
  done: number;
  queues: readonly string[];
}

export interface QueueRow {
  name: string;
  node: string;
  ready: number;
  unacked: number;
  /** Its depth from each time on, in this order. */
  history: readonly { tUs: number; ready: number }[];
}

export interface ServerRow {
  node: string;
  life: Life;
  connections: number;
}

export interface Work {
  tasks: TaskRow[];
  workers: WorkerRow[];
  queues: QueueRow[];
  servers: ServerRow[];
}

/** A task beyond its counts. */
interface Place {
  state: string;
  retries: number;
  queue: string;
  what: string | undefined;
  worker: string;
  /** Which life of its worker. */
  incarnation: number;
  startedUs: number | null;
  endedUs: number | null;
}

interface Told {
  node: string;
  value: { [key: string]: JsonValue };
}

interface Depth {
  tUs: number;
  ready: number;
}

/** States in which a worker has a task. */
const HELD: ReadonlySet<string> = new Set(['RECEIVED', 'STARTED']);
/** States that are no end. */
const UNDER_WAY: ReadonlySet<string> = new Set(['', 'SENT', 'RECEIVED', 'STARTED', 'PENDING']);

export class WorkFold {
  readonly #trace: TraceStore;
  readonly #isKnown: (id: number) => boolean;
  #next = 0;
  #ledger: Ledger;
  #places = new Map<string, Place>();
  #workers = new Map<string, Told>();
  #queues = new Map<string, Told & { history: Depth[] }>();
  #connections = new Map<string, number>();
  #done = new Map<string, number>();

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown: (id: number) => boolean = () => true) {
    this.#trace = trace;
    this.#isKnown = isKnown;
    this.#ledger = new Ledger(trace);
  }

  at(atUs: number): Work {
    const { changes } = this.#trace;
    const end = changes.lastAtMost(this.#trace.lastAtOrBefore(atUs)) + 1;
    if (end < this.#next) this.#reset();
    for (; this.#next < end; this.#next++) {
      const id = changes.data[this.#next]!;
      if (this.#isKnown(id)) this.#take(id);
    }
    return {
      tasks: this.#taskRows(atUs),
      workers: this.#workerRows(atUs),
      queues: [...this.#queues.values()].map(queueRow),
      servers: [...this.#connections].map(([node, connections]) => {
        const life = this.#lifeOf(node, atUs);
        return { node, life, connections: life === 'alive' ? connections : 0 };
      }),
    };
  }

  #reset(): void {
    this.#next = 0;
    this.#ledger = new Ledger(this.#trace);
    for (const map of [this.#places, this.#workers, this.#queues, this.#connections, this.#done]) {
      map.clear();
    }
  }

  #take(id: number): void {
    this.#ledger.take(id);
    if (this.#trace.kindAt(id) !== 'state') return;
    const path = this.#trace.textAt(id, 'name') ?? '';
    const mark = path.indexOf('/');
    const [kind, name] = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
    const value = this.#trace.valueAt(id, 'value') ?? null;
    if (kind === 'task') this.#takeTask(id, name, String(value));
    else if (kind === 'connections') this.#connections.set(this.#nodeAt(id), Number(value));
    else if (isRecord(value)) this.#takeRecord(id, kind, name, value);
  }

  #takeRecord(id: number, kind: string, name: string, value: Told['value']): void {
    const node = this.#nodeAt(id);
    if (kind === 'call') this.#takeCall(name, value);
    else if (kind === 'worker') this.#takeWorker(node, name, value);
    else if (kind === 'queue') {
      const key = `${node}/${name}`;
      const history = this.#queues.get(key)?.history ?? [];
      history.push({ tUs: this.#trace.timeAt(id), ready: Number(value['ready'] ?? 0) });
      this.#queues.set(key, { node, value: { ...value, name }, history });
    }
  }

  #takeCall(taskId: string, { what, retries, queue }: Told['value']): void {
    const place = this.#placeOf(taskId);
    if (typeof what === 'string') place.what = what;
    place.retries = Number(retries ?? 0);
    if (typeof queue === 'string') place.queue = queue;
  }

  /** What waited there is given up with a connection; the broker delivers it again. */
  #takeWorker(node: string, name: string, value: Told['value']): void {
    this.#workers.set(name, { node, value });
    for (const place of this.#places.values()) {
      if (place.worker === node && place.state === 'RECEIVED') place.worker = '';
    }
  }

  #takeTask(id: number, taskId: string, state: string): void {
    const place = this.#placeOf(taskId);
    const tUs = this.#trace.timeAt(id);
    if (HELD.has(state)) {
      place.worker = this.#nodeAt(id);
      place.incarnation = this.#incarnationOf(place.worker, tUs);
    }
    if (state === 'STARTED') [place.startedUs, place.endedUs] = [tUs, null];
    else if (!UNDER_WAY.has(state)) this.#end(place, tUs);
    // A task that is tried again is sent before the attempt that asks for it is over.
    if (state !== 'SENT' || place.state === '') place.state = state;
  }

  #end(place: Place, tUs: number): void {
    if (place.startedUs !== null) place.endedUs = tUs;
    if (place.worker === '') return;
    this.#done.set(place.worker, (this.#done.get(place.worker) ?? 0) + 1);
  }

  #placeOf(taskId: string): Place {
    let place = this.#places.get(taskId);
    if (!place) {
      place = {
        ...{ state: '', retries: 0, queue: '', what: undefined },
        ...{ worker: '', incarnation: 0, startedUs: null, endedUs: null },
      };
      this.#places.set(taskId, place);
    }
    return place;
  }

  #taskRows(atUs: number): TaskRow[] {
    return [...this.#places].map(([taskId, place]) => {
      const line = this.#ledger.lines.get(taskId) ?? { ...NO_COUNTS, taskId, what: undefined };
      const { incarnation: _, ...shown } = place;
      const what = place.what ?? line.what;
      return {
        ...line,
        ...shown,
        what,
        isOrphan: HELD.has(place.state) && this.#isGone(place, atUs),
      };
    });
  }

  #workerRows(atUs: number): WorkerRow[] {
    const held = [...this.#places.values()].filter(
      (place) => HELD.has(place.state) && !this.#isGone(place, atUs),
    );
    const count = (node: string, state: string): number =>
      held.filter((place) => place.worker === node && place.state === state).length;
    return [...this.#workers].map(([name, { node, value }]) => ({
      ...{ name, node, life: this.#lifeOf(node, atUs), state: String(value['state'] ?? '') },
      size: Number(value['size'] ?? 0),
      active: count(node, 'STARTED'),
      reserved: count(node, 'RECEIVED'),
      done: this.#done.get(node) ?? 0,
      queues: Array.isArray(value['queues']) ? value['queues'].map(String) : [],
    }));
  }

  #isGone({ worker, incarnation }: Place, atUs: number): boolean {
    const life = this.#lifeOf(worker, atUs);
    const isThere = life === 'alive' || life === 'paused';
    return !isThere || this.#incarnationOf(worker, atUs) !== incarnation;
  }

  #lifeOf(node: string, atUs: number): Life {
    const process = this.#trace.process(node);
    if (!process) return 'unborn';
    const { life, sinceId } = this.#trace.standingAt(process, atUs);
    // Who does not know of a death takes it for silence.
    return life === 'alive' || this.#isKnown(sinceId) ? life : 'alive';
  }

  #incarnationOf(node: string, atUs: number): number {
    const process = this.#trace.process(node);
    return process ? this.#trace.standingAt(process, atUs).incarnation : 0;
  }

  #nodeAt(id: number): string {
    return this.#trace.processAt(id).node;
  }
}

const NO_COUNTS = { sent: 0, delivered: 0, started: 0, applied: 0, acked: 0, stored: 0 } as const;

function queueRow({ node, value, history }: Told & { history: Depth[] }): QueueRow {
  const count = (name: string): number => Number(value[name] ?? 0);
  const name = String(value['name']);
  return { name, node, ready: count('ready'), unacked: count('unacked'), history: [...history] };
}

function isRecord(value: JsonValue): value is Told['value'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
