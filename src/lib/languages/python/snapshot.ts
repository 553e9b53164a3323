// Makes, once per build, what every interpreter starts from: the standard library as compiled modules
// (its sources would be compiled anew in each process), and the memory of an interpreter that has
// imported this folder's runtime and what programs use most. Runs in a thread of scripts/python-assets.ts.

import init from './runtime/__init__.py?raw';
import command from './runtime/command.py?raw';
import engine from './runtime/engine.py?raw';
import cTypes from './runtime/c_types.py?raw';
import cValues from './runtime/c_values.py?raw';
import datagrams from './runtime/datagrams.py?raw';
import errorNumbers from './runtime/error_numbers.py?raw';
import eventLoop from './runtime/event_loop.py?raw';
import faces from './runtime/faces.py?raw';
import fileControl from './runtime/file_control.py?raw';
import foreign from './runtime/foreign.py?raw';
import hashing from './runtime/hashing.py?raw';
import machine from './runtime/machine.py?raw';
import linux from './runtime/linux.py?raw';
import names from './runtime/names.py?raw';
import program from './runtime/program.py?raw';
import rules from './runtime/rules.py?raw';
import select from './runtime/select.py?raw';
import signals from './runtime/signals.py?raw';
import sockets from './runtime/sockets.py?raw';
import stacks from './runtime/stacks.py?raw';
import stdio from './runtime/stdio.py?raw';
import threads from './runtime/threads.py?raw';
import compileLibrary from './runtime/compile_library.py?raw';
import { startForSnapshot, type Interpreter } from './interpreter.ts';
import { packPages } from './assets.ts';
import { CELERY_FILES } from '#lib/models/celery/python/sources.ts';
import { DISCO_FILES } from '#lib/models/disco/python/sources.ts';
import { PYCSP_FILES } from '#lib/models/pycsp/python/sources.ts';
import { PYRO4_FILES } from '#lib/models/pyro4/python/sources.ts';
import { RPYC_FILES } from '#lib/models/rpyc/python/sources.ts';
import { SCOOP_FILES } from '#lib/models/scoop/python/sources.ts';

const RUNTIME: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'c_types.py': cTypes,
  'c_values.py': cValues,
  'command.py': command,
  'datagrams.py': datagrams,
  'engine.py': engine,
  'error_numbers.py': errorNumbers,
  'event_loop.py': eventLoop,
  'faces.py': faces,
  'file_control.py': fileControl,
  'foreign.py': foreign,
  'hashing.py': hashing,
  'machine.py': machine,
  'linux.py': linux,
  'names.py': names,
  'program.py': program,
  'rules.py': rules,
  'select.py': select,
  'signals.py': signals,
  'sockets.py': sockets,
  'stacks.py': stacks,
  'stdio.py': stdio,
  'threads.py': threads,
};

/**
 * Modules of C that no program may have, neither by import nor by any loader: they reach the
 * interpreter's memory or its frames, or they are what a module of ours stands for.
 */
const FORGOTTEN = [
  '_ctypes',
  '_lsprof',
  '_remote_debugging',
  '_testbuffer',
  '_testcapi',
  '_testclinic',
  '_testclinic_limited',
  '_testinternalcapi',
  '_testlimitedcapi',
  '_xxtestfuzz',
];

/** Where files lie while they are imported; they are gone afterwards. */
const FOLDER = '/lightcone';

/** Packages of ours that programs import: path -> text. They cost no time in a process. */
const FACES: Readonly<Record<string, string>> = { ...CELERY_FILES };

/** The same, imported by the programs that use them: compiled code is all that the snapshot has. */
const LAZY_FACES: Readonly<Record<string, string>> = {
  ...DISCO_FILES,
  ...PYCSP_FILES,
  ...PYRO4_FILES,
  ...RPYC_FILES,
  ...SCOOP_FILES,
};

