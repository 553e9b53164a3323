// Drives one run: asks the kernel what to run, has it run by a host, hands the answers back, and
// lets the outside in between. The only place that knows both the kernel and where processes live.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import { Kernel, type ProcessReport, type Request } from '#lib/kernel/kernel.ts';
import type { Cluster } from '#lib/protocol/cluster.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import type { Answer, OpenWait } from '#lib/protocol/packets.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import type { TraceEnd, TraceEvent, TraceHeader } from '#lib/protocol/trace.ts';
import type { Ending } from '#lib/trace/writer.ts';
import { findDeadlocks, type Wait } from './deadlock.ts';

/** Captured: the scope of a learner's program loses it, and inline this is that scope. */
const realNowMs = performance.now.bind(performance);

/** Control is let in after so much real time. */
const YIELD_MS = 10;

/** What a process answered, or why its answer cannot be believed. */
export type HostAnswer = Answer | { fault: string };

/** Where processes live: in this thread, or in a pool of workers. */
export interface Host {
  start(process: ProcessHandle): void;
  end(process: ProcessHandle): void;
  /** Runs all requests; synchronous where it can be. */
  advance(requests: readonly Request[]): HostAnswer[] | Promise<HostAnswer[]>;
  waits(process: ProcessHandle): OpenWait[] | Promise<OpenWait[]>;
  /** Ends everything. */
  close(): void;
}

/** An experiment, ready to run. Plain data: it crosses to a worker. */
export interface RunSpec {
  build: string;
  cluster: Cluster;
  faults: readonly Fault[];
  seed: number;
  untilUs?: number;
  eventLimit?: number;
  /** Cuts windows at random, for tests of the rule that windows never show (KT3). */
  windowSeed?: number;
  /** Asks and answers in random order within each window, for tests of the same rule (KT2). */
  replySeed?: number;
}

/** Where a run's events go, each once, in their order: a TraceWriter, or what stands in for one. */
export interface TraceSink {
  header(header: TraceHeader): void;
  event(event: TraceEvent): void;
  /** Hands on what has been written so far. */
  flush(): void;
  /** Nothing follows. Gives the last line. */
  end(ending: Ending): TraceEnd | Promise<TraceEnd>;
}

export interface RunOptions {
  spec: RunSpec;
  host: Host;
  sink: TraceSink;
  /** Awaited every 10 ms of real time; return false to stop the run at its frontier. */
  onyield?: () => Promise<boolean>;
  /** What a program wrote to a file, with the event that counts its bytes. */
  onwrite?: ((eventId: number, bytes: Uint8Array) => void) | undefined;
}

export interface RunResult {
  end: TraceEnd;
  reports: ProcessReport[];
}

/** A process that hangs, or a worker that broke: ours or the platform's fault, not the program's. */
export class RunFailure extends Error {
  override name = 'RunFailure';
}

/** A machine that nobody named is its node's own. */
function machinesOf({ nodes }: Cluster): Pick<TraceHeader, 'machines'> {
  const named = nodes.filter(({ name, machine }) => machine !== name);
  if (named.length === 0) return {};
  return { machines: Object.fromEntries(named.map(({ name, machine }) => [name, machine])) };
}

