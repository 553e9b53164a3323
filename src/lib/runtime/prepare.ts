// From an experiment's files to something that can run: cluster and faults read, every command
// checked, the program compiled. Everything that can be wrong with what a person wrote is found
// here, before anything starts.

import { readExperiment, type Files } from '#lib/experiment/experiment.ts';
import { compileTypeScript } from '#lib/languages/typescript/compile.ts';
import type { Cluster, MachineSpec, NodeSpec } from '#lib/protocol/cluster.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import {
  appPath,
  BUILTIN_MODULES,
  COMMANDS,
  REPLACED_COMMANDS,
  interpretersOf,
  isDiscoNode,
  INTERPRETERS_MAX,
  isPython,
  modelCommand,
  modelsOf,
  needsPython,
} from './commands.ts';
import {
  consoleScripts,
  isScript,
  scriptFiles,
  withScript,
  type Scripts,
} from './console-scripts.ts';
import type { ModelName } from '#lib/protocol/model-names.ts';
import { pythonProblem } from './python-command.ts';

/** Ready to run. Plain data. */
export interface Prepared {
  cluster: Cluster;
  faults: Fault[];
  /** The compiled program: one JavaScript expression, part of the text of each worker. */
  program: string;
  /** What the nodes' threads need beside it. */
  models: ModelName[];
  /** See `isPython`. */
  pythonApps: string[];
  /** Interpreters that the nodes need, those of pool processes included. */
  interpreterCount: number;
  /** The Python files as a JSON object; null without Python nodes. */
  python: string | null;
}

/**
 * Reads, checks and compiles an experiment.
 *
 * @param files text by path: cluster.json, programs, optionally faults.json
 * @param interpretersMax most Python nodes, each of which has an interpreter and its memory
 * @throws InputError with one diagnostic for each mistake
 */
export async function prepare(
  files: Files,
  interpretersMax: number = INTERPRETERS_MAX.page,
): Promise<Prepared> {
  const { cluster: given, faults, programs } = readExperiment(files);
  const scripts = consoleScripts(programs);
  // Our own commands go before those of packages: a model may be installed as itself.
  for (const name of COMMANDS) if (!REPLACED_COMMANDS.includes(name)) scripts.delete(name);
  const commanded = given.nodes.map((node) => ({ ...node, argv: modelCommand(node.argv) }));
  const cluster = { ...given, nodes: commanded.map((node) => withScript(node, scripts)) };
  const pythonApps = pythonAppsOf(cluster, programs);
  const hasPython = cluster.nodes.some(({ argv }) => isPython(argv, pythonApps));
  const pythonNodes = cluster.nodes.filter(
    ({ argv }) => needsPython(argv, pythonApps) || (hasPython && isDiscoNode(argv)),
  );
  const problems = [
    ...cluster.nodes.flatMap((node) => commandProblems(node.name, node.argv, programs, scripts)),
    ...crowdProblems(pythonNodes, cluster.machines, interpretersMax),
  ];
  problems.push(...scheduleProblems(cluster, pythonApps));
  if (problems.length > 0) throw new InputError(problems);
  const sources = Object.fromEntries(
    Object.entries(programs).filter(
      ([path]) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !isPackageFile(path),
    ),
  );
  const compiled = await compileTypeScript(sources, { builtins: BUILTIN_MODULES });
  if (compiled.diagnostics.length > 0) throw new InputError(compiled.diagnostics);
  const models = modelsOf(
    cluster.nodes.map(({ argv }) => argv[0]!),
    Object.values(compiled.modules).flatMap(({ imports }) => imports),
  );
  const interpreterCount = countInterpreters(pythonNodes, cluster.machines);
  const python =
    interpreterCount > 0 ? pythonText(programs, scriptFiles(scripts, cluster.nodes)) : null;
  return {
    cluster,
    faults,
    program: compiled.text,
    models,
    pythonApps,
    interpreterCount,
    python,
  };
}

