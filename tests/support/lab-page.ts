// What a browser runs for the law across engines and for tests/bench/browser.bench.ts.

import { Lab, type LabScripts } from '#lib/runtime/lab.ts';
import type { Placement } from '#lib/runtime/control.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { loadPython } from './load-python.ts';

interface Figures {
  messages: number;
  events: number;
  seconds: number;
  digest: string | undefined;
}

/** Runs a prepared experiment and counts its messages. */
async function measureRun(
  scripts: LabScripts,
  prepared: Prepared,
  placement: Placement,
  untilUs?: number,
): Promise<Figures> {
  const lab = new Lab(() => Promise.resolve(scripts), loadPython);
  const thread = lab.start(prepared, placement);
  // The first run starts the threads; the second is measured. An interpreter that has waited for its
  // program must not show in the digest: some nodes get one, the others do not.
  await thread.run({ seed: 1, untilUs: 1_000 });
  if (prepared.python !== null) lab.warm(2);
  let messages = 0;
  const startMs = performance.now();
  const { end } = await thread.run({
    seed: 1,
    ...(untilUs === undefined ? {} : { untilUs }),
    ontext: (text) => {
      messages += text.split('"kind":"send"').length - 1;
    },
  });
  const seconds = (performance.now() - startMs) / 1000;
  thread.close();
  lab.close();
  return { messages, events: end.eventCount, seconds, digest: end.digest };
}

/** Messages a second of two workers that answer each other, one message at a time. */
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

const labPage = { measureRun, measureRoundTrips };

/** What the page offers to whoever drives it. */
export type LabPage = typeof labPage;

Object.assign(globalThis, labPage);
