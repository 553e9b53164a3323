// Makes, once per build, what every interpreter starts from: the standard library as compiled modules
// (its sources would be compiled anew in each process), and the memory of an interpreter that has
// imported this folder's runtime and what programs use most. Runs in a thread of scripts/python-assets.ts.

import init from './runtime/__init__.py?raw';
import command from './runtime/command.py?raw';
import engine from './runtime/engine.py?raw';
import datagrams from './runtime/datagrams.py?raw';
import errorNumbers from './runtime/error_numbers.py?raw';
import eventLoop from './runtime/event_loop.py?raw';
import fileControl from './runtime/file_control.py?raw';
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

const RUNTIME: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'command.py': command,
  'datagrams.py': datagrams,
  'engine.py': engine,
  'error_numbers.py': errorNumbers,
  'event_loop.py': eventLoop,
  'file_control.py': fileControl,
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

/** Where files lie while they are imported; they are gone afterwards. */
const FOLDER = '/lightcone';

/** Packages of ours that programs import: path -> text. They cost no time in a process. */
const FACES: Readonly<Record<string, string>> = { ...CELERY_FILES };

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
sys.path.remove('${FOLDER}')
sys.path_importer_cache.clear()
import gc
gc.collect()
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
