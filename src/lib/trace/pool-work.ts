// Who ran which piece of work from when to when: the rows of a Gantt chart of a pool. Made of `state`
// events `scoop workers` and `scoop futures`, and of the spans of models whose workers tell of those. An
// index that grows with its trace, and a pure function of (trace, what is known).

import { NO_EVENT, type TraceStore } from './store.ts';

/** A piece of a run: it begins again when it goes on after a wait. */
export interface WorkBar {
  /** The event at which it begins. */
  id: number;
  /** The worker's process. */
  node: string;
  /** The future: who submitted it, and its number there, `127.0.0.1:32769/7`. Spans have their own. */
  work: string;
  /** `f(3)`. */
  call: string;
  /** It ran, or it waited for futures of its own while others ran. */
  kind: 'running' | 'waiting';
  fromUs: number;
  /** Null while it goes on. */
  toUs: number | null;
  /** How the run ended with this piece; `cut` when its process was gone. */
  end: 'done' | 'failed' | 'cut' | null;
  /** 1, or more when the same work was begun before. */
  attempt: number;
  /** Runs of one worker at the same time have different rows. */
  row: number;
}

/** What a worker did as a whole. */
export interface WorkerPhase {
  state: 'busy' | 'waiting' | 'idle';
  fromUs: number;
  toUs: number | null;
}

/** A worker notices that a future of its own is lost, and sends it again. */
export interface Resending {
  id: number;
  work: string;
  call: string;
  tUs: number;
}

export interface WorkLane {
  node: string;
  /** In the order in which they begin. */
  bars: WorkBar[];
  phases: WorkerPhase[];
  resent: Resending[];
  /** How many rows its runs take. */
  rowCount: number;
  /** When its process was gone, and how; null while it is there. */
  gone: { tUs: number; isViolent: boolean } | null;
}

/** Deeper ones share the last row. */
const ROWS_MAX = 6;
const GONE: ReadonlySet<string> = new Set(['exit', 'kill', 'powerOff']);

type IsKnown = (id: number) => boolean;

/** A run that has not ended. */
interface OpenRun {
  attempt: number;
  row: number;
  bar: WorkBar;
}

interface LaneRecord extends WorkLane {
  open: Map<string, OpenRun>;
}

interface FutureChange {
  work: string;
  call: string;
  state: string;
}

export class PoolWork {
  readonly #trace: TraceStore;
  readonly #isKnown: IsKnown;
  readonly #lanes = new Map<string, LaneRecord>();
  readonly #attempts = new Map<string, number>();
  #read = 0;

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown: IsKnown = () => true) {
    this.#trace = trace;
    this.#isKnown = isKnown;
  }

  /** The workers, as of what the trace holds by now, in the order in which they were first heard of. */
  lanes(): readonly WorkLane[] {
    for (; this.#read < this.#trace.eventCount; this.#read++) {
      if (this.#isKnown(this.#read)) this.#take(this.#read);
    }
    return [...this.#lanes.values()];
  }

  #take(id: number): void {
    const kind = this.#trace.kindAt(id);
    if (kind === 'state') this.#takeState(id);
    else if (kind === 'span') this.#takeSpan(id);
    else if (GONE.has(kind)) this.#leave(id, kind !== 'exit');
    else if (kind === 'start') this.#begin(id);
  }

  #takeState(id: number): void {
    const trace = this.#trace;
    const name = trace.textAt(id, 'name');
    if (name !== 'scoop workers' && name !== 'scoop futures') return;
    const { id: work, call = '', state } = textsOf(trace.valueAt(id, 'value'));
    if (name === 'scoop workers') {
      if (isActivity(state)) this.#phase(id, state);
    } else if (work !== undefined && state !== undefined) {
      this.#change(id, { work, call, state });
    }
  }

  #takeSpan(id: number): void {
    const trace = this.#trace;
    const work = `span ${trace.processAt(id).name} ${trace.intAt(id, 'span')}`;
    const call = `${trace.textAt(id, 'name')}${trace.textAt(id, 'detail') ?? ''}`;
    const state = trace.textAt(id, 'op') === 'begin' ? 'running' : 'done';
    this.#change(id, { work, call, state });
  }

  #phase(id: number, state: WorkerPhase['state']): void {
    const { phases } = this.#laneOf(id);
    const tUs = this.#trace.timeAt(id);
    endPhase(phases, tUs);
    phases.push({ state, fromUs: tUs, toUs: null });
  }

  #change(id: number, { work, call, state }: FutureChange): void {
    const tUs = this.#trace.timeAt(id);
    if (state === 'lost') this.#laneOf(id).resent.push({ id, work, call, tUs });
    const isEnd = state === 'done' || state === 'failed';
    if (state !== 'running' && state !== 'waiting' && !isEnd) return;
    const lane = this.#laneOf(id);
    const run = lane.open.get(work);
    if (run) run.bar.toUs = tUs;
    if (isEnd) {
      if (run) run.bar.end = state;
      lane.open.delete(work);
      return;
    }
    const { attempt, row } = run ?? this.#newRun(lane, work);
    const { node } = lane;
    const bar: WorkBar = {
      ...{ id, node, work, call, kind: state, fromUs: tUs, toUs: null, end: null, attempt, row },
    };
    lane.open.set(work, { attempt, row, bar });
    lane.bars.push(bar);
  }

  #newRun(lane: LaneRecord, work: string): { attempt: number; row: number } {
    const attempt = (this.#attempts.get(work) ?? 0) + 1;
    this.#attempts.set(work, attempt);
    const taken = new Set([...lane.open.values()].map(({ row }) => row));
    let row = 0;
    while (taken.has(row) && row < ROWS_MAX - 1) row++;
    lane.rowCount = Math.max(lane.rowCount, row + 1);
    return { attempt, row };
  }

  /** A process is gone, and what it did. */
  #leave(id: number, isViolent: boolean): void {
    const lane = this.#lanes.get(this.#trace.processAt(id).name);
    if (!lane) return;
    const tUs = this.#trace.timeAt(id);
    for (const { bar } of lane.open.values()) {
      bar.toUs = tUs;
      bar.end = 'cut';
    }
    lane.open.clear();
    endPhase(lane.phases, tUs);
    lane.gone = { tUs, isViolent };
  }

  /** A process of the same name is there again. */
  #begin(id: number): void {
    const lane = this.#lanes.get(this.#trace.processAt(id).name);
    if (lane) lane.gone = null;
  }

  #laneOf(id: number): LaneRecord {
    const { name: node } = this.#trace.processAt(id);
    let lane = this.#lanes.get(node);
    if (!lane) {
      lane = { node, bars: [], phases: [], resent: [], rowCount: 1, gone: null, open: new Map() };
      this.#lanes.set(node, lane);
    }
    return lane;
  }
}

/** How far a lens has seen of a process; null for all of it. */
export function knownUntil(
  trace: TraceStore,
  past: ArrayLike<number>,
  node: string,
): number | null {
  const index = trace.process(node)?.index;
  const last = index === undefined ? undefined : past[index];
  return last === undefined || last === NO_EVENT ? null : trace.timeAt(last);
}

function endPhase(phases: WorkerPhase[], tUs: number): void {
  const last = phases.at(-1);
  if (last) last.toUs ??= tUs;
}

/** Members of an event's value that are texts: a file may hold anything. */
function textsOf(value: unknown): Readonly<Record<string, string | undefined>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, it]) => typeof it === 'string')) as Record<
    string,
    string
  >;
}

function isActivity(state: string | undefined): state is WorkerPhase['state'] {
  return state === 'busy' || state === 'waiting' || state === 'idle';
}
