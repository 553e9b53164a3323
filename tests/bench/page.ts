// The part of the bench that runs in the page: one sandbox, runs measured one after another.

import type { Placement, RunRequest } from '#lib/runtime/control.ts';
import { Lab, type LabScripts, type LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';

export interface RunCase {
  prepared: Prepared;
  placement: Placement;
  eventLimit: number;
  trace?: RunRequest['trace'];
}

/** What a run is, however long it takes. */
export interface Content {
  events: number;
  messages: number;
  bytesPerEvent: number;
  digest: string | undefined;
}

let lab: Lab | undefined;
let thread: LabThread | undefined;

/** Makes the sandbox ready. */
function open(scripts: LabScripts): void {
  lab = new Lab(() => Promise.resolve(scripts));
}

/** Starts the threads of one case, which stay until the next, and runs it once without a clock. */
async function load(given: RunCase): Promise<Content> {
  thread?.close();
  thread = lab!.start(given.prepared, given.placement);
  const store = new TraceStore();
  const { end } = await thread.run({
    seed: 1,
    eventLimit: given.eventLimit,
    ontext: (text) => store.append(text),
  });
  let messages = 0;
  for (let id = 0; id < store.eventCount; id++) if (store.kindAt(id) === 'send') messages++;
  const bytesPerEvent = store.byteLength / store.eventCount;
  return { events: end.eventCount, messages, bytesPerEvent, digest: end.digest };
}

/** Seconds that a run of the loaded case takes, trace received, nothing done with it. */
async function measure({ eventLimit, trace }: RunCase): Promise<number> {
  const startMs = performance.now();
  await thread!.run({ seed: 1, eventLimit, ...(trace === undefined ? {} : { trace }) });
  return (performance.now() - startMs) / 1000;
}

/** Seconds from nothing but an open sandbox to the end of a run. */
async function measureStart({ prepared, placement, eventLimit }: RunCase): Promise<number> {
  const startMs = performance.now();
  const fresh = lab!.start(prepared, placement);
  await fresh.run({ seed: 1, eventLimit });
  const seconds = (performance.now() - startMs) / 1000;
  fresh.close();
  return seconds;
}

/**
 * The yardstick: messages a second of two workers that answer each other, one message at a time.
 *
 * @param count messages of a round
 */
async function measureRoundTrips(count: number): Promise<number> {
  const text =
    'let port; onmessage = ({ data, ports }) => { if (ports[0]) { port = ports[0]; port.onmessage = ({ data: n }) => { if (n === 0) postMessage("done"); else port.postMessage(n - 1); }; } else port.postMessage(data); };';
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const [first, second] = [new Worker(url), new Worker(url)];
  const channel = new MessageChannel();
  first.postMessage(null, [channel.port1]);
  second.postMessage(null, [channel.port2]);
  const done = (): Promise<void> =>
    new Promise((resolve) => {
      first.onmessage = second.onmessage = () => resolve();
    });
  let finished = done();
  first.postMessage(2_000);
  await finished;
  finished = done();
  const startMs = performance.now();
  first.postMessage(count);
  await finished;
  const rate = count / ((performance.now() - startMs) / 1000);
  first.terminate();
  second.terminate();
  return rate;
}

const benchPage = { open, load, measure, measureStart, measureRoundTrips };

/** What the page offers to whoever drives it. */
export type BenchPage = typeof benchPage;

Object.assign(globalThis, { benchPage });
