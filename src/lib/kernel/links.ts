// Links between nodes: latency, loss, partitions (NET1, NET4). Every draw is counter-based, so what
// happens on one link never depends on another.

import { LOOPBACK_US, type Cluster, type LinkSpec } from '#lib/protocol/cluster.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import type { Process } from './process.ts';

const LOOPBACK: LinkSpec = {
  latencyUs: LOOPBACK_US,
  jitterUs: 0,
  distribution: 'constant',
  loss: 0,
};

const DRAW = { latency: 1, loss: 2 } as const;

/** One direction between two nodes. */
export interface Link {
  spec: LinkSpec;
  stream: RandomStream;
  latencyOrdinal: number;
  lossOrdinal: number;
  isBlocked: boolean;
  /** Within one machine. */
  isLocal: boolean;
}

interface Partition {
  from: ReadonlySet<string>;
  to: ReadonlySet<string>;
  isOneWay: boolean;
}

export class Links {
  readonly #cluster: Cluster;
  readonly #seed: number;
  readonly #links = new Map<string, Map<string, Link>>();
  #partitions: Partition[] = [];

  constructor(cluster: Cluster, seed: number) {
    this.#cluster = cluster;
    this.#seed = seed;
  }

  /** The smallest latency between two machines: how far they may run apart (KT3). */
  minLatencyUs(): number {
    let min = this.#cluster.network.latencyUs;
    for (const link of Object.values(this.#cluster.links)) min = Math.min(min, link.latencyUs);
    return min;
  }

  between(from: Process, to: { node: string; machine: string }): Link {
    const fromNode = from.identity.node.name;
    let row = this.#links.get(fromNode);
    if (!row) this.#links.set(fromNode, (row = new Map()));
    const key = to.node || to.machine;
    let link = row.get(key);
    if (!link) {
      const name = `${fromNode}->${key}`;
      const isLocal = from.machine.spec.name === to.machine;
      const machines = `${from.machine.spec.name}->${to.machine}`;
      const spec = isLocal
        ? LOOPBACK
        : (this.#cluster.links[name] ?? this.#cluster.links[machines] ?? this.#cluster.network);
      const stream = new RandomStream(this.#seed, `link:${name}`);
      link = { spec, stream, latencyOrdinal: 0, lossOrdinal: 0, isBlocked: false, isLocal };
      link.isBlocked = this.#isBlocked(fromNode, from.machine.spec.name, to);
      row.set(key, link);
    }
    return link;
  }

  partition(groups: readonly [readonly string[], readonly string[]], isOneWay: boolean): void {
    this.#partitions.push({ from: new Set(groups[0]), to: new Set(groups[1]), isOneWay });
    this.#links.clear();
  }

  heal(): void {
    this.#partitions = [];
    this.#links.clear();
  }

  #isBlocked(
    fromNode: string,
    fromMachine: string,
    to: { node: string; machine: string },
  ): boolean {
    if (fromMachine === to.machine) return false;
    const has = (group: ReadonlySet<string>, node: string, machine: string): boolean =>
      group.has(node) || group.has(machine);
    return this.#partitions.some(
      (partition) =>
        (has(partition.from, fromNode, fromMachine) && has(partition.to, to.node, to.machine)) ||
        (!partition.isOneWay &&
          has(partition.to, fromNode, fromMachine) &&
          has(partition.from, to.node, to.machine)),
    );
  }
}

/** Draws whether a packet vanishes now. */
export function drawLoss(link: Link): boolean {
  if (link.spec.loss === 0) return false;
  return link.stream.draw(DRAW.loss, link.lossOrdinal++) < link.spec.loss;
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
