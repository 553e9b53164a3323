// One CPython, started from bytes that are already here: nothing is fetched, nothing is compiled from
// text, and every engine takes the same path (a snapshot made once, then given its own randomness).
// The recipe and what it must avoid: docs/languages/python.md.

import './web-worker.ts';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import { info } from 'pyodide/pyodide-lock.json';
import { unpackPages, type PythonAssets } from './assets.ts';
import { leaveRealWorld } from './virtual-world.ts';

export type Interpreter = PyodideInterface;

/** An address that leads nowhere: Pyodide wants one to start from. */
const NOWHERE = 'https://pyodide.invalid/';

/** The environment of every interpreter; a node's own variables are added when its program starts. */
const ENVIRONMENT = {
  HOME: '/home/node',
  LANG: 'en_US.UTF-8',
  LOGNAME: 'node',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  PWD: '/home/node',
  // Sets and dicts of strings iterate in the same order in every run.
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  USER: 'node',
};

/** Captured before anything of ours or of Pyodide's replaces it. */
const { instantiate } = WebAssembly;

let isVirtual = false;

/**
 * Starts an interpreter from its snapshot.
 *
 * @throws when WebAssembly stack switching (JSPI) is missing in this engine
 */
export async function startInterpreter(assets: PythonAssets): Promise<Interpreter> {
  const options = { _loadSnapshot: unpackPages(assets.snapshot) };
  return load(assets.module, assets.stdlib, options);
}

/** Starts an interpreter without a snapshot; `makeMemorySnapshot` of it may be called. */
export function startForSnapshot(
  module: WebAssembly.Module,
  stdlib: Uint8Array<ArrayBuffer>,
): Promise<Interpreter> {
  return load(module, stdlib, { _makeSnapshot: true });
}

async function load(
  module: WebAssembly.Module,
  stdlib: Uint8Array<ArrayBuffer>,
  options: object,
): Promise<Interpreter> {
  if (!('Suspending' in WebAssembly)) {
    throw new Error('this browser cannot run Python nodes: it lacks WebAssembly stack switching');
  }
  if (!isVirtual) leaveRealWorld();
  isVirtual = true;
  answerFetches(stdlib);
  WebAssembly.instantiateStreaming = async (_response, imports) => ({
    module,
    instance: await instantiateInUtc(module, imports!),
  });
  const given = {
    createPyodideModule,
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    stdLibURL: `${NOWHERE}python_stdlib.zip`,
    lockFileContents: { info, packages: {} },
    env: { ...ENVIRONMENT },
    // What `import js` would show: nothing.
    jsglobals: {},
    ...options,
  };
  const interpreter = await loadPyodide(given as never);
  // The image is tens of megabytes; Pyodide keeps its options.
  const { _api: api } = interpreter as unknown as { _api?: { config?: Record<string, unknown> } };
  delete api?.config?.['_loadSnapshot'];
  return interpreter;
}

/** C's `tzset` finds the name of a machine in UTC, in place of an offset ("UTC-0000"). */
async function instantiateInUtc(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  const made: { memory?: WebAssembly.Memory } = {};
  const setZone = (offset: number, hasSummerTime: number, ...names: number[]): void => {
    const view = new DataView(made.memory!.buffer);
    view.setInt32(offset, 0, true);
    view.setInt32(hasSummerTime, 0, true);
    for (const name of names) {
      [...'UTC\0'].forEach((sign, at) => view.setUint8(name + at, sign.charCodeAt(0)));
    }
  };
  imports['env']!['_tzset_js'] = setZone;
  const instance = await instantiate.call(WebAssembly, module, imports);
  made.memory = instance.exports['memory'] as WebAssembly.Memory;
  return instance;
}

/** The only two things that Pyodide fetches are here already. */
function answerFetches(stdlib: Uint8Array<ArrayBuffer>): void {
  globalThis.fetch = (target) => {
    const address = typeof target === 'string' ? target : String(target);
    if (address.endsWith('/python_stdlib.zip')) return Promise.resolve(new Response(stdlib));
    // Never read: `instantiateStreaming` is ours.
    if (address.endsWith('.wasm')) return Promise.resolve(new Response(null));
    return Promise.reject(new TypeError(`no network: ${address}`));
  };
}
