// Links between nodes: latency, loss, bandwidth, and what blocks them (NET1, NET3, NET4). Every draw
// is counter-based (KT6), so what happens on one link never depends on another; a link keeps its
// place in its streams whatever faults do to it.

import {
  LOOPBACK_US,
  type Cluster,
  type LinkChange,
  type LinkSpec,
} from '#lib/protocol/cluster.ts';
import { linkNames } from '#lib/protocol/faults.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import { RANK } from './event-queue.ts';

const LOOPBACK: LinkSpec = {
  latencyUs: LOOPBACK_US,
  jitterUs: 0,
  distribution: 'constant',
  loss: 0,
  duplicate: 0,
  bandwidthKbps: 0,
};

const DRAW = { latency: 1, loss: 2, duplicate: 3 } as const;

/** Where a packet leaves or goes to: `node` is '' where only the machine is known. */
export interface Place {
  readonly node: string;
  readonly machine: string;
}

/** Why nothing passes: '' means that the link is open. */
export type Blocked = '' | 'partition' | 'cut';

/** What waits to leave: a packet goes when the one before it is out (NET1). */
interface Transmitter {
  freeUs: number;
}

/** One direction between two nodes. Lives as long as the run. */
export interface Link {
  readonly from: Place;
  readonly to: Place;
  /** Within one machine. */
  readonly isLocal: boolean;
  readonly stream: RandomStream;
  spec: LinkSpec;
  blocked: Blocked;
  transmitter: Transmitter;
  latencyOrdinal: number;
  lossOrdinal: number;
  duplicateOrdinal: number;
}

interface Partition {
  from: ReadonlySet<string>;
  to: ReadonlySet<string>;
  isOneWay: boolean;
}

export class Links {
  readonly #network: LinkSpec;
  readonly #machineOf = new Map<string, string>();
  readonly #seed: number;
  /** By name, `a->b`, of nodes or machines; what is absent has the network's values. */
  readonly #specs: Map<string, LinkSpec>;
  /** By the node it leaves, then by the node (or, where none is known, the machine) it goes to. */
  readonly #links = new Map<string, Map<string, Link>>();
  readonly #transmitters = new Map<string, Transmitter>();
  #partitions: Partition[] = [];
  readonly #cuts = new Set<string>();
  #minLatencyUs = 0;

  constructor(cluster: Cluster, seed: number) {
    this.#network = cluster.network;
    this.#seed = seed;
    this.#specs = new Map(Object.entries(cluster.links));
    for (const { name, machine } of cluster.nodes) this.#machineOf.set(name, machine);
    this.#measure();
  }

  /** The smallest base latency between two machines now: how far they may run apart (KT3). */
  minLatencyUs(): number {
    return this.#minLatencyUs;
  }

  between(from: Place, to: Place): Link {
    const name = from.node || from.machine;
    let row = this.#links.get(name);
    if (!row) this.#links.set(name, (row = new Map()));
    const key = to.node || to.machine;
    let link = row.get(key);
    if (!link) row.set(key, (link = this.#create(from, to, key)));
    return link;
  }

  /** Blocks what lies between two groups of nodes or machines, until `heal`. */
  partition(groups: readonly [readonly string[], readonly string[]], isOneWay: boolean): void {
    this.#partitions.push({ from: new Set(groups[0]), to: new Set(groups[1]), isOneWay });
    this.#refreshAll();
  }

  heal(): void {
    this.#partitions = [];
    this.#refreshAll();
  }

  /** Blocks one link, `a->b` or `a<->b`, until `mend`; partitions are another matter (NET4). */
  cut(name: string): void {
    for (const [from, to] of linkNames(name)) this.#cuts.add(`${from}->${to}`);
    this.#refreshAll();
  }

  mend(name: string): void {
    for (const [from, to] of linkNames(name)) this.#cuts.delete(`${from}->${to}`);
    this.#refreshAll();
  }

  /** Changes what a link does to packets that leave from now on (NET1). */
  change(name: string, set: LinkChange): void {
    for (const [from, to] of linkNames(name)) {
      const base = this.#specOf(this.#placeOf(from), this.#placeOf(to)).spec;
      this.#specs.set(`${from}->${to}`, { ...base, ...set });
    }
    this.#measure();
    this.#refreshAll();
  }

  #placeOf(name: string): Place {
    const machine = this.#machineOf.get(name);
    return machine === undefined ? { node: '', machine: name } : { node: name, machine };
  }

  #create(from: Place, to: Place, key: string): Link {
    const link: Link = {
      from,
      to,
      isLocal: from.machine === to.machine,
      stream: new RandomStream(this.#seed, `link:${from.node || from.machine}->${key}`),
      spec: LOOPBACK,
      blocked: '',
      transmitter: { freeUs: 0 },
      latencyOrdinal: 0,
      lossOrdinal: 0,
      duplicateOrdinal: 0,
    };
    this.#refresh(link);
    return link;
  }

  #measure(): void {
    let min = this.#network.latencyUs;
    for (const { latencyUs } of this.#specs.values()) min = Math.min(min, latencyUs);
    this.#minLatencyUs = min;
  }

  #refreshAll(): void {
    for (const row of this.#links.values()) {
      for (const link of row.values()) this.#refresh(link);
    }
  }

