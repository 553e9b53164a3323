// What a picture knows of a whole trace, gathered as the trace grows: the axis, which lane beside a
// life line a piece of work takes, the how-manieth effect of its name an effect is, and when the
// network was cut. Everything else is worked out for the stretch in view.

import { directionsOf, faultAt, type Direction } from '#lib/trace/network.ts';
import { nodeOf, NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { TimeAxis, type Scale } from './axis.ts';

/** The network between two groups of nodes is cut: by a partition, or one link by a cut. */
export interface Cut {
  verb: 'partition' | 'cut';
  fromId: number;
  /** The event that healed or mended it, or NO_EVENT. */
  toId: number;
  groups: readonly [readonly string[], readonly string[]];
  /** Only what the first group sends to the second is lost. */
  isOneWay: boolean;
}

interface PictureOptions {
  /** Of the true scale. */
  pxPerMs?: number;
  /** Default: folded. */
  showsBackground?: boolean;
}

export class Picture {
  readonly axis: TimeAxis;
  /** Background traffic is drawn like the rest, not folded. */
  readonly showsBackground: boolean;
  readonly cuts: Cut[] = [];
  /** Written `a->b`. */
  readonly #cutDirections = new Set<string>();
  readonly #lanes = new Map<number, number>();
  readonly #openLanes = new Map<number, number[]>();
  readonly #effectNumbers = new Map<number, number>();
  readonly #effectCounts = new Map<string, number>();
  #eventCount = 0;

  /** @param axis a scale, or an axis that is shared with another picture */
  constructor(
    axis: Scale | TimeAxis = 'elastic',
    { pxPerMs, showsBackground = false }: PictureOptions = {},
  ) {
    this.axis = typeof axis === 'string' ? new TimeAxis(axis, pxPerMs, showsBackground) : axis;
    this.showsBackground = showsBackground;
  }

  /** How many events have been read. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /**
   * Reads the events that the trace has gained.
   *
   * @param most so many at a time, so that a long trace holds up no frame
   * @returns false when there are more
   */
  extend(trace: TraceStore, most = Infinity): boolean {
    this.axis.extend(trace, most);
    const stop = Math.min(trace.eventCount, this.#eventCount + most);
    for (; this.#eventCount < stop; this.#eventCount++) this.#read(trace);
    return stop === trace.eventCount;
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
        return this.#readFault(trace, id);
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

  #readFault(trace: TraceStore, id: number): void {
    const fault = faultAt(trace, id);
    if (!fault) return;
    if ('heal' in fault) this.#endCuts(id, ({ verb }) => verb === 'partition');
    for (const direction of directionsOf(fault, 'mend')) this.#changeCut(id, direction, false);
    for (const direction of directionsOf(fault, 'cut')) this.#changeCut(id, direction, true);
    if (!('partition' in fault)) return;
    const [left, right] = fault['partition'] as unknown as [string[], string[]];
    this.cuts.push({
      ...{ verb: 'partition', fromId: id, toId: NO_EVENT },
      groups: [left.map(nodeOf), right.map(nodeOf)],
      isOneWay: 'oneWay' in fault && fault['oneWay'] === true,
    });
  }

  #endCuts(id: number, isEnded: (cut: Cut) => boolean): void {
    for (const cut of this.cuts) if (cut.toId === NO_EVENT && isEnded(cut)) cut.toId = id;
  }

  /** One direction of a link is cut or mended: what is drawn is the link, one way or both. */
  #changeCut(id: number, { from, to }: Direction, isCut: boolean): void {
    const key = `${from}->${to}`;
    if (this.#cutDirections.has(key) === isCut) return;
    if (isCut) this.#cutDirections.add(key);
    else this.#cutDirections.delete(key);
    const isLink = ({ verb, groups }: Cut): boolean =>
      verb === 'cut' && groups.flat().includes(from) && groups.flat().includes(to);
    const open = this.cuts.find((cut) => cut.toId === NO_EVENT && isLink(cut));
    if (open?.fromId === id) this.cuts.splice(this.cuts.indexOf(open), 1);
    else if (open) open.toId = id;
    const [isThere, isBack] = [key, `${to}->${from}`].map((one) => this.#cutDirections.has(one));
    if (!isThere && !isBack) return;
    this.cuts.push({
      ...{ verb: 'cut', fromId: id, toId: NO_EVENT },
      groups: isThere ? [[from], [to]] : [[to], [from]],
      isOneWay: !(isThere && isBack),
    });
  }
}
