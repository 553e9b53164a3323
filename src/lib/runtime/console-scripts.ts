// The commands that Python packages bring along (`pyro4-ns`, `rpyc_classic`), ours and installed ones: an
// installer writes a small script for each, and so do we.
// Format: packaging.python.org, "Entry points specification".

import type { Files } from '#lib/experiment/experiment.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';
import type { NodeSpec } from '#lib/protocol/cluster.ts';
import { PYTHON_COMMANDS } from './commands.ts';

const ENTRY_POINTS = /\.(dist|egg)-info\/entry_points\.txt$/;
const SCRIPT = /^([\w.-]+)\s*=\s*([\w.]+)\s*:\s*(\w+)/;

/** Where Linux keeps commands. */
const FOLDER = '/usr/bin/';

/** Text of each command's script, by the command's name. */
export type Scripts = Map<string, string>;

/** What our packages bring along, and those of an experiment. */
export function consoleScripts(programs: Files): Scripts {
  const scripts: Scripts = new Map();
  for (const [name, entry] of Object.entries(PYTHON_COMMANDS)) {
    const [module, attribute] = entry.split(':') as [string, string];
    scripts.set(name, scriptOf(module, attribute));
  }
  for (const [path, text] of Object.entries(programs)) {
    if (!isPackageFile(path) || !ENTRY_POINTS.test(path)) continue;
    let section = '';
    for (const line of text.split('\n').map((it) => it.trim())) {
      if (line.startsWith('[')) section = line;
      const [, name, module, attribute] = SCRIPT.exec(line) ?? [];
      if (section !== '[console_scripts]' || name === undefined) continue;
      scripts.set(name, scriptOf(module!, attribute!));
    }
  }
  return scripts;
}

function scriptOf(module: string, attribute: string): string {
  return `import sys\nfrom ${module} import ${attribute}\nsys.exit(${attribute}())\n`;
}

/** The node with its command spelled out, if that is a package's: `python /usr/bin/pyro4-ns`. */
export function withScript(node: NodeSpec, scripts: Scripts): NodeSpec {
  const [word, ...rest] = node.argv;
  if (!scripts.has(word!)) return node;
  return { ...node, argv: ['python', FOLDER + word!, ...rest] };
}

/** Whether a word of a command is the path of a script. */
export function isScript(word: string, scripts: Scripts): boolean {
  return word.startsWith(FOLDER) && scripts.has(word.slice(FOLDER.length));
}

/** The scripts that these nodes run, as files of an experiment. */
export function scriptFiles(scripts: Scripts, nodes: readonly NodeSpec[]): Files {
  const words = new Set(nodes.flatMap(({ argv }) => argv));
  const files = [...scripts].map(([name, text]) => [FOLDER + name, text] as const);
  return Object.fromEntries(files.filter(([path]) => words.has(path)));
}
