// The child in which experiments run: no network, no files, an empty environment, no code from
// strings (see bin/experiment.ts for the flags). It reads one JSON document from standard input,
// `{ kernel, node, program, requests }`, evaluates the kernel's script with the linked program, and
// runs one request after another. Standard output carries each run's trace as it is, followed by a
// line `{"kind":"report",…}`.
// Plain JavaScript: with type stripping it would need to read more files than itself.

import { readFileSync } from 'node:fs';
import { writeSync } from 'node:fs';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';

const { kernel, node, program, requests } = JSON.parse(readFileSync(0, 'utf8'));

/** A worker of the browser's shape around one of Node's. */
class SandboxWorker {
  onmessage = null;
  onerror = null;
  #worker;

  constructor() {
    const shim = `const { parentPort } = require('node:worker_threads');
      globalThis.postMessage = (message) => parentPort.postMessage(message);
      parentPort.on('message', (data) => globalThis.onmessage({ data }));`;
    const text = `${shim}\n${node}\nlightconeProgram(${program});`;
    this.#worker = new Worker(text, { eval: true, env: {}, stdin: false });
    this.#worker.on('message', (data) => this.onmessage?.({ data }));
    this.#worker.on('error', (error) => this.onerror?.({ message: error.message }));
  }

  postMessage(message) {
    this.#worker.postMessage(message);
  }

  terminate() {
    void this.#worker.terminate();
  }
}

/** All of it, whatever the pipe takes at a time. */
function write(text) {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

vm.runInThisContext(`${kernel}\nlightconeProgram(${program});`, { filename: 'kernel.js' });
const control = globalThis.lightconeControl({ createWorker: () => new SandboxWorker() });

for (const request of requests) {
  const stream = { onmessage: null, close: () => undefined, postMessage: undefined };
  stream.postMessage = (text) => {
    if (!request.isQuiet) write(text);
    stream.onmessage?.({ data: text.length });
  };
  const report = await control.run(request, stream);
  write(JSON.stringify({ kind: 'report', ...report }) + '\n');
}
process.exit(0);
