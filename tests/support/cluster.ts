// Runs a small cluster of plain generator programs on the real kernel and the real process runtime,
// without compiling anything: for unit tests of the kernel, of `node` and of models.

import { expect } from 'vitest';
import { InlineHost } from '#lib/runtime/inline-host.ts';
import { run, type RunResult } from '#lib/runtime/run.ts';
import { NodeProcess } from '#lib/node/process.ts';
import { run as start, type Body } from '#lib/node/promise.ts';
import type { Cluster, LinkSpec, MachineSpec, TcpProfile } from '#lib/protocol/cluster.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import type { TraceEvent, TraceEventOf, TraceKind } from '#lib/protocol/trace.ts';
import { WrittenBytes, type Written } from '#lib/runtime/written.ts';
import { TraceWriter } from '#lib/trace/writer.ts';

/** A program: runs in the process it is given. */
export type Program = (process: NodeProcess) => Body<unknown>;

export interface ClusterOptions {
  /** By node name, or by the first word of a spawned process's command. */
  programs: Readonly<Record<string, Program>>;
  /** Nodes in their order; by default all programs. */
  nodes?: readonly string[];
  /** Commands by node; by default the node's name. */
  commands?: Readonly<Record<string, string>>;
  /** Machines by node; by default each node has one to itself. */
  machineOf?: Readonly<Record<string, string>>;
  /** Properties of machines, by name. */
  machines?: Readonly<Record<string, Partial<MachineSpec>>>;
  /** Lines of standard input, by node. */
  stdin?: Readonly<Record<string, readonly string[]>>;
  network?: Partial<LinkSpec>;
  links?: Readonly<Record<string, Partial<LinkSpec>>>;
  tcp?: TcpProfile;
  startUs?: Readonly<Record<string, number>>;
  faults?: readonly Fault[];
  seed?: number;
  untilUs?: number;
  eventLimit?: number;
  /** Cuts windows at random. */
  windowSeed?: number;
  /** As of `run`: stops the run when it says false. */
  onyield?: () => Promise<boolean>;
}

export interface ClusterRun extends RunResult {
  events: TraceEvent[];
  text: string;
  written: Written;
  /** Lines of output of a process. */
  lines(node: string): string[];
  /** Events of one kind, of one process if named. */
  of<K extends TraceKind>(kind: K, node?: string): TraceEventOf<K>[];
}

export function clusterOf(options: ClusterOptions): Cluster {
  const network: LinkSpec = {
    latencyUs: 10_000,
    jitterUs: 0,
    distribution: 'constant',
    loss: 0,
    duplicate: 0,
    bandwidthKbps: 0,
    ...options.network,
  };
  const names = options.nodes ?? Object.keys(options.programs);
  const machineOf = (name: string): string => options.machineOf?.[name] ?? name;
  return {
    network,
    tcp: options.tcp ?? 'linux',
    links: Object.fromEntries(
      Object.entries(options.links ?? {}).map(([key, link]) => [key, { ...network, ...link }]),
    ),
    machines: [...new Set(names.map(machineOf))].map((name) => ({
      ...{ name, cores: 4, speed: 1, skewUs: 0 },
      ...options.machines?.[name],
    })),
    nodes: names.map((name) => {
      const command = options.commands?.[name] ?? name;
      return {
        name,
        argv: command.split(' '),
        run: command,
        machine: machineOf(name),
        startUs: options.startUs?.[name] ?? 0,
        env: {},
        hosts: {},
        cwd: '/work',
        stdin: options.stdin?.[name] ?? [],
      };
    }),
    seed: options.seed ?? 1,
    untilUs: options.untilUs ?? 7_200_000_000,
  };
}

/** Runs the cluster whole and with windows cut at random, and expects one trace. */
export async function runInAnyWindows(options: ClusterOptions): Promise<ClusterRun> {
  const whole = await runCluster(options);
  for (let windowSeed = 1; windowSeed <= 4; windowSeed++) {
    const cut = await runCluster({ ...options, windowSeed });
    if (cut.text !== whole.text) expect.soft(cut.text, `windows ${windowSeed}`).toBe(whole.text);
  }
  return whole;
}

/** Runs the cluster to its end. */
export async function runCluster(options: ClusterOptions): Promise<ClusterRun> {
  const host = new InlineHost((spec) => {
    const program = options.programs[spec.argv[0]!];
    if (!program) throw new Error(`no program for ${spec.argv[0]}`);
    return new NodeProcess(spec, (process) => start(program(process)));
  });
  let text = '';
  const written = new WrittenBytes();
  const result = await run({
    spec: {
      build: 'test',
      cluster: clusterOf(options),
      faults: options.faults ?? [],
      seed: options.seed ?? 1,
      ...(options.eventLimit === undefined ? {} : { eventLimit: options.eventLimit }),
      ...(options.windowSeed === undefined ? {} : { windowSeed: options.windowSeed }),
    },
    host,
    onwrite: (id, bytes) => written.keep(id, bytes),
    ...(options.onyield ? { onyield: options.onyield } : {}),
    sink: new TraceWriter((chunk) => {
      text += chunk;
    }),
  });
  const events = text
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as TraceEvent);
  const of = <K extends TraceKind>(kind: K, node?: string): TraceEventOf<K>[] =>
    events.filter(
      (event): event is TraceEventOf<K> & TraceEvent =>
        event.kind === kind && (node === undefined || event.node === node),
    ) as TraceEventOf<K>[];
  return {
    ...result,
    events,
    text,
    written: written.all(),
    of,
    lines: (node) => of('log', node).map((event) => event.text),
  };
}
