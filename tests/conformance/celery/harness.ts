// Runs an experiment of Celery and reads its trace: in this thread, compiled as in the product, or,
// when it has Python nodes, in the sandbox of the command line.

import { InlineHost } from '../../../src/lib/runtime/inline-host.ts';
import { runInSandbox } from '../../../bin/experiment.ts';
import type { Files } from '../../../src/lib/experiment/experiment.ts';
import { boot, type Program } from '../../../src/lib/runtime/boot.ts';
import { INTERPRETERS_MAX } from '../../../src/lib/runtime/commands.ts';
import { prepare } from '../../../src/lib/runtime/prepare.ts';
import { run, type RunResult } from '../../../src/lib/runtime/run.ts';

import { TraceWriter } from '../../../src/lib/trace/writer.ts';
import { addModels } from '../../support/models.ts';
import type { Fault } from '../../../src/lib/protocol/faults.ts';
import type { TraceEvent, TraceEventOf, TraceKind } from '../../../src/lib/protocol/trace.ts';

addModels();

export interface ExperimentOptions {
  /** Program files; lines of code. */
  files: Readonly<Record<string, string>>;
  /** Commands by node, in order. */
  nodes: Readonly<
    Record<string, string | { run: string; startMs?: number; machine?: string; env?: object }>
  >;
  faults?: readonly Fault[];
  network?: Readonly<Record<string, unknown>>;
  links?: Readonly<Record<string, unknown>>;
  machines?: Readonly<Record<string, unknown>>;
  seed?: number;
  untilMs?: number;
  /** Cuts windows at random, drawn from this seed: nothing may change (KT3). */
  windowSeed?: number;
}

export interface Experiment extends RunResult {
  events: TraceEvent[];
  text: string;
  /** Lines of output of a process and, for a node, of those it spawned. */
  lines(node: string): string[];
  of<K extends TraceKind>(kind: K, node?: string): TraceEventOf<K>[];
  /** When a line that contains `text` was written, in ms; NaN when it never was. */
  whenMs(node: string, text: string): number;
  /** Values of a state, in order. */
  states(name: string): unknown[];
  /** Kinds of messages sent from one process to another. */
  sent(from: string, to?: string): string[];
}

/** `w1` stands for `w1`, `w1/1`, … */
function isOf(node: string, name: string): boolean {
  return name === node || name.startsWith(`${node}/`);
}

/** The files of an experiment, cluster.json included. */
function filesOf(options: ExperimentOptions): Files {
  const nodes = Object.fromEntries(
    Object.entries(options.nodes).map(([name, node]) => [
      name,
      typeof node === 'string' ? { run: node } : node,
    ]),
  );
  const cluster = {
    network: { latencyMs: 1, ...options.network },
    nodes,
    ...(options.links ? { links: options.links } : {}),
    ...(options.machines ? { machines: options.machines } : {}),
    seed: options.seed ?? 1,
    ...(options.untilMs === undefined ? {} : { untilMs: options.untilMs }),
  };
  return {
    ...options.files,
    'cluster.json': JSON.stringify(cluster),
    'faults.json': JSON.stringify(options.faults ?? []),
  };
}

/** Runs an experiment with Python nodes. */
export async function sandboxed(options: ExperimentOptions): Promise<Experiment> {
  const prepared = await prepare(filesOf(options), INTERPRETERS_MAX.commandLine);
  const { seed } = prepared.cluster;
  let text = '';
  const windows = options.windowSeed === undefined ? {} : { windowSeed: options.windowSeed };
  const [report] = await runInSandbox(
    prepared,
    [{ seed, placement: 'inline', ...windows }],
    (line) => {
      text += `${line}\n`;
    },
  );
  return read(report!, text);
}

export async function experiment(options: ExperimentOptions): Promise<Experiment> {
  const prepared = await prepare(filesOf(options));
  // The same text that becomes part of a worker's script.
  const program = (0, eval)(`(${prepared.program})`) as Program;
  let text = '';
  const result = await run({
    spec: {
      build: 'test',
      cluster: prepared.cluster,
      faults: prepared.faults,
      seed: prepared.cluster.seed,
      ...(options.windowSeed === undefined ? {} : { windowSeed: options.windowSeed }),
    },
    host: new InlineHost((spec) => boot(spec, program)),
    sink: new TraceWriter((chunk) => {
      text += chunk;
    }),
  });
  return read(result, text);
}

function read(result: RunResult, text: string): Experiment {
  const events = text
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as TraceEvent);
  const of = <K extends TraceKind>(kind: K, node?: string): TraceEventOf<K>[] =>
    events.filter(
      (event) => event.kind === kind && (node === undefined || isOf(node, event.node)),
    ) as unknown as TraceEventOf<K>[];
  return {
    ...result,
    events,
    text,
    of,
    lines: (node) => of('log', node).map((event) => event.text),
    whenMs: (node, part) =>
      (of('log', node).find((event) => event.text.includes(part))?.tUs ?? NaN) / 1000,
    states: (name) =>
      of('state')
        .filter((event) => event.name === name)
        .map((event) => event.value),
    sent: (from, to) =>
      of('send')
        .filter((event) => event.node === from && (to === undefined || event.to === to))
        .map((event) => event.msg),
  };
}
