// Runs a random experiment twice, the second time with windows cut at random, and says what does not
// hold: an invariant of the trace, or the law that both runs have one digest.

import { readExperiment, type Files } from '#lib/experiment/experiment.ts';
import { NodeProcess } from '#lib/node/process.ts';
import { TraceWriter } from '#lib/trace/writer.ts';
import { run as startCoroutine } from '#lib/node/promise.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { InlineHost } from '#lib/runtime/inline-host.ts';
import { run, type RunSpec } from '#lib/runtime/run.ts';
import { TraceChecker, type Breach } from '#lib/trace/invariants/index.ts';
import { actor } from './actor.ts';
import type { RandomExperiment } from './experiment.ts';

/** A random experiment that does not end by itself is cut here. */
const EVENT_LIMIT = 3_000;

/** What one experiment showed. */
export interface Outcome {
  eventCount: number;
  breaches: Breach[];
}

/** The files of an experiment, as a person would write them (the program is tests/fixtures/random/actor.ts). */
export function filesOf({ cluster, faults, seed }: RandomExperiment): Files {
  return {
    'cluster.json': JSON.stringify({ ...cluster, seed }, null, 2),
    'faults.json': JSON.stringify(faults, null, 2),
  };
}

/** Runs the experiment on the kernel's own process interface, twice. */
export async function runExperiment(experiment: RandomExperiment): Promise<Outcome> {
  const { cluster, faults } = readExperiment(filesOf(experiment));
  const spec = { build: 'fuzz', cluster, faults, seed: experiment.seed, eventLimit: EVENT_LIMIT };
  const checker = new TraceChecker(cluster);
  const first = await runOnce(spec);
  for (const event of first.events) checker.event(event);
  checker.end(first.end);
  const breaches = [...checker.breaches];
  if (first.end.reason === 'failed') {
    breaches.push({ invariant: 'the simulator never fails', message: first.end.detail ?? '' });
  }
  const second = await runOnce({ ...spec, windowSeed: experiment.windowSeed });
  if (second.end.digest !== first.end.digest) breaches.push(difference(first, second));
  return { eventCount: first.events.length + second.events.length, breaches };
}

type Ran = Awaited<ReturnType<typeof runOnce>>;

/** One run on the kernel's own process interface. */
export async function runOnce(spec: RunSpec) {
  const host = new InlineHost(
    (it) => new NodeProcess(it, (process) => startCoroutine(actor(process))),
  );
  let text = '';
  const { end } = await run({
    spec,
    host,
    sink: new TraceWriter((chunk) => {
      text += chunk;
    }),
  });
  const lines = text.trimEnd().split('\n').slice(1, -1);
  return { end, lines, events: lines.map((line) => JSON.parse(line) as TraceEvent) };
}

/** KT3: the first line in which two runs of one experiment differ. */
function difference(first: Ran, second: Ran): Breach {
  const id = first.lines.findIndex((line, index) => line !== second.lines[index]);
  const invariant = 'windows never show';
  if (id < 0) return { invariant, message: `${first.end.reason}, then ${second.end.reason}` };
  const message = `with other windows: ${second.lines[id] ?? 'nothing'}`;
  return { invariant, message, id, event: first.events[id]! };
}