  #refresh(link: Link): void {
    const { from, to } = link;
    if (link.isLocal) return;
    const { spec, name } = this.#specOf(from, to);
    link.spec = spec;
    link.transmitter = this.#transmitter(name);
    link.blocked = this.#blocked(from, to);
  }

  /** Links of one name share their bandwidth, others share it by pair of machines. */
  #transmitter(name: string): Transmitter {
    let transmitter = this.#transmitters.get(name);
    if (!transmitter) this.#transmitters.set(name, (transmitter = { freeUs: 0 }));
    return transmitter;
  }

  /** The most exact name wins: node to node, then node to machine and machine to node. */
  #specOf(from: Place, to: Place): { spec: LinkSpec; name: string } {
    for (const name of namesOf(from, to)) {
      const spec = this.#specs.get(name);
      if (spec) return { spec, name };
    }
    return { spec: this.#network, name: `${from.machine}->${to.machine}` };
  }

  #blocked(from: Place, to: Place): Blocked {
    for (const name of namesOf(from, to)) if (this.#cuts.has(name)) return 'cut';
    const isBetween = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
      isIn(a, from) && isIn(b, to);
    const isParted = this.#partitions.some(
      (parts) =>
        isBetween(parts.from, parts.to) || (!parts.isOneWay && isBetween(parts.to, parts.from)),
    );
    return isParted ? 'partition' : '';
  }
}

function isIn(group: ReadonlySet<string>, place: Place): boolean {
  return group.has(place.node) || group.has(place.machine);
}

function namesOf(from: Place, to: Place): string[] {
  return [
    `${from.node}->${to.node}`,
    `${from.node}->${to.machine}`,
    `${from.machine}->${to.node}`,
    `${from.machine}->${to.machine}`,
  ];
}

/** Where an arrival over this link stands among others of its instant (KT2). */
export function rankOf({ isLocal }: Link): number {
  return isLocal ? RANK.loopback : RANK.network;
}

/** Draws whether a packet vanishes now. */
export function drawLoss(link: Link): boolean {
  if (link.spec.loss === 0) return false;
  return link.stream.draw(DRAW.loss, link.lossOrdinal++) < link.spec.loss;
}

/** Draws whether the network makes a copy of a datagram now (NET3). */
export function drawDuplicate(link: Link): boolean {
  if (link.spec.duplicate === 0) return false;
  return link.stream.draw(DRAW.duplicate, link.duplicateOrdinal++) < link.spec.duplicate;
}

/** When a packet of so many bytes is out, having waited for those before it (NET1). */
export function leaveUs(link: Link, nowUs: number, byteCount: number): number {
  const { bandwidthKbps } = link.spec;
  if (bandwidthKbps === 0) return nowUs;
  const { transmitter } = link;
  const startUs = transmitter.freeUs > nowUs ? transmitter.freeUs : nowUs;
  // A byte has 8 bits, and a kilobit a second is a bit a millisecond.
  transmitter.freeUs = startUs + Math.ceil((byteCount * 8000) / bandwidthKbps);
  return transmitter.freeUs;
}

/** Draws how long a packet takes, in microseconds, at least the base latency. */
export function drawLatencyUs(link: Link): number {
  const { latencyUs, jitterUs, distribution } = link.spec;
  if (jitterUs === 0 || distribution === 'constant') return latencyUs;
  const ordinal = link.latencyOrdinal++;
  switch (distribution) {
    case 'uniform':
      return latencyUs + link.stream.below(jitterUs + 1, DRAW.latency, ordinal);
    case 'exponential':
      return latencyUs + Math.floor(drawExponential(link.stream, ordinal) * jitterUs);
    case 'bimodal':
      return link.stream.draw(DRAW.latency, ordinal) < 0.9 ? latencyUs : latencyUs + jitterUs;
    default:
      return distribution satisfies never;
  }
}

/**
 * Exponential with mean 1 by von Neumann's comparison method (1951): it needs no logarithm, whose
 * last bits differ between engines. Each ordinal owns 64 sub-draws of its own kind.
 */
function drawExponential(stream: RandomStream, ordinal: number): number {
  let next = 0;
  const uniform = (): number => stream.draw(DRAW.latency, ordinal * 64 + (next++ % 64));
  for (let whole = 0; whole < 32; whole++) {
    const first = uniform();
    let previous = first;
    let runLength = 1;
    for (let current = uniform(); current < previous && runLength < 30; current = uniform()) {
      previous = current;
      runLength++;
    }
    if (runLength % 2 === 1) return whole + first;
  }
  return 32;
}
