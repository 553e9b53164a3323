// What Python nodes are made from, built once and kept on disk: the worker's script, CPython itself,
// its standard library as compiled modules, and the memory of an interpreter that has just started.
// The interpreter makes the last two itself, in a thread of this Node.js; every engine loads them.

import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import type { Plugin, ResolvedConfig } from 'vite';
import { buildWorkerScript } from './worker-script.ts';

const CACHE = fileURLToPath(new URL('../node_modules/.cache/lightcone-python/', import.meta.url));
const COMPILER = fileURLToPath(
  new URL('../src/lib/languages/python/runtime/compile_library.py', import.meta.url),
);

/** Names of the files in the folder. */
export const PYTHON_FILES = {
  script: 'python.worker.js',
  module: 'python.wasm',
  stdlib: 'stdlib.zip',
  snapshot: 'snapshot.bin',
} as const;

/** How a thread of Node.js becomes one that the worker's script knows: see bin/sandbox.mjs. */
const SHIM = `require('node:worker_threads').parentPort.on('message', (data) => {
  globalThis.onmessage({ data });
});`;

let folder: Promise<string> | undefined;

/**
 * The folder that holds `PYTHON_FILES`, built if it is not there (about 10 s). Its name changes with
 * its content.
 */
export function pythonAssets(): Promise<string> {
  folder ??= build();
  return folder;
}

/**
 * Makes what is missing. The library takes long and changes with Pyodide only, so it is kept apart
 * from the snapshot, which changes with our own runtime.
 */
async function build(): Promise<string> {
  const packageFile = (name: string): Promise<Buffer> =>
    readFile(createRequire(import.meta.url).resolve(`pyodide/${name}`));
  const [script, wasm, sources] = await Promise.all([
    buildWorkerScript('#workers/python.worker.ts'),
    packageFile('pyodide.asm.wasm'),
    packageFile('python_stdlib.zip'),
  ]);
  const compiler = await readFile(COMPILER);
  const target = path.join(CACHE, keyOf(script, wasm, sources));
  if (await isThere(target)) return target;
  const module = await WebAssembly.compile(new Uint8Array(wasm));
  const library = path.join(CACHE, keyOf(compiler, wasm, sources));
  if (!(await isThere(library))) {
    const made = await make(script, 'stdlib', module, new Uint8Array(sources));
    await keep(library, { [PYTHON_FILES.stdlib]: made });
  }
  const stdlib = await readFile(path.join(library, PYTHON_FILES.stdlib));
  const snapshot = await make(script, 'snapshot', module, new Uint8Array(stdlib));
  await keep(target, {
    [PYTHON_FILES.script]: script,
    [PYTHON_FILES.module]: wasm,
    [PYTHON_FILES.stdlib]: stdlib,
    [PYTHON_FILES.snapshot]: snapshot,
  });
  return target;
}

function keyOf(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

function isThere(target: string): Promise<boolean> {
  return access(target).then(
    () => true,
    () => false,
  );
}

/** All files or none: several builds may be under way. */
async function keep(target: string, files: Record<string, string | Uint8Array>): Promise<void> {
  const draft = `${target}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(draft, name), content);
  }
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (!(await isThere(target))) throw error;
  }
}

/** Has the interpreter make one of its parts. */
function make(
  script: string,
  what: 'stdlib' | 'snapshot',
  module: WebAssembly.Module,
  stdlib: Uint8Array,
): Promise<Uint8Array> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(`${SHIM}\n${script}`, { eval: true, env: {} });
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.on('error', reject);
    port1.on('message', ({ made, error }: { made?: Uint8Array; error?: string }) => {
      if (made) resolve(made);
      else reject(new Error(`the interpreter could not make its ${what}: ${error}`));
    });
    worker.postMessage({ port: port2, make: what, assets: { module, stdlib } }, [port2]);
  }).finally(() => {
    port1.close();
    void worker.terminate();
  });
}

const MODULE = 'virtual:lightcone/python';
const DEV_PATH = '/@lightcone-python/';

/** The files as the page fetches them: all but the script gzipped, under names that tell nothing. */
async function servedFiles(): Promise<Record<string, Buffer>> {
  const from = await pythonAssets();
  const entries = Object.entries(PYTHON_FILES).map(async ([part, name]) => {
    const content = await readFile(path.join(from, name));
    return [part, part === 'script' ? content : await gzipped(content)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const gzipped = promisify<Buffer, Buffer>(gzip);

/** A server that knows the ending would send it as what it is, or unpack it on the way. */
const servedName = (part: string): string =>
  part === 'script' ? `python.js` : `python-${part}.bin`;

/** The Vite plugin behind `virtual:lightcone/python`. */
export function pythonFiles(): Plugin {
  let config: ResolvedConfig;
  let served: ReturnType<typeof servedFiles> | undefined;
  const files = (): ReturnType<typeof servedFiles> => {
    served ??= servedFiles();
    served.catch(() => (served = undefined));
    return served;
  };
  return {
    name: 'lightcone:python-files',
    configResolved(resolved) {
      config = resolved;
    },
    resolveId: (source) => (source === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      const parts = Object.keys(PYTHON_FILES);
      if (config.command === 'serve' || this.environment.name !== 'client') {
        const urls = parts.map((part) => [
          part,
          `${config.base}${DEV_PATH.slice(1)}${servedName(part)}`,
        ]);
        return `export const pythonUrls = ${JSON.stringify(Object.fromEntries(urls))};
          export const pythonBytes = 0;`;
      }
      const contents = await files();
      const urls = parts.map((part) => {
        const reference = this.emitFile({
          type: 'asset',
          name: servedName(part),
          source: contents[part]!,
        });
        return `${part}: import.meta.ROLLDOWN_FILE_URL_${reference}`;
      });
      const bytes = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
      return `export const pythonUrls = { ${urls.join(', ')} };
        export const pythonBytes = ${bytes};`;
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [address = ''] = (request.url ?? '').split('?');
        const at = address.indexOf(DEV_PATH);
        if (at < 0) return next();
        const name = address.slice(at + DEV_PATH.length);
        const part = Object.keys(PYTHON_FILES).find((it) => servedName(it) === name);
        if (part === undefined) return next();
        files().then((contents) => response.end(contents[part]), next);
      });
    },
  };
}
