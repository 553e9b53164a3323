// When each node was at work: a piece of work was open on one of its processes (a span, or a worker of SCOOP
// that told that it is busy), or it had a question to answer. Who is paused or gone does nothing.

import type { Exchanges } from './exchanges.ts';
import { Steps } from './steps.ts';
import type { TraceStore } from './store.ts';
import { isRecord } from './told.ts';

interface ProcessWork {
  node: string;
  isRunning: boolean;
  spanCount: number;
  /** As a worker of SCOOP tells. */
  isTold: boolean;
}

interface NodeWork {
  /** Of its own process. */
  isRunning: boolean;
  /** Processes at work. */
  atWork: number;
  /** The same over time, as 0 and 1. */
  running: Steps;
  working: Steps;
  busy: Steps;
}

export class Busy {
  readonly #trace: TraceStore;
  readonly #exchanges: Exchanges;
  readonly #processes = new Map<number, ProcessWork>();
  readonly #nodes = new Map<string, NodeWork>();

  /** @param exchanges are fed the same events, each one before this */
  constructor(trace: TraceStore, exchanges: Exchanges) {
    this.#trace = trace;
    this.#exchanges = exchanges;
  }

  /** By node: 1 while it is at work, else 0. */
  get nodes(): [node: string, busy: Steps][] {
    return [...this.#nodes].map(([node, { busy }]) => [node, busy]);
  }

  /** @param id of any event, later than those before */
  take(id: number): void {
    const trace = this.#trace;
    switch (trace.kindAt(id)) {
      case 'start':
        return this.#change(id, { isRunning: true, spanCount: 0, isTold: false });
      case 'resume':
        return this.#change(id, { isRunning: true });
      case 'pause':
        return this.#change(id, { isRunning: false });
      case 'exit':
      case 'kill':
      case 'powerOff':
        return this.#change(id, { isRunning: false, spanCount: 0, isTold: false });
      case 'span': {
        const by = trace.textAt(id, 'op') === 'begin' ? 1 : -1;
        const { spanCount } = this.#processOf(id);
        return this.#change(id, { spanCount: Math.max(0, spanCount + by) });
      }
      case 'state':
        return this.#takeState(id);
      case 'send':
      case 'deliver':
        return this.#tell(id);
      default:
    }
  }

  #takeState(id: number): void {
    if (this.#trace.textAt(id, 'name') !== 'scoop workers') return;
    const value = this.#trace.valueAt(id, 'value');
    if (isRecord(value)) this.#change(id, { isTold: value['state'] === 'busy' });
  }

  #change(id: number, change: Partial<ProcessWork>): void {
    const process = this.#processOf(id);
    const before = isAtWork(process);
    Object.assign(process, change);
    const node = this.#nodeOf(process.node);
    if (this.#trace.processAt(id).name === process.node) node.isRunning = process.isRunning;
    node.atWork += Number(isAtWork(process)) - Number(before);
    this.#tell(id);
  }

  /** Writes down how the node of an event stands now. */
  #tell(id: number): void {
    const { node: name } = this.#trace.processAt(id);
    const node = this.#nodeOf(name);
    const tUs = this.#trace.timeAt(id);
    node.running.set(tUs, Number(node.isRunning));
    node.working.set(tUs, Number(node.atWork > 0));
    const hasQuestion = (this.#exchanges.waitingAt(name)?.last ?? 0) > 0;
    node.busy.set(tUs, Number(node.atWork > 0 || (node.isRunning && hasQuestion)));
    for (const revised of this.#exchanges.revised) this.#revise(revised);
    this.#exchanges.revised.clear();
  }

  #revise(name: string): void {
    const node = this.#nodeOf(name);
    const waiting = this.#exchanges.waitingAt(name)!;
    const { running, working } = node;
    const times = [running, working, waiting].flatMap((steps) => [...steps.times()]);
    node.busy = new Steps();
    for (const tUs of Float64Array.from(times).sort()) {
      const isAnswering = running.valueAt(tUs) > 0 && waiting.valueAt(tUs) > 0;
      node.busy.set(tUs, Number(working.valueAt(tUs) > 0 || isAnswering));
    }
  }

  #processOf(id: number): ProcessWork {
    const { index, node } = this.#trace.processAt(id);
    let process = this.#processes.get(index);
    if (!process) {
      process = { node, isRunning: true, spanCount: 0, isTold: false };
      this.#processes.set(index, process);
    }
    return process;
  }

  #nodeOf(name: string): NodeWork {
    let node = this.#nodes.get(name);
    if (!node) {
      const steps = { running: new Steps(), working: new Steps(), busy: new Steps() };
      node = { isRunning: true, atWork: 0, ...steps };
      this.#nodes.set(name, node);
    }
    return node;
  }
}

function isAtWork({ isRunning, spanCount, isTold }: ProcessWork): boolean {
  return isRunning && (spanCount > 0 || isTold);
}
