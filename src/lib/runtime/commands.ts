// What a node can run, by the first word of its command, and what a program can import. Names only:
// the page checks an experiment without loading the simulation.

import { MODEL_NAMES, type ModelName } from '#lib/protocol/model-names.ts';

const MODELS = Object.values(MODEL_NAMES);

/** Commands that models register (see boot.ts); programs of learners end in `.ts`. */
export const COMMANDS: readonly string[] = MODELS.flatMap(({ commands }) => commands);

/** Those for which an installed package's command of the same name is taken instead. */
export const REPLACED_COMMANDS: readonly string[] = MODELS.flatMap(({ replaced = [] }) => replaced);

/** Commands of our own Python packages, which an installed package of the same name replaces. */
export const PYTHON_COMMANDS: Readonly<Record<string, string>> = Object.assign(
  {},
  ...MODELS.map(({ pythonCommands }) => pythonCommands),
);

/** A model's command, however it is written: `python -m scoop -n 4` is `scoop -n 4`. */
export function modelCommand(argv: readonly string[]): readonly string[] {
  const found = /^python3?( -[uBqs]+)* -m (\w+)( |$)/.exec(argv.join(' '))?.[2];
  const isCommand = MODELS.some(({ commandModules }) => commandModules?.includes(found ?? ''));
  return isCommand ? argv.slice(argv.indexOf('-m') + 1) : argv;
}

/** Modules that are not files of the experiment. */
export const BUILTIN_MODULES: readonly string[] = ['node', ...Object.keys(MODEL_NAMES)];

/** The models that nodes run or programs import, in the order of their names. */
export function modelsOf(words: readonly string[], imports: readonly string[]): ModelName[] {
  const names = Object.keys(MODEL_NAMES) as ModelName[];
  const isUsed = (name: ModelName): boolean =>
    imports.includes(name) || MODEL_NAMES[name].commands.some((word) => words.includes(word));
  return names.filter(isUsed);
}

/**
 * Most Python nodes of one experiment. An interpreter takes some 100 MB: a page has to live with a
 * phone's memory, the command line with a computer's.
 */
export const INTERPRETERS_MAX = { page: 8, commandLine: 32 } as const;

/**
 * Whether a node's command runs in a Python interpreter, which has a thread of its own.
 *
 * @param apps paths of the modules that `celery -A` names and that are Python, without their ending
 */
export function isPython(argv: readonly string[], apps: readonly string[]): boolean {
  const word = argv[0]!;
  if (word === 'python' || word === 'python3') return true;
  const path = appPath(argv);
  return word.startsWith('celery') && path !== null && apps.includes(path);
}

/** The module that `celery -A` names, as a path without its ending, or null when it names none. */
export function appPath(argv: readonly string[]): string | null {
  const at = argv.findIndex((word) => /^(-A|--app\b)/.test(word));
  if (at < 0) return null;
  const [, inline = ''] = /^(?:-A|--app=?)(.*)$/.exec(argv[at]!)!;
  const [name = ''] = (inline || (argv[at + 1] ?? '')).split(':');
  return name === '' ? null : name.replace(/\.(ts|py)$/, '').replaceAll('.', '/');
}

/**
 * How many Python processes a pool of SCOOP has on all its hosts, 0 for another command: `-n`, or one
 * for each host that is named, or one for each core.
 */
export function poolSize(argv: readonly string[], cores: number): number {
  const program = argv.findIndex((word) => /\.(py|ts)$/.test(word));
  if (argv[0] !== 'scoop' || !argv[program]?.endsWith('.py')) return 0;
  const words = argv.slice(0, program).join(' ');
  const [, size] = / -n ?(\d+)\b/.exec(words) ?? [];
  const [, hosts = ''] = / --hosts?((?: [^ -]\S*)+)/.exec(words) ?? [];
  return Number(size ?? 0) || hosts.split(' ').length - 1 || cores;
}

/** Whether a node needs interpreters: its own, or those of the workers that it starts. */
export function needsPython(argv: readonly string[], apps: readonly string[]): boolean {
  return isPython(argv, apps) || poolSize(argv, 1) > 0;
}

/** Whether a node starts a process for each task of Disco, which is Python where its clients are. */
export function isDiscoNode(argv: readonly string[]): boolean {
  return argv[0] === 'disco-node';
}

/**
 * How many interpreters a Python node's command needs: the pool processes of a Celery worker have their
 * own, and there are as many as its machine has cores unless it says how many; so do Disco's tasks.
 */
export function interpretersOf(argv: readonly string[], cores: number): number {
  const words = argv.join(' ');
  if (argv[0] === 'scoop') return poolSize(argv, cores);
  if (isDiscoNode(argv)) return Number(/ --slots (\d+)\b/.exec(words)?.[1] ?? cores);
  if (
    argv[0] !== 'celery' ||
    !argv.includes('worker') ||
    / (-P|--pool)[= ]?(solo|threads)\b/.test(words)
  )
    return 1;
  // Of an option that is given twice Celery takes the last, and 0 for one that is not given.
  const [, count] = [...words.matchAll(/ (?:-c|--concurrency)[= ]?(\d+)\b/g)].at(-1) ?? [];
  return 1 + (Number(count ?? 0) || cores);
}
