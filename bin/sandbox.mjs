// The child in which experiments run: no network, no files, an empty environment, no code from
// strings (see bin/experiment.ts for the flags). It reads one JSON document from standard input,
// `{ kernel, node, python, models, programs, requests }`, evaluates the kernel's script with the models,
// and runs one request after another, each of one of the programs. Standard output carries each run's
// trace as it is, followed by a line `{"kind":"report",…}`; of a search of schedules its progress and result.
// Plain JavaScript: with type stripping it would need to read more files than itself.

import { readFileSync, writeSync } from 'node:fs';
import vm from 'node:vm';
import { MessageChannel, Worker } from 'node:worker_threads';

const { kernel, node, python, models, programs, requests } = JSON.parse(readFileSync(0, 'utf8'));

/** @typedef {import('#lib/runtime/control.ts').KernelControl} KernelControl */
/** @typedef {import('#lib/runtime/control.ts').StreamPort} StreamPort */
/** @typedef {import('#lib/runtime/pool-thread.ts').WorkerPort} WorkerPort */

/**
 * A worker of the browser's shape around one of Node's.
 * @implements {WorkerPort}
 */
class SandboxWorker {
  /** @type {WorkerPort['onmessage']} */
  onmessage = null;
  /** @type {WorkerPort['onerror']} */
  onerror = null;
  #worker;
  #channel = new MessageChannel();

  /**
   * @param {string} script
   * @param {object[]} first sent before the port
   * @param {object} [beside] sent with it
   */
  constructor(script, first = [], beside = {}) {
    const shim = `require('node:worker_threads').parentPort.on('message', (data) => {
      globalThis.onmessage({ data });
    });`;
    const text = `${shim}\n${script}`;
    this.#worker = new Worker(text, { eval: true, env: {}, stdin: false });
    this.#worker.on('error', (error) => this.onerror?.({ message: String(error) }));
    this.#channel.port1.on('message', (data) => this.onmessage?.({ data }));
    for (const message of first) this.#worker.postMessage(message);
    this.#worker.postMessage({ port: this.#channel.port2, ...beside }, [this.#channel.port2]);
  }

  /**
   * @param {unknown} message
   * @param {Transferable[]} transfer
   */
  postMessage(message, transfer) {
    this.#channel.port1.postMessage(message, /** @type {any[]} */ (transfer));
  }

  terminate() {
    this.#channel.port1.close();
    void this.#worker.terminate();
  }
}

/**
 * All of it, whatever the pipe takes at a time.
 * @param {string} text
 */
function write(text) {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

/** @param {Record<string, string>} paths */
async function readPython({ script, module, stdlib, snapshot }) {
  const bytes = (/** @type {string | undefined} */ file) =>
    new Uint8Array(readFileSync(/** @type {string} */ (file)));
  return {
    script: readFileSync(/** @type {string} */ (script), 'utf8'),
    assets: {
      module: await WebAssembly.compile(bytes(module)),
      stdlib: bytes(stdlib),
      snapshot: bytes(snapshot),
    },
  };
}

vm.runInThisContext(`${kernel}\n${models}`, { filename: 'kernel.js' });
// Taken before a program tames this scope.
const { MessageEvent } = globalThis;
const lightconeProgram = /** @type {(program: object) => void} */ (
  Reflect.get(globalThis, 'lightconeProgram')
);
const createControl = /** @type {(platform: object) => KernelControl} */ (
  Reflect.get(globalThis, 'lightconeControl')
);
const interpreter = python && (await readPython(python));

/** @type {SandboxWorker[]} */
let workers = [];

/**
 * Of one program; what runs of another before it have left in threads is ended.
 * @param {{ program: string, files: string | null }} program
 */
function controlOf({ program, files }) {
  for (const worker of workers) worker.terminate();
  workers = [];
  const code = `${models}\nlightconeProgram(${program});`;
  /** @param {SandboxWorker} worker */
  const kept = (worker) => {
    workers.push(worker);
    return worker;
  };
  lightconeProgram(vm.runInThisContext(`(${program})`, { filename: 'program.js' }));
  return createControl({
    createWorker: () => kept(new SandboxWorker(`${node}\n${code}`)),
    createPython: () => {
      const first = [{ assets: interpreter.assets }];
      return kept(new SandboxWorker(interpreter.script, first, { files: JSON.parse(files ?? '') }));
    },
  });
}

let current = 0;
let control = controlOf(programs[current]);
for (const request of requests) {
  if (request.program !== current) control = controlOf(programs[(current = request.program)]);
  if (request.isExploring) {
    /** @param {number} count */
    const tell = (count) => write(JSON.stringify({ kind: 'progress', count }) + '\n');
    const explored = await control.explore(request, tell);
    write(JSON.stringify({ kind: 'explored', ...explored }) + '\n');
    continue;
  }
  /** @type {StreamPort} */
  const stream = {
    onmessage: null,
    postMessage: (text) => {
      if (!request.isQuiet) write(text);
      stream.onmessage?.(new MessageEvent('message', { data: text.length }));
    },
  };
  const report = await control.run(request, stream);
  write(JSON.stringify({ kind: 'report', ...report }) + '\n');
}
process.exit(0);
