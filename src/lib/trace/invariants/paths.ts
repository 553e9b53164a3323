// The ways between processes, as the cluster and the faults so far make them: how long a packet takes
// at least, and whether it can pass at all.

import { LOOPBACK_US, type Cluster } from '#lib/protocol/cluster.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import type { JsonValue, TraceEvent } from '#lib/protocol/trace.ts';

interface Partition {
  from: readonly string[];
  to: readonly string[];
  isOneWay: boolean;
}

const nodeOf = (process: string): string => process.split('/')[0]!;

export class Paths {
  readonly #cluster: Cluster;
  readonly #machines = new Map<string, string>();
  /** Base latency by `a->b`, where it is not the network's. */
  readonly #bases = new Map<string, number>();
  readonly #cuts = new Set<string>();
  #partitions: Partition[] = [];
  /** A partition or a cut stood, or stands: ACKs may have been lost. */
  wasBlocked = false;
  /** Some link is not what it was in the beginning. */
  hasChanged = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    for (const { name, machine } of cluster.nodes) this.#machines.set(name, machine);
    for (const [name, { latencyUs }] of Object.entries(cluster.links)) {
      this.#bases.set(name, latencyUs);
    }
  }

  /** The machine of a process; of a host the machine it names on that process's node. */
  machineOf(process: string): string {
    const node = nodeOf(process);
    return this.#machines.get(node) ?? node;
  }

  /** The machine that a process reaches under this host name. */
  resolve(process: string, host: string): string {
    const node = this.#cluster.nodes.find(({ name }) => name === nodeOf(process));
    const named = node?.hosts[host] ?? host;
    const isHere = named === 'localhost' || named === '127.0.0.1';
    return isHere ? this.machineOf(process) : this.machineOf(named);
  }

  /** The least time of a packet from one process to another, as links are now, in microseconds. */
  baseUs(from: string, to: string): number {
    if (this.machineOf(from) === this.machineOf(to)) return LOOPBACK_US;
    for (const name of linkNames(this.#names(from), this.#names(to))) {
      const baseUs = this.#bases.get(name);
      if (baseUs !== undefined) return baseUs;
    }
    return this.#cluster.network.latencyUs;
  }

  /** The same for a request to a host: any node of that machine may be the one that listens. */
  requestBaseUs(from: string, host: string): number {
    const machine = this.resolve(from, host);
    const nodes = this.#cluster.nodes.filter((node) => node.machine === machine);
    return Math.min(
      ...[machine, ...nodes.map(({ name }) => name)].map((to) => this.baseUs(from, to)),
    );
  }

  /** A partition or a cut stands between them. */
  isBlocked(from: string, to: string): boolean {
    if (this.machineOf(from) === this.machineOf(to)) return false;
    const [senders, receivers] = [this.#names(from), this.#names(to)];
    for (const name of linkNames(senders, receivers)) if (this.#cuts.has(name)) return true;
    const isIn = (group: readonly string[], names: readonly string[]): boolean =>
      names.some((name) => group.includes(name));
    return this.#partitions.some(
      ({ from: one, to: other, isOneWay }) =>
        (isIn(one, senders) && isIn(other, receivers)) ||
        (!isOneWay && isIn(other, senders) && isIn(one, receivers)),
    );
  }

  follow(event: TraceEvent): void {
    if (event.kind !== 'fault') return;
    const fault = event.fault as Record<string, JsonValue>;
    this.wasBlocked ||= 'partition' in fault || 'cut' in fault;
    this.hasChanged ||= 'link' in fault;
    if (Array.isArray(fault['partition'])) {
      const [from, to] = fault['partition'] as [string[], string[]];
      this.#partitions.push({ from, to, isOneWay: fault['oneWay'] === true });
    }
    if ('heal' in fault) this.#partitions = [];
    for (const name of directions(fault['cut'])) this.#cuts.add(name);
    for (const name of directions(fault['mend'])) this.#cuts.delete(name);
    const set = fault['set'] as { latencyMs?: number } | undefined;
    if (set?.latencyMs === undefined) return;
    for (const name of directions(fault['link'])) {
      this.#bases.set(name, Math.max(1, usFromMs(set.latencyMs)));
    }
  }

  /** What faults and links may call a process: its node, or its machine. */
  #names(process: string): readonly string[] {
    const node = nodeOf(process);
    const machine = this.machineOf(process);
    return node === machine ? [node] : [node, machine];
  }
}

function* linkNames(from: readonly string[], to: readonly string[]): Generator<string> {
  for (const one of from) for (const other of to) yield `${one}->${other}`;
}

/** `a->b`, or both directions of `a<->b`. */
function directions(link: JsonValue | undefined): string[] {
  if (typeof link !== 'string') return [];
  const [both, from, to] = [link.includes('<->'), ...link.split(/<?->/)] as const;
  return both ? [`${from}->${to}`, `${to}->${from}`] : [`${from}->${to}`];
}
