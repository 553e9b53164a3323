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
  /** Probability that a datagram arrives twice, 0 to 1 (NET3). */
  duplicate: number;
  /** What fits through, in kilobits (1000 bits of content) a second; 0 means without limit. */
  bandwidthKbps: number;
}

/** What a fault changes of a link. */
export type LinkChange = Partial<LinkSpec>;

/**
 * When TCP gives up. `linux`: connecting after 127 s, an established connection after 924 s.
 * `lab`: after 10 s and 30 s, so that a lesson need not wait.
 */
export type TcpProfile = 'linux' | 'lab';

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
  /** Where relative paths of its programs begin; a folder of its machine, made if need be. */
  cwd: string;
  /** Host names that mean something else on this node. */
  hosts: Readonly<Record<string, string>>;
  /** Lines of standard input, without their newlines; a restart reads them from the beginning. */
  stdin: readonly string[];
  /** What its processes of CSP do next, by schedule.json; absent where they decide. */
  schedule?: readonly number[];
}

export interface Cluster {
  network: LinkSpec;
  tcp: TcpProfile;
  /** Keyed `a->b`, by machine or node name; what is absent has the network's values. */
  links: Readonly<Record<string, LinkSpec>>;
  machines: readonly MachineSpec[];
  nodes: readonly NodeSpec[];
  /** Files that every machine has from the beginning: text by path below the home folder. */
  files?: Readonly<Record<string, string>>;
  seed: number;
  untilUs: number;
}
