// Who ran which future from when to when: the rows of a Gantt chart of a pool (SCOOP). A pure function of
// the trace, of its `state` events `scoop workers` and `scoop futures`.

import type { TraceEvent } from '#lib/protocol/trace.ts';

/** A piece of a future's life at a worker. */
export interface WorkBar {
  /** The worker's process. */
  node: string;
  /** `127.0.0.1:32769/7`: who submitted it, and its number there. */
  future: string;
  /** `f(3)`. */
  call: string;
  /** It ran, or it waited for futures of its own while others ran. */
  kind: 'running' | 'waiting';
  fromUs: number;
  /** Null while it goes on. */
  toUs: number | null;
  /** How the future ended with this piece; `cut` when its process was gone. */
  end: 'done' | 'failed' | 'cut' | null;
}

/** What a worker did as a whole. */
export interface WorkerPhase {
  node: string;
  state: 'busy' | 'waiting' | 'idle';
  fromUs: number;
  toUs: number | null;
}

export interface PoolWork {
  /** In the order in which they begin. */
  bars: WorkBar[];
  phases: WorkerPhase[];
}

const GONE: ReadonlySet<string> = new Set(['exit', 'kill', 'powerOff']);

export function poolWork(events: Iterable<TraceEvent>): PoolWork {
  const work = new Chart();
  for (const event of events) {
    if (GONE.has(event.kind) && 'node' in event) work.leave(event.node, event.tUs);
    if (event.kind !== 'state') continue;
    const { node, tUs } = event;
    const { id, call, state } = textsOf(event.value);
    if (event.name === 'scoop workers' && isActivity(state)) work.phase(node, tUs, state);
    if (event.name === 'scoop futures' && id !== undefined && state !== undefined) {
      work.change(node, tUs, { id, call: call ?? '', state });
    }
  }
  return { bars: work.bars, phases: work.phases };
}

interface FutureChange {
  id: string;
  call: string;
  state: string;
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

class Chart {
  readonly bars: WorkBar[] = [];
  readonly phases: WorkerPhase[] = [];
  /** Open ones, by process and future. */
  readonly #bars = new Map<string, Map<string, WorkBar>>();
  readonly #phases = new Map<string, WorkerPhase>();

  phase(node: string, tUs: number, state: WorkerPhase['state']): void {
    this.#endPhase(node, tUs);
    const phase = { node, state, fromUs: tUs, toUs: null };
    this.#phases.set(node, phase);
    this.phases.push(phase);
  }

  change(node: string, tUs: number, { id, call, state }: FutureChange): void {
    const own = this.#bars.get(node) ?? new Map<string, WorkBar>();
    this.#bars.set(node, own);
    const isEnd = state === 'done' || state === 'failed';
    if (state !== 'running' && state !== 'waiting' && !isEnd) return;
    const before = own.get(id);
    if (before) before.toUs = tUs;
    if (before && isEnd) before.end = state;
    own.delete(id);
    if (isEnd) return;
    const bar: WorkBar = {
      node,
      future: id,
      call,
      kind: state,
      fromUs: tUs,
      toUs: null,
      end: null,
    };
    own.set(id, bar);
    this.bars.push(bar);
  }

  /** A process is gone, and what it did. */
  leave(node: string, tUs: number): void {
    for (const bar of this.#bars.get(node)?.values() ?? []) {
      bar.toUs = tUs;
      bar.end = 'cut';
    }
    this.#bars.delete(node);
    this.#endPhase(node, tUs);
  }

  #endPhase(node: string, tUs: number): void {
    const phase = this.#phases.get(node);
    if (phase) phase.toUs = tUs;
    this.#phases.delete(node);
  }
}
