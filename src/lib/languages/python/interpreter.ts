// One CPython, started from bytes that are already here: nothing is fetched, nothing is compiled from
// text, and every engine takes the same path (a snapshot made once, then given its own randomness).
// The recipe and what it must avoid: docs/languages/python.md.

import './web-worker.ts';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import { info } from 'pyodide/pyodide-lock.json';
import { imageLength, unpackOver, unpackStart, type PythonAssets } from './assets.ts';
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

/** About 500 calls of Python functions by C functions, of which 16 KiB are CPython's reserve. */
const C_STACK_BYTES = 256 * 1024;

/** C functions of the interpreter, from Pyodide's inner module. Addresses are numbers. */
interface StackFunctions {
  _emscripten_stack_get_current(): number;
  _PyThreadState_Get(): number;
  _PyUnstable_ThreadState_SetStackProtection(thread: number, start: number, size: number): number;
}

/** Captured before anything of ours or of Pyodide's replaces it. */
const { instantiate } = WebAssembly;
const { grow } = WebAssembly.Memory.prototype;

/**
 * What one interpreter may take: beyond it Python raises MemoryError, at the same place in every
 * engine. A snapshot has 31 MB.
 */
const MEMORY_MAX = 256 * 1024 * 1024;
const WASM_PAGE_BYTES = 65_536;

/** Of a snapshot: magic number, offset of the memory, length of its configuration, identity. */
const SNAPSHOT_HEADER_BYTES = 64;

let isVirtual = false;

/** Of the interpreter that was made last: there is one in a thread. */
let memory: WebAssembly.Memory | null = null;

/**
 * Starts an interpreter from its snapshot.
 *
 * @param assets are used up, so that their bytes are not held beside the interpreter's
 * @throws when WebAssembly stack switching (JSPI) is missing in this engine
 */
export async function startInterpreter(assets: PythonAssets): Promise<Interpreter> {
  const { module, stdlib, snapshot } = assets;
  const interpreter = await load(module, stdlib, { _loadSnapshot: lazyImage(snapshot) });
  for (const { buffer } of [snapshot, stdlib]) buffer.transfer(0);
  return interpreter;
}

/**
 * A memory image that Pyodide reads the head of and then copies into the memory as a whole. That
 * copy is ours: it neither unpacks the image beside the memory nor touches empty pages.
 */
function lazyImage(packed: Uint8Array): Uint8Array {
  const [, memoryAt] = new Uint32Array(unpackStart(packed, SNAPSHOT_HEADER_BYTES).buffer);
  const head = unpackStart(packed, memoryAt!);
  // How much memory there shall be.
  Object.defineProperty(head, 'length', { value: imageLength(packed) });
  Object.defineProperty(head, 'subarray', {
    value(from: number, to?: number): Uint8Array {
      if (to !== undefined) return Uint8Array.prototype.subarray.call(this, from, to);
      unpackOver(packed, from, new Uint8Array(memory!.buffer));
      return new Uint8Array(0);
    },
  });
  return head;
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
  boundMemory();
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    const instance = await instantiateInUtc(module, imports!);
    memory = instance.exports['memory'] as WebAssembly.Memory;
    return { module, instance };
  };
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
  return interpreter;
}

/**
 * Bounds the stack that C code of the running Python thread takes, so that recursion through C (a
 * `__repr__` that calls repr) ends in a RecursionError at the same depth in every engine. CPython
 * measures its stack in the interpreter's memory; the engine's own stack, which would overflow first
 * and end the run, it does not see.
 */
export function limitStack(interpreter: Interpreter): void {
  const module = (interpreter as unknown as { _module: StackFunctions })._module;
  const here = module._emscripten_stack_get_current();
  module._PyUnstable_ThreadState_SetStackProtection(
    module._PyThreadState_Get(),
    here - C_STACK_BYTES,
    C_STACK_BYTES,
  );
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

/** Keeps memory from growing beyond its bound; Pyodide tells CPython that there is none. */
function boundMemory(): void {
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * WASM_PAGE_BYTES > MEMORY_MAX) {
      throw new RangeError('the memory of a Python process is used up');
    }
    return grow.call(this, pages);
  };
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
