// The part of the Python bench that runs in the page: one sandbox, or threads of their own.

import { Lab, type LabScripts } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { loadPython } from '../support/load-python.ts';
import type { PythonCase } from './python.thread.ts';

let lab: Lab | undefined;
let endHeld = (): void => undefined;

/** Makes the sandbox ready, with what Python nodes need of this experiment's. */
async function open(scripts: LabScripts, prepared: Prepared): Promise<void> {
  lab = new Lab(() => Promise.resolve(scripts), loadPython);
  await lab.load(prepared);
  // What the page was told to post has arrived once something has run.
  const thread = lab.start(prepared, 'shared');
  await thread.run({ seed: 1 });
  thread.close();
}

/** As the page does in an idle moment; interpreters are up some time later. */
function warm(count: number): void {
  lab!.warm(count);
}

/** Milliseconds from Run until each of the nodes has printed a line. The run goes on until `end`. */
async function measureStart(prepared: Prepared): Promise<number> {
  const silent = new Set(prepared.cluster.nodes.map(({ name }) => name));
  const startMs = performance.now();
  const thread = lab!.start(prepared, 'shared');
  await new Promise<void>((resolve, reject) => {
    const ontext = (text: string): void => {
      for (const [, node] of text.matchAll(/"kind":"log","node":"(\w+)"/g)) silent.delete(node!);
      if (silent.size === 0) resolve();
    };
    thread.run({ seed: 1, untilUs: 1e12, eventLimit: 1e9, ontext }).catch(reject);
  });
  const milliseconds = performance.now() - startMs;
  endHeld = () => thread.close();
  return milliseconds;
}

function end(): void {
  endHeld();
}

/** Milliseconds that a whole run takes, the start of its interpreters included. */
async function measureRun(prepared: Prepared): Promise<number> {
  const startMs = performance.now();
  const thread = lab!.start(prepared, 'shared');
  const { end } = await thread.run({ seed: 1, ontext: () => undefined });
  if (end.reason !== 'quiescent') throw new Error(`the run ended: ${end.reason}`);
  const milliseconds = performance.now() - startMs;
  thread.close();
  return milliseconds;
}

/** A run as a page makes it: to its end, or closed as soon as something is seen of it. */
async function runOnce(prepared: Prepared, seed: number, isCutShort: boolean): Promise<string> {
  const thread = lab!.start(prepared, 'shared');
  let ended = 'closed';
  try {
    const ontext = (): void => {
      if (isCutShort) thread.close();
    };
    ended = (await thread.run({ seed, ontext })).end.reason;
  } catch (error) {
    if (!isCutShort) throw error;
  }
  thread.close();
  lab!.warm(prepared.interpreterCount);
  return ended;
}

/** Milliseconds that a thread takes to compute. */
async function measureThread(script: string, given: Omit<PythonCase, 'assets'>): Promise<number> {
  const { module, stdlib, snapshot } = await loadPython();
  const assets = {
    module: await WebAssembly.compile(module),
    stdlib: new Uint8Array(stdlib),
    snapshot: new Uint8Array(snapshot),
  };
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  const milliseconds = await new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ ...given, assets } satisfies PythonCase);
  });
  worker.terminate();
  return milliseconds;
}

const pythonPage = { open, warm, measureStart, end, measureRun, runOnce, measureThread };

/** What the page offers to whoever drives it. */
export type PythonPage = typeof pythonPage;

Object.assign(globalThis, { pythonPage });