/**
 * Runs an experiment to its end.
 *
 * @returns the last line of the trace, and how each process stands
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { spec, host, sink } = options;
  sink.header({
    lightcone: 1,
    build: spec.build,
    seed: spec.seed,
    nodes: spec.cluster.nodes.map(({ name }) => name),
    ...machinesOf(spec.cluster),
    ...(spec.cluster.tcp === 'linux' ? {} : { tcp: spec.cluster.tcp }),
  });
  const kernel = new Kernel({
    cluster: spec.cluster,
    faults: spec.faults,
    seed: spec.seed,
    ...(spec.untilUs === undefined ? {} : { untilUs: spec.untilUs }),
    ...(spec.eventLimit === undefined ? {} : { eventLimit: spec.eventLimit }),
    ...(spec.windowSeed === undefined ? {} : { windowUs: randomWindows(spec.windowSeed) }),
    onevent: (event) => sink.event(event),
    onwrite: options.onwrite,
    onstart: (process) => host.start(process),
    onend: (process) => host.end(process),
  });
  let waits: Wait[] = [];
  let failure: string | undefined;
  try {
    await drive(kernel, options);
    waits = await waitsOf(kernel, host);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    kernel.stop('failed', failure);
  }
  host.close();
  const { tUs, reason, detail } = kernel.end!;
  const deadlocks = reason === 'quiescent' ? findDeadlocks(waits) : [];
  const line = await sink.end({
    tUs,
    reason: failure === undefined ? reason : 'failed',
    detail: failure ?? withPlace(kernel, detail, waits),
    waiting: waits.map(({ enders: _enders, ...waiting }) => waiting),
    deadlocks,
  });
  return { end: line, reports: kernel.reports() };
}

/** Where time stands still, behind what the kernel says of it. */
function withPlace(
  { stillAt }: Kernel,
  detail: string | undefined,
  waits: readonly Wait[],
): string | undefined {
  const line = waits.find(({ node }) => node === stillAt)?.line;
  return detail === undefined || line === undefined ? detail : `${detail} (${line})`;
}

/** Lengths from 1 µs up, in microseconds, many of them short. */
function randomWindows(seed: number): () => number {
  const random = new RandomStream(seed, 'windows');
  let ordinal = 0;
  return () => 1 + random.below(4 ** random.below(8, 1, ordinal++), 0, ordinal);
}

/** Gives lists in random order. */
function shuffler(seed: number): <T>(list: readonly T[]) => T[] {
  const random = new RandomStream(seed, 'replies');
  let ordinal = 0;
  return (list) => {
    const items = [...list];
    for (let at = items.length - 1; at > 0; at--) {
      const other = random.below(at + 1, 0, ordinal++);
      [items[at], items[other]] = [items[other]!, items[at]!];
    }
    return items;
  };
}

async function drive(kernel: Kernel, options: RunOptions): Promise<void> {
  const { host, sink, onyield, spec } = options;
  const shuffled = spec.replySeed === undefined ? undefined : shuffler(spec.replySeed);
  let yieldAtMs = realNowMs() + YIELD_MS;
  let isStopped = false;
  for (let asked = kernel.begin(); asked; asked = kernel.begin()) {
    const requests = shuffled?.(asked) ?? asked;
    const pending = requests.length > 0 ? host.advance(requests) : [];
    const answers = pending instanceof Promise ? await pending : pending;
    const order = shuffled?.([...requests.keys()]);
    for (let at = 0; at < requests.length; at++) {
      const next = order ? order[at]! : at;
      take(kernel, requests[next]!, answers[next]!);
    }
    kernel.finish();
    if (!onyield || realNowMs() < yieldAtMs) continue;
    sink.flush();
    if (isStopped || !(await onyield())) {
      isStopped = true;
      kernel.stopAtFrontier();
    }
    yieldAtMs = realNowMs() + YIELD_MS;
  }
}

function take(kernel: Kernel, { process }: Request, answer: HostAnswer): void {
  if ('fault' in answer) kernel.condemn(process, answer.fault);
  else kernel.answer(process, answer.ops, answer.nextUs);
}

/**
 * What each process waits for (KT8), by what it said. Its host sees more, but it may have run ahead
 * of the end: it is asked for a place only, and at a quiet end for what was never announced.
 */
async function waitsOf(kernel: Kernel, host: Host): Promise<Wait[]> {
  const waiting: Wait[] = [];
  for (const process of kernel.alive()) {
    let waits = kernel.waitsOf(process);
    if (!waits.every(({ line }) => line) || waits.length === 0) {
      const seen = await host.waits(process);
      if (waits.length > 0) waits = waits.map((it) => ({ ...it, line: it.line ?? seen[0]?.line }));
      else if (kernel.end!.reason === 'quiescent') waits = seen;
    }
    for (const { what, line, dueUs, by } of waits) {
      waiting.push({
        enders: by.flatMap((name) => kernel.livingOf(process, name)),
        node: process.name,
        what,
        ...(line === undefined ? {} : { line }),
        ...(dueUs === undefined ? {} : { dueUs }),
        ...(by.length === 0 ? {} : { by }),
      });
    }
  }
  return waiting;
}
