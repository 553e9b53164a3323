// The simulation's scripts as the lab wants them: fetched from beside the page, as text, because the
// sandboxed frame may load nothing itself.

import celeryUrl from '#workers/celery.model.ts?script-url';
import discoUrl from '#workers/disco.model.ts?script-url';
import kernelUrl from '#workers/kernel.worker.ts?script-url';
import nodeUrl from '#workers/node.worker.ts?script-url';
import pycspUrl from '#workers/pycsp.model.ts?script-url';
import pyro4Url from '#workers/pyro4.model.ts?script-url';
import rpycUrl from '#workers/rpyc.model.ts?script-url';
import scoopUrl from '#workers/scoop.model.ts?script-url';
import tracerUrl from '#workers/tracer.worker.ts?script-url';
import webUrl from '#workers/web.model.ts?script-url';
import { build } from 'virtual:lightcone/build';
import { pythonBytes, pythonUrls } from 'virtual:lightcone/python';
import type { ModelName } from '#lib/protocol/model-names.ts';
import type { LabPython, LabScripts } from '#lib/runtime/lab.ts';
import { PythonParts } from './python-parts.ts';

export { build };

const MODEL_URLS: Readonly<Record<ModelName, string>> = {
  celery: celeryUrl,
  pyro4: pyro4Url,
  rpyc: rpycUrl,
  pycsp: pycspUrl,
  scoop: scoopUrl,
  disco: discoUrl,
  web: webUrl,
};

/** By URL: each is loaded once; what failed is tried again by the next call. */
const texts = new Map<string, Promise<string>>();

/** Loads the scripts of a simulation with these models. */
export async function loadScripts(models: readonly ModelName[]): Promise<LabScripts> {
  const [kernel, node, tracer, ...modelTexts] = await Promise.all(
    [kernelUrl, nodeUrl, tracerUrl, ...models.map((name) => MODEL_URLS[name])].map(load),
  );
  return {
    kernel: kernel!,
    node: node!,
    tracer: tracer!,
    models: Object.fromEntries(models.map((name, index) => [name, modelTexts[index]!])),
    build,
  };
}

function load(url: string): Promise<string> {
  const known = texts.get(url);
  if (known) return known;
  const text = textOf(url);
  texts.set(url, text);
  text.catch(() => texts.delete(url));
  return text;
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
