// Who talks with whom: pairs of nodes between which something was sent, or a connection asked for.
// Gathered as the trace grows, in the order in which the pairs appear.

import { NO_EVENT, nodeOf, type TraceStore } from './store.ts';

export interface PeerPair {
  /** The two nodes; the one that spoke first stands first. */
  readonly a: string;
  readonly b: string;
  /** For each process that spoke to the other side: its first event that did, ascending. */
  readonly firstIds: readonly number[];
}

interface OpenPair extends PeerPair {
  firstIds: number[];
}

export class Peers {
  readonly #pairs: OpenPair[] = [];
  readonly #byKey = new Map<string, OpenPair>();
  /** By process and target, as they stand in the trace: seen already. */
  readonly #seen = new Set<string>();
  #nodes: ReadonlySet<string> = new Set();
  #eventCount = 0;

  /** Pairs of different nodes of the trace's header. */
  get pairs(): readonly PeerPair[] {
    return this.#pairs;
  }

  /** Reads the events that the trace has gained. */
  extend(trace: TraceStore): void {
    if (this.#eventCount === 0) this.#nodes = new Set(trace.header?.nodes ?? []);
    for (; this.#eventCount < trace.eventCount; this.#eventCount++) {
      const kind = trace.kindAt(this.#eventCount);
      if (kind === 'send' || kind === 'connect') this.#read(trace, this.#eventCount);
    }
  }

  #read(trace: TraceStore, id: number): void {
    const target = trace.textAt(id, 'to')!;
    const seen = `${trace.processIndexAt(id)} ${target}`;
    if (this.#seen.has(seen)) return;
    this.#seen.add(seen);
    const [a, b] = [trace.processAt(id).node, nodeOf(target)];
    // An address that names no node, and what stays within one, is no link.
    if (a === b || !this.#nodes.has(a) || !this.#nodes.has(b)) return;
    const known = this.#byKey.get(`${a} ${b}`) ?? this.#byKey.get(`${b} ${a}`);
    if (known) return void known.firstIds.push(id);
    const pair: OpenPair = { a, b, firstIds: [id] };
    this.#pairs.push(pair);
    this.#byKey.set(`${a} ${b}`, pair);
  }
}

/** The pairs of which something has happened by event `lastId` that is known. */
export function pairsKnown(
  pairs: readonly PeerPair[],
  lastId: number,
  isKnown: (id: number) => boolean = () => true,
): PeerPair[] {
  if (lastId === NO_EVENT) return [];
  return pairs.filter(({ firstIds }) => firstIds.some((id) => id <= lastId && isKnown(id)));
}
