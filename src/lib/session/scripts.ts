// The simulation's scripts as the lab wants them: fetched from beside the page, as text, because the
// sandboxed frame may load nothing itself.

import kernelUrl from '#workers/kernel.worker.ts?script-url';
import nodeUrl from '#workers/node.worker.ts?script-url';
import { build } from 'virtual:lightcone/build';
import { pythonUrls } from 'virtual:lightcone/python';
import type { LabPython, LabScripts } from '#lib/runtime/lab.ts';

export { build };

let loaded: Promise<LabScripts> | undefined;

/** Loads the scripts, once; after a failure the next call tries again. */
export function loadScripts(): Promise<LabScripts> {
  loaded ??= (async () => {
    const [kernel, node] = await Promise.all([textOf(kernelUrl), textOf(nodeUrl)]);
    return { kernel, node, build };
  })();
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

/** Loads what Python nodes need: some 10 MB on the wire, kept by the browser's cache. */
export async function loadPython(): Promise<LabPython> {
  const { script, module, stdlib, snapshot } = pythonUrls;
  const [text, ...bytes] = await Promise.all([
    textOf(script),
    ...[module, stdlib, snapshot].map(bytesOf),
  ]);
  return { script: text, module: bytes[0]!, stdlib: bytes[1]!, snapshot: bytes[2]! };
}

/** The files lie gzipped beside the page, because servers do not compress what they do not know. */
async function bytesOf(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  const unpacked = response.body!.pipeThrough(new DecompressionStream('gzip'));
  return new Response(unpacked).arrayBuffer();
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.text();
}
