// Worker scripts: each worker of the simulation is ONE self-contained classic script, because
// blob workers in the sandboxed frame can neither import modules (Chromium) nor importScripts a
// blob (Firefox). This file bundles such a script from its TypeScript source, for the pages (a
// Vite plugin), for the command line and for tests (plain functions). It does not start workers.
//
//   import url from '#workers/kernel.worker.ts?script-url'   the URL of the script
//   import { build } from 'virtual:lightcone/build'          the identity of the simulation

import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin as RolldownPlugin } from 'rolldown';
import type { Plugin, ResolvedConfig } from 'vite';
import { MODEL_NAMES, type ModelName } from '../src/lib/protocol/model-names.ts';
import { keepScript, keptScript } from './kept-scripts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The names of all models. */
export const MODELS = Object.keys(MODEL_NAMES) as ModelName[];

/** A model's script (src/lib/models/model.ts). */
export const modelEntry = (name: ModelName): string => `#workers/${name}.model.ts`;

/** The scripts whose text decides what a simulation does; `build` is made from them, in this order, */
const BUILD_ENTRIES = [
  '#workers/kernel.worker.ts',
  '#workers/node.worker.ts',
  ...MODELS.map(modelEntry),
];
/** and from Pyodide's version and our sources around it: that script takes long to bundle. */
const PYTHON_SOURCES = [
  'src/lib/languages/python',
  ...globSync('src/lib/models/*/python', { cwd: root }).sort(),
  'src/lib/runtime/python-scope.ts',
];

/** A bundled worker script. */
interface WorkerScript {
  /** The text of a classic script (an IIFE); nothing is imported at run time. */
  text: string;
  /** Absolute paths of the sources it was made from. */
  sources: string[];
  /** Of a model: the sources that it takes from the thread it runs in. */
  shared: string[];
}

/** The folder that holds the file, or the file itself, of a `#workers/…` or file path. */
function sourcePath(entry: string): string {
  return entry.startsWith('#workers/')
    ? path.join(root, 'workers', entry.slice('#workers/'.length))
    : path.resolve(root, entry);
}

/** `import text from './face.py?raw'`, as Vite has it. */
const rawText: RolldownPlugin = {
  name: 'lightcone:raw-text',
  async resolveId(source, importer) {
    if (!source.endsWith('?raw')) return null;
    const resolved = await this.resolve(source.slice(0, -'?raw'.length), importer);
    return resolved ? { ...resolved, id: `${resolved.id}?raw` } : null;
  },
  async load(id) {
    if (!id.endsWith('?raw')) return null;
    const text = await readFile(id.slice(0, -'?raw'.length), 'utf8');
    return { code: `export default ${JSON.stringify(text)};`, moduleType: 'js' };
  },
};

/** Folders and files of src/lib that models share with the thread they run in. */
function isCore(file: string): boolean {
  const [first, ...rest] = path.relative(path.join(root, 'src/lib'), file).split(path.sep);
  return first !== '..' && (first !== 'models' || rest.length === 1);
}

const MODEL_ENDING = '.model.ts';
const CORE_MODULE = 'virtual:lightcone/core';
const coreName = (file: string): string => path.relative(path.join(root, 'src/lib'), file);

/** For a model's script: what it shares is found in the thread it runs in. */
function sharing(onshared: (file: string) => void): RolldownPlugin {
  return {
    name: 'lightcone:shared-modules',
    async resolveId(source, importer) {
      if (importer === undefined) return null;
      const resolved = await this.resolve(source, importer);
      if (!resolved || !isCore(resolved.id)) return resolved;
      onshared(resolved.id);
      return { id: coreName(resolved.id), external: true };
    },
  };
}

/** Models, by file: each thread's script asks for all of them. In dev until a source changes. */
const models = new Map<string, Promise<WorkerScript>>();

function modelScript(entry: string): Promise<WorkerScript> {
  const file = sourcePath(entry);
  const made = models.get(file) ?? bundle(file);
  models.set(file, made);
  made.catch(() => models.delete(file));
  return made;
}

