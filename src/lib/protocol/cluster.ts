// cluster.json after validation: every default filled in, times in microseconds.

/** Two processes of one machine talk over loopback, in microseconds. */
export const LOOPBACK_US = 50;

export type Distribution = 'constant' | 'uniform' | 'exponential' | 'bimodal';

/** One direction of a link (NET1). */
export interface LinkSpec {
  /** Base latency, at least 1 µs. */
  latencyUs: number;
  /** Range or mean of what is added, by distribution. */
  jitterUs: number;
  distribution: Distribution;
  /** Probability that a packet vanishes, 0 to 1. */
  loss: number;
}

export interface MachineSpec {
  name: string;
  cores: number;
  /** Factor on the machine's CPU; 2 halves every cost. */
  speed: number;
  /** Added to the wall clock, never to sleeps. */
  skewUs: number;
}

export interface NodeSpec {
  name: string;
  /** The command, split into POSIX words. */
  argv: readonly string[];
  /** The command as written. */
  run: string;
  machine: string;
  startUs: number;
  env: Readonly<Record<string, string>>;
  /** Host names that mean something else on this node. */
  hosts: Readonly<Record<string, string>>;
}

export interface Cluster {
  network: LinkSpec;
  /** Keyed `a->b`, by machine or node name; what is absent has the network's values. */
  links: Readonly<Record<string, LinkSpec>>;
  machines: readonly MachineSpec[];
  nodes: readonly NodeSpec[];
  seed: number;
  untilUs: number;
}