function pythonAppsOf({ nodes }: Cluster, programs: Files): string[] {
  const paths = new Set(nodes.map(({ argv }) => appPath(argv)).filter((path) => path !== null));
  return [...paths].filter((path) => isPythonModule(path, programs));
}

/** Whether a path without ending is a module or a package in Python. */
function isPythonModule(path: string, programs: Files): boolean {
  return `${path}.py` in programs || `${path}/__init__.py` in programs;
}

function pythonText(programs: Files, scripts: Files): string {
  const sources = Object.entries(programs).filter(
    ([path]) => path.endsWith('.py') || isPackageFile(path),
  );
  return JSON.stringify({ ...Object.fromEntries(sources), ...scripts });
}

function countInterpreters(nodes: readonly NodeSpec[], machines: readonly MachineSpec[]): number {
  const coresOf = new Map(machines.map(({ name, cores }) => [name, cores]));
  const counts = nodes.map(({ argv, machine }) => interpretersOf(argv, coresOf.get(machine)!));
  return counts.reduce((sum, count) => sum + count, 0);
}

function crowdProblems(
  nodes: readonly NodeSpec[],
  machines: readonly MachineSpec[],
  interpretersMax: number,
): Diagnostic[] {
  const count = countInterpreters(nodes, machines);
  if (count <= interpretersMax) return [];
  const message =
    nodes.length === count
      ? `nodes: ${count} of them run Python, and ${interpretersMax} is the most here, because each has an ` +
        'interpreter of its own. Remove some, let one program start several threads, or write some in TypeScript'
      : "nodes: Python programs, workers of SCOOP, Disco's tasks and the pool processes of Celery workers make " +
        `${count} interpreters, and ${interpretersMax} is the most here. Give each worker fewer of them ` +
        '(celery -A tasks worker -c 1), each pool fewer workers (scoop -n 4), ' +
        'each node of Disco fewer slots (disco-node --slots 1)';
  return [{ file: 'cluster.json', line: 0, column: 0, code: 'interpreters', message }];
}

/** Only the engine of TypeScript takes its choices from a schedule. */
function scheduleProblems({ nodes }: Cluster, pythonApps: readonly string[]): Diagnostic[] {
  const python = nodes.find(({ schedule, argv }) => schedule && isPython(argv, pythonApps));
  if (!python) return [];
  const message = `${python.name} runs Python, and a schedule is for a program in TypeScript`;
  return [{ file: 'schedule.json', line: 0, column: 0, code: 'schedule', message }];
}

function commandProblems(
  node: string,
  argv: readonly string[],
  programs: Files,
  scripts: Scripts,
): Diagnostic[] {
  const word = argv[0]!;
  const problem = (message: string): Diagnostic[] => [
    {
      file: 'cluster.json',
      line: 0,
      column: 0,
      code: 'command',
      message: `nodes.${node}.run: ${message}`,
    },
  ];
  if (word.endsWith('.ts')) {
    return word in programs
      ? []
      : problem(`no such file: ${word} (files: ${Object.keys(programs).join(', ')})`);
  }
  if (isPython(argv, [])) {
    const pythonFiles = Object.keys(programs).filter(
      (path) => path.endsWith('.py') && !isPackageFile(path),
    );
    const ownScript = argv.filter((it) => isScript(it, scripts));
    const found = pythonProblem(argv, [...pythonFiles, ...ownScript]);
    return found === null ? [] : problem(found);
  }
  if (!COMMANDS.includes(word)) {
    const known = [...COMMANDS, ...scripts.keys()].join(', ');
    return problem(`unknown command: ${word} (commands: ${known}, or a program such as client.ts)`);
  }
  const base = appPath(argv);
  if (word !== 'celery' || base === null) return [];
  const hasTypeScript = `${base}.ts` in programs;
  const hasPython = isPythonModule(base, programs);
  if (hasTypeScript && hasPython)
    return problem(`both ${base}.ts and ${base}.py exist: keep one of them`);
  if (!hasTypeScript && !hasPython)
    return problem(`no such file: ${base}.ts or ${base}.py (for -A ${base.replaceAll('/', '.')})`);
  return [];
}
