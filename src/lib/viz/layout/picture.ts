// What a picture knows of a whole trace, gathered as the trace grows: the axis, which lane beside a
// life line a piece of work takes, the how-manieth effect of its name an effect is, and when the
// network was cut. Everything else is worked out for the stretch in view.

import { nodeOf, NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { JsonValue } from '#lib/protocol/trace.ts';
import { TimeAxis, type Scale } from './axis.ts';

/** The network between two groups of nodes is cut. */
export interface Cut {
  fromId: number;
  /** The event that healed it, or NO_EVENT. */
  toId: number;
  groups: readonly [readonly string[], readonly string[]];
  isOneWay: boolean;
}

export class Picture {
  readonly axis: TimeAxis;
  readonly cuts: Cut[] = [];
  readonly #lanes = new Map<number, number>();
  readonly #openLanes = new Map<number, number[]>();
  readonly #effectNumbers = new Map<number, number>();
  readonly #effectCounts = new Map<string, number>();
  #eventCount = 0;

  constructor(scale: Scale = 'elastic', pxPerMs?: number) {
    this.axis = new TimeAxis(scale, pxPerMs);
  }

  /** Reads the events that the trace has gained. */
  extend(trace: TraceStore): void {
    this.axis.extend(trace);
    for (; this.#eventCount < trace.eventCount; this.#eventCount++) this.#read(trace);
  }

  /** 0 on the life line itself, 1 beside it, … for work that goes on at the same time. */
  laneOf(spanId: number): number {
    return this.#lanes.get(spanId) ?? 0;
  }

  /** 1 for the first effect of its name, 2 for the second, … */
  effectNumberOf(id: number): number {
    return this.#effectNumbers.get(id) ?? 1;
  }

  #read(trace: TraceStore): void {
    const id = this.#eventCount;
    switch (trace.kindAt(id)) {
      case 'span':
        return this.#readSpan(trace, id);
      case 'start':
        this.#openLanes.delete(trace.processIndexAt(id));
        return;
      case 'effect': {
        const name = trace.textAt(id, 'name')!;
        const count = (this.#effectCounts.get(name) ?? 0) + 1;
        this.#effectCounts.set(name, count);
        if (count > 1) this.#effectNumbers.set(id, count);
        return;
      }
      case 'fault':
        return this.#readFault(trace.valueAt(id, 'fault'), id);
      default:
        return;
    }
  }

  #readSpan(trace: TraceStore, id: number): void {
    const process = trace.processIndexAt(id);
    let open = this.#openLanes.get(process);
    if (!open) this.#openLanes.set(process, (open = []));
    if (trace.textAt(id, 'op') === 'begin') {
      let lane = open.indexOf(NO_EVENT);
      if (lane < 0) lane = open.push(NO_EVENT) - 1;
      open[lane] = id;
      if (lane > 0) this.#lanes.set(id, lane);
      return;
    }
    const lane = open.indexOf(trace.openerAt(id));
    if (lane >= 0) open[lane] = NO_EVENT;
  }

  #readFault(fault: JsonValue | undefined, id: number): void {
    if (typeof fault !== 'object' || fault === null) return;
    if ('heal' in fault) {
      for (const cut of this.cuts) if (cut.toId === NO_EVENT) cut.toId = id;
      return;
    }
    if (!('partition' in fault)) return;
    const [left, right] = fault['partition'] as unknown as [string[], string[]];
    this.cuts.push({
      fromId: id,
      toId: NO_EVENT,
      groups: [left.map(nodeOf), right.map(nodeOf)],
      isOneWay: 'oneWay' in fault && fault['oneWay'] === true,
    });
  }
}
