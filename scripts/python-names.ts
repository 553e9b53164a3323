// What the editor knows of Python's modules: names, signatures and the beginning of their docstrings,
// of the standard library and of the Python faces of models. Made once by the interpreter itself
// (describe_names.py) and kept on disk; loaded by the page when somebody edits Python.

import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from 'pyodide';
import type { Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules/.cache/lightcone-python/');
const DESCRIBER = path.join(ROOT, 'scripts/describe_names.py');
/** Faces of models: each folder is one that Python could import from. */
const FACES = 'src/lib/models/*/python';

/** Sources of the faces, by the name that a program imports. */
async function readFaces(): Promise<Record<string, string>> {
  const files = globSync(`${FACES}/**/*.py`, { cwd: ROOT }).sort();
  const entries = files.map(async (file) => {
    const [, name = ''] = file.split(`${path.sep}python${path.sep}`);
    const dotted = name.replace(/\.py$/, '').split(path.sep).join('.');
    return [dotted, await readFile(path.join(ROOT, file), 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The names as JSON text: see src/lib/editor/python/names.ts. Takes 5 s when it is not kept yet. */
export async function pythonNames(): Promise<string> {
  const [describer, faces] = await Promise.all([readFile(DESCRIBER, 'utf8'), readFaces()]);
  const { version } = createRequire(import.meta.url)('pyodide/package.json') as { version: string };
  const hash = createHash('sha256').update(JSON.stringify([version, describer, faces]));
  const kept = path.join(CACHE, `names-${hash.digest('hex').slice(0, 16)}.json`);
  try {
    return await readFile(kept, 'utf8');
  } catch {
    const made = await describe(describer, faces);
    await mkdir(CACHE, { recursive: true });
    // Several builds may be under way.
    await writeFile(`${kept}.${process.pid}`, made);
    await rename(`${kept}.${process.pid}`, kept);
    return made;
  }
}

async function describe(describer: string, faces: Record<string, string>): Promise<string> {
  const interpreter = await loadPyodide();
  interpreter.runPython(describer);
  const describeAll = interpreter.globals.get('describe_all') as (faces: unknown) => string;
  return describeAll(interpreter.toPy(faces));
}

const MODULE = 'virtual:lightcone/python-names';

/** The Vite plugin behind `virtual:lightcone/python-names`. */
export function pythonNamesModule(): Plugin {
  return {
    name: 'lightcone:python-names',
    resolveId: (source) => (source === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      // Prerendering edits nothing.
      if (this.environment.name !== 'client') return 'export default {};';
      this.addWatchFile(DESCRIBER);
      // Engines read JSON in a string sooner than an object of that size.
      return `export default JSON.parse(${JSON.stringify(await pythonNames())});`;
    },
  };
}