/** For a thread's script: the modules that models share with it. */
const coreModules: RolldownPlugin = {
  name: 'lightcone:core-modules',
  resolveId: (source) => (source === CORE_MODULE ? `\0${CORE_MODULE}` : null),
  async load(id) {
    if (id !== `\0${CORE_MODULE}`) return null;
    const scripts = await Promise.all(MODELS.map((name) => modelScript(modelEntry(name))));
    // A model may come to share one more.
    for (const file of scripts.flatMap(({ sources }) => sources)) this.addWatchFile(file);
    const files = [...new Set(scripts.flatMap(({ shared }) => shared))].sort();
    const imports = files.map(
      (file, index) => `import * as m${index} from ${JSON.stringify(file)};`,
    );
    const table = files.map((file, index) => `${JSON.stringify(coreName(file))}: m${index}`);
    return `${imports.join('\n')}\nglobalThis.lightconeCore = { ${table.join(', ')} };`;
  },
};

/** What only Pyodide's own code needs, and only in Node.js: those branches are never taken. */
const PYODIDE = {
  external: [/^node:/, 'ws'],
  define: { 'import.meta.url': '"https://pyodide.invalid/pyodide.asm.mjs"' },
};

async function bundle(entry: string): Promise<WorkerScript> {
  const isPython = path.basename(entry).startsWith('python.');
  const shared = new Set<string>();
  const parts = entry.endsWith(MODEL_ENDING) ? sharing((file) => shared.add(file)) : coreModules;
  const build = await rolldown({
    input: sourcePath(entry),
    cwd: root,
    platform: 'browser',
    // The sources keep to standard syntax; the project's tsconfig is generated and may not exist yet.
    tsconfig: false,
    plugins: [rawText, parts],
    ...(isPython && { external: PYODIDE.external }),
    transform: {
      define: { 'process.env.NODE_ENV': '"production"', ...(isPython && PYODIDE.define) },
    },
    // Direct eval, unresolved imports and the like would fail only in the browser: fail here.
    onLog(level, log, defaultHandler) {
      if (level !== 'warn') return defaultHandler(level, log);
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  try {
    // Minified on every path, so that dev, build, tests and the command line agree on the text
    // and with it on the build's identity.
    const { output } = await build.generate({
      format: 'iife',
      // Modules are strict; without this the bundle would be sloppy code, which forgives other things.
      strict: true,
      minify: true,
      codeSplitting: false,
      globals: (id) => `lightconeCore[${JSON.stringify(id)}]`,
    });
    const chunk = output[0];
    // Not the chunk's modules: one that was inlined away is still a source.
    const sources = (await build.watchFiles)
      .filter((id) => path.isAbsolute(id))
      .map((id) => id.replace(/\?.*$/, ''));
    return { text: chunk.code, sources, shared: [...shared] };
  } finally {
    await build.close();
  }
}

function scriptOf(entry: string): Promise<WorkerScript> {
  return entry.endsWith(MODEL_ENDING) ? modelScript(entry) : bundle(entry);
}

function shortHash(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('hex').slice(0, 12);
}

/**
 * The identity of a simulation.
 *
 * @param scripts the texts of the scripts of BUILD_ENTRIES, in their order
 */
export async function buildId(scripts: readonly string[]): Promise<string> {
  const { devDependencies } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  ) as { devDependencies: Record<string, string> };
  const pyodide = devDependencies['pyodide']!;
  return shortHash([...scripts, pyodide, ...(await textsOf(PYTHON_SOURCES))]);
}

/** Of files, and of the files below folders, in the order of their names. */
async function textsOf(paths: readonly string[]): Promise<string[]> {
  const lists = paths.map(async (each) => {
    const full = path.join(root, each);
    if (path.extname(full) !== '') return [full];
    const entries = await readdir(full, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  });
  const files = (await Promise.all(lists)).flat().filter((file) => !file.endsWith('.test.ts'));
  return Promise.all(files.map((file) => readFile(file, 'utf8')));
}

/**
 * Bundles a worker into one classic script, or finds it kept.
 *
 * @param entry `#workers/kernel.worker.ts`, or a path from the project's root
 * @returns the script's text.
 * @throws when the source does not compile or an import is not found.
 */
export async function buildWorkerScript(entry: string): Promise<string> {
  const file = sourcePath(entry);
  const kept = await keptScript(file);
  if (kept !== null) return kept;
  const begunMs = Date.now();
  const script = await scriptOf(entry);
  await keepScript(file, script, begunMs);
  return script.text;
}

/**
 * The identity of this checkout's simulation, as written into traces and links: the first 12 hex
 * digits of SHA-256 over the scripts of kernel, node and models and the sources of Python's.
 */
export async function computeBuild(): Promise<string> {
  return buildId(await Promise.all(BUILD_ENTRIES.map(buildWorkerScript)));
}

const SCRIPT_URL = '?script-url';
const BUILD_MODULE = 'virtual:lightcone/build';
const DEV_PATH = '/@worker-script/';
/** Ids of script modules carry the path from the root: a dev server hands them back verbatim. */
const SCRIPT_ID = '\0lightcone:script-url:';

/** The Vite plugin behind `?script-url` and `virtual:lightcone/build`. */
export function workerScript(): Plugin {
  let config: ResolvedConfig;
  /** One bundle per entry for all environments of a build; in dev until a source changes. */
  const bundles = new Map<string, Promise<WorkerScript>>();
  /** What each entry was last made from; outlives a failed attempt, so that its repair is seen. */
  const lastSources = new Map<string, string[]>();

  function script(entry: string): Promise<WorkerScript> {
    let made = bundles.get(entry);
    if (!made) {
      made = scriptOf(entry);
      bundles.set(entry, made);
      made.then(
        ({ sources }) => lastSources.set(entry, sources),
        // Tried again, else dev would repeat the old error for ever.
        () => bundles.delete(entry),
      );
    }
    return made;
  }

  return {
    name: 'lightcone:worker-script',
    enforce: 'pre',
    configResolved(resolved) {
      config = resolved;
    },
    buildStart() {
      if (config.command !== 'build' || this.environment.name !== 'client') return;
      bundles.clear();
      models.clear();
    },
    resolveId(source) {
      if (source === BUILD_MODULE) return `\0${BUILD_MODULE}`;
      if (source.endsWith(SCRIPT_URL)) {
        return SCRIPT_ID + path.relative(root, sourcePath(source.slice(0, -SCRIPT_URL.length)));
      }
      return null;
    },
    async load(id) {
      if (id === `\0${BUILD_MODULE}`) {
        const scripts = await Promise.all(BUILD_ENTRIES.map((entry) => script(sourcePath(entry))));
        for (const { sources } of scripts) for (const file of sources) this.addWatchFile(file);
        const build = await buildId(scripts.map(({ text }) => text));
        return `export const build = ${JSON.stringify(build)};`;
      }
      if (!id.startsWith(SCRIPT_ID)) return null;

      const entry = sourcePath(id.slice(SCRIPT_ID.length));
      const { text, sources } = await script(entry);
      for (const file of sources) this.addWatchFile(file);
      const name = path.basename(entry, '.ts');
      if (config.command === 'serve') {
        // The version makes the browser load the changed script.
        const address = `${config.base}${DEV_PATH.slice(1)}${name}.js?v=${shortHash([text])}`;
        return `export default ${JSON.stringify(address)};`;
      }
      // Prerendering needs no worker, and only the client's output is served.
      if (this.environment.name !== 'client') return `export default '';`;
      const reference = this.emitFile({ type: 'asset', name: `${name}.js`, source: text });
      return `export default import.meta.ROLLDOWN_FILE_URL_${reference};`;
    },
    hotUpdate({ file, modules }) {
      const stale = [...lastSources].filter(([, sources]) => sources.includes(file));
      if (stale.length === 0) return;
      models.clear();
      for (const [entry] of stale) bundles.delete(entry);
      const ids = stale.map(([entry]) => SCRIPT_ID + path.relative(root, entry));
      const made = [...ids, `\0${BUILD_MODULE}`]
        .map((id) => this.environment.moduleGraph.getModuleById(id))
        .filter((found) => found !== undefined);
      return [...modules, ...made];
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [address = ''] = (request.url ?? '').split('?');
        const at = address.indexOf(DEV_PATH);
        if (at < 0) return next();
        const name = path.basename(address.slice(at + DEV_PATH.length), '.js');
        script(path.join(root, 'workers', `${name}.ts`)).then(({ text }) => {
          response.setHeader('content-type', 'text/javascript; charset=utf-8');
          response.end(text);
        }, next);
      });
    },
  };
}
