// What can be measured of a run over virtual time: how much waits, how long things take, how many end, who
// is at work. Read event by event and kept as columns, so that a growing trace is read once and a long one
// in parts. All of it is seen from outside the cluster; a lens leaves out what its node does not know.

import { Busy } from './busy.ts';
import { Completions } from './completions.ts';
import { Exchanges } from './exchanges.ts';
import { Steps } from './steps.ts';
import { nodeOf, type TraceStore } from './store.ts';
import { isRecord } from './told.ts';
import { Units, type UnitKind } from './units.ts';

/** A queue that its server tells of. */
export interface ToldQueue {
  node: string;
  name: string;
  /** Messages that lie there, */
  ready: Steps;
  /** and those that are out and not acknowledged. */
  unacked: Steps;
}

/** Something that was done to a process, or that it did: where lines of other measures break. */
export interface Break {
  tUs: number;
  kind: 'kill' | 'powerOff' | 'pause' | 'resume' | 'restart' | 'fault';
  node: string;
}

const QUEUE = 'queue/';

export class Measures {
  /** Units of work: from being submitted to their end. */
  readonly work = new Completions();
  /** Questions: from being asked to the arrival of the answer. */
  readonly calls = new Completions();
  /** Messages between nodes that have left and not arrived. */
  readonly underWay = new Steps();
  readonly breaks: Break[] = [];

  readonly #trace: TraceStore;
  readonly #isKnown: (id: number) => boolean;
  readonly #lastId: number;
  readonly #exchanges: Exchanges;
  readonly #units: Units;
  readonly #busy: Busy;
  readonly #queues = new Map<string, ToldQueue>();
  readonly #flying = new Set<number>();
  #read = 0;
  #endedCount = 0;
  #answeredCount = 0;

  /**
   * @param isKnown leaves out what a lens has not seen
   * @param lastId nothing later is read
   */
  constructor(
    trace: TraceStore,
    isKnown: (id: number) => boolean = () => true,
    lastId: number = Infinity,
  ) {
    this.#trace = trace;
    this.#isKnown = isKnown;
    this.#lastId = lastId;
    this.#exchanges = new Exchanges(trace, isKnown);
    this.#units = new Units(trace);
    this.#busy = new Busy(trace, this.#exchanges);
  }

  /**
   * Reads what the trace has gained.
   *
   * @param most so many events at a time, so that a long trace holds up no frame
   * @returns false when there are more
   */
  extend(most = Infinity): boolean {
    const end = Math.min(this.#trace.eventCount, this.#lastId + 1);
    const stop = Math.min(end, this.#read + most);
    for (; this.#read < stop; this.#read++) this.#take(this.#read);
    return stop === end;
  }

  /** Nothing before this is read any more. */
  get readUs(): number {
    if (this.#read === this.#trace.eventCount) return this.#trace.frontierUs;
    return this.#read === 0 ? 0 : this.#trace.timeAt(this.#read - 1);
  }

  /** In the order in which they were told of. */
  get queues(): readonly ToldQueue[] {
    return [...this.#queues.values()];
  }

  /** By model: units that are submitted and have not begun. */
  get submitted(): ReadonlyMap<UnitKind, Steps> {
    return this.#units.waiting;
  }

  /** By node: questions that have arrived there and are not answered. */
  get questions(): [node: string, waiting: Steps][] {
    return this.#exchanges.answerers.map((node) => [node, this.#exchanges.waitingAt(node)!]);
  }

  /** By node: 1 while it is at work, else 0. */
  get busy(): [node: string, busy: Steps][] {
    return this.#busy.nodes;
  }

  #take(id: number): void {
    // It knows itself what it must not know.
    this.#exchanges.take(id);
    if (!this.#isKnown(id)) return;
    this.#units.take(id);
    this.#busy.take(id);
    this.#takeMessage(id);
    this.#takeBreak(id);
    if (this.#trace.kindAt(id) === 'state') this.#takeQueue(id);
    this.#takeEnds();
  }

  #takeEnds(): void {
    const { ended } = this.#units;
    for (; this.#endedCount < ended.length; this.#endedCount++) {
      const { submittedUs, endedUs } = ended[this.#endedCount]!;
      this.work.push(endedUs!, endedUs! - submittedUs);
    }
    const { ended: answered } = this.#exchanges;
    for (; this.#answeredCount < answered.length; this.#answeredCount++) {
      const { askId, endId } = this.#exchanges.at(answered.data[this.#answeredCount]!);
      const endUs = this.#trace.timeAt(endId);
      this.calls.push(endUs, endUs - this.#trace.timeAt(askId));
    }
  }

  #takeQueue(id: number): void {
    const trace = this.#trace;
    const path = trace.textAt(id, 'name')!;
    const value = trace.valueAt(id, 'value');
    if (!path.startsWith(QUEUE) || !isRecord(value)) return;
    const { node } = trace.processAt(id);
    const key = `${node}/${path}`;
    let queue = this.#queues.get(key);
    if (!queue) {
      const name = path.slice(QUEUE.length);
      queue = { node, name, ready: new Steps(), unacked: new Steps() };
      this.#queues.set(key, queue);
    }
    queue.ready.set(trace.timeAt(id), countOf(value['ready']));
    queue.unacked.set(trace.timeAt(id), countOf(value['unacked']));
  }

  #takeMessage(id: number): void {
    const trace = this.#trace;
    const tUs = trace.timeAt(id);
    switch (trace.kindAt(id)) {
      case 'send':
        if (trace.roleAt(id) === 'background') return;
        if (nodeOf(trace.textAt(id, 'to')!) === trace.processAt(id).node) return;
        this.#flying.add(id);
        return this.underWay.change(tUs, 1);
      case 'deliver':
      case 'lose':
      case 'drop':
        if (this.#flying.delete(trace.openerAt(id))) this.underWay.change(tUs, -1);
        return;
      case 'retransmit': {
        const origin = trace.openerAt(id);
        if (trace.roleAt(origin) === 'background' || this.#flying.has(origin)) return;
        this.#flying.add(origin);
        return this.underWay.change(tUs, 1);
      }
      default:
    }
  }

  #takeBreak(id: number): void {
    const trace = this.#trace;
    const { name, node } = trace.processAt(id);
    const kind = trace.kindAt(id);
    const isMain = name === node;
    switch (kind) {
      case 'kill':
      case 'powerOff':
      case 'pause':
      case 'resume':
        if (isMain) this.breaks.push({ tUs: trace.timeAt(id), kind, node });
        return;
      case 'start':
        if (!isMain || trace.intAt(id, 'incarnation')! < 2) return;
        this.breaks.push({ tUs: trace.timeAt(id), kind: 'restart', node });
        return;
      case 'fault':
        this.breaks.push({ tUs: trace.timeAt(id), kind, node: '' });
        return;
      default:
    }
  }
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