/** Modules of the library that are in the snapshot, so that no process has to import them. */
const IMPORTED = [
  'collections',
  'concurrent.futures',
  'contextlib',
  'dataclasses',
  'datetime',
  'decimal',
  'enum',
  'functools',
  'heapq',
  'itertools',
  'json',
  'logging',
  'math',
  'pickle',
  'queue',
  'random',
  're',
  'runpy',
  'selectors',
  'socket',
  'socketserver',
  'statistics',
  'string',
  'struct',
  'textwrap',
  'threading',
  'typing',
  'uuid',
];

/** The standard library's zip with compiled modules in place of sources. */
export async function compileStandardLibrary(
  module: WebAssembly.Module,
  stdlib: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const interpreter = await startForSnapshot(module, stdlib);
  interpreter.FS.writeFile('/sources.zip', stdlib);
  interpreter.runPython(compileLibrary);
  return interpreter.FS.readFile('/compiled.zip') as Uint8Array<ArrayBuffer>;
}

/** The packed memory image that all interpreters start from. */
export async function makeSnapshot(
  module: WebAssembly.Module,
  stdlib: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const interpreter = await startForSnapshot(module, stdlib);
  importRuntime(interpreter);
  forgetBuiltIns(interpreter);
  return packPages(interpreter.makeMemorySnapshot());
}

function importRuntime(interpreter: Interpreter): void {
  for (const [name, text] of Object.entries(RUNTIME)) {
    write(interpreter, `_lightcone/${name}`, text);
  }
  for (const [name, text] of Object.entries(FACES)) write(interpreter, name, text);
  interpreter.runPython(`
import sys
sys.path.insert(0, '${FOLDER}')
import _lightcone.program
_lightcone.program.prepare()
for name in ${JSON.stringify([...IMPORTED, ...Object.keys(FACES).map(moduleOf)])}:
    __import__(name)
del name
from _lightcone import faces
faces.keep(${JSON.stringify(LAZY_FACES)})
del faces
sys.path.remove('${FOLDER}')
sys.path_importer_cache.clear()
import gc
gc.collect()
`);
}

/** What this module knows of Pyodide's inner one: the interpreter's memory, and C's names in it. */
interface Memory {
  readonly HEAPU32: Uint32Array;
  /** Where a pointer to the table of modules lies: pairs of a name and a function, to the first 0. */
  readonly _PyImport_Inittab: number;
  UTF8ToString(address: number): string;
}

/** Puts another module's pair in place of theirs, in the table and in each copy that CPython has made. */
function forgetBuiltIns(interpreter: Interpreter): void {
  const { HEAPU32, _PyImport_Inittab, UTF8ToString } = (
    interpreter as unknown as { _module: Memory }
  )._module;
  const forgotten = new Map<number, number>();
  let kept = 0;
  for (let at = HEAPU32[_PyImport_Inittab >> 2]! >> 2; HEAPU32[at] !== 0; at += 2) {
    if (FORGOTTEN.includes(UTF8ToString(HEAPU32[at]!)))
      forgotten.set(HEAPU32[at]!, HEAPU32[at + 1]!);
    else kept = at;
  }
  if (forgotten.size !== FORGOTTEN.length)
    throw new Error('CPython lacks a module to be forgotten');
  const pair = HEAPU32.slice(kept, kept + 2);
  for (const [at, word] of HEAPU32.entries()) {
    if (forgotten.has(word) && HEAPU32[at + 1] === forgotten.get(word)) HEAPU32.set(pair, at);
  }
  const names = JSON.stringify(FORGOTTEN);
  interpreter.runPython(`
import sys
sys.builtin_module_names = tuple(it for it in sys.builtin_module_names if it not in ${names})
`);
}

function write(interpreter: Interpreter, name: string, text: string): void {
  const file = `${FOLDER}/${name}`;
  interpreter.FS.mkdirTree(file.slice(0, file.lastIndexOf('/')));
  interpreter.FS.writeFile(file, text);
}

/** `celery.utils.log` for `celery/utils/log.py`. */
function moduleOf(file: string): string {
  return file.replace(/(\/__init__)?\.py$/, '').replaceAll('/', '.');
}
