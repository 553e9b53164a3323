// The simulation's scripts as the lab wants them: fetched from beside the page, as text, because the
// sandboxed frame may load nothing itself.

import kernelUrl from '#workers/kernel.worker.ts?script-url';
import nodeUrl from '#workers/node.worker.ts?script-url';
import { build } from 'virtual:lightcone/build';
import { pythonBytes, pythonUrls } from 'virtual:lightcone/python';
import type { LabPython, LabScripts } from '#lib/runtime/lab.ts';
import { PythonParts } from './python-parts.ts';

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

const python = new PythonParts(pythonUrls, pythonBytes);

/**
 * Loads what Python nodes need: some 14 MB, kept by the browser's cache.
 *
 * @param onprogress see `PythonParts.load`
 */
export function loadPython(
  onprogress: (loadedBytes: number, totalBytes: number) => void,
): Promise<LabPython> {
  return python.load(onprogress);
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.text();
}
