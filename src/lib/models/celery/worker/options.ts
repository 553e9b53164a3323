// The command line `celery -A tasks worker …`, in the words of click, which the real one uses.

import type { BeatOptions } from '../beat/command.ts';
import {
  controlLine,
  CONTROL_SYNTAX,
  isControlCommand,
  type ControlLine,
} from '../control/options.ts';
import { FLOWER_PORT, type FlowerOptions } from '../flower/options.ts';
import { UsageError } from './usage.ts';
import { LEVELS, levelOf, type Level } from './log.ts';

const POOLS = ['prefork', 'solo', 'threads'] as const;

export interface WorkerOptions {
  level: Level;
  /** `w1@%h` with %h not yet filled in; '' by default. */
  hostname: string;
  /** 0: as many as there are cores. */
  concurrency: number;
  pool: (typeof POOLS)[number];
  queues: readonly string[];
  prefetchMultiplier: number | null;
  /** `-B`: beat runs along. */
  isBeatEmbedded: boolean;
  /** Path of its state file; '' by default. */
  schedule: string;
  isWithoutMingle: boolean;
  isWithoutGossip: boolean;
  isWithoutHeartbeat: boolean;
  /** `-E`. */
  isSendingTaskEvents: boolean;
  /** Seconds; null: as the settings say. */
  timeLimit: number | null;
  softTimeLimit: number | null;
  /** Tasks after which a pool process is replaced; null: as the settings say. */
  maxTasksPerChild: number | null;
}

interface CommandBase {
  /** Module, and the attribute in it when given: `tasks`, `tasks:app`. */
  app: { module: string; attribute: string | null };
  /** Overrides the application's setting. */
  broker: string | null;
  resultBackend: string | null;
}

/** `celery … worker`. */
export interface WorkerCommand extends CommandBase {
  command: 'worker';
  options: WorkerOptions;
}

/** `celery … beat`. */
export interface BeatCommand extends CommandBase {
  command: 'beat';
  options: BeatOptions;
}

/** `celery … status` and what else asks workers or sends to them. */
export interface ControlCommand extends CommandBase {
  command: 'control';
  options: ControlLine;
}

/** `celery … events --dump`. */
export interface EventsCommand extends CommandBase {
  command: 'events';
  options: { isDump: true };
}

/** `celery … flower`. */
export interface FlowerCommand extends CommandBase {
  command: 'flower';
  options: FlowerOptions;
}

export type CeleryCommand =
  WorkerCommand | BeatCommand | ControlCommand | EventsCommand | FlowerCommand;

const MAIN_USAGE = 'celery [OPTIONS] COMMAND [ARGS]...';
const WORKER_USAGE = 'celery worker [OPTIONS]';

/** Long name -> whether a value follows; single letters are aliases. */
const MAIN_OPTIONS: Readonly<Record<string, boolean>> = {
  '--app': true,
  '--broker': true,
  '--result-backend': true,
  '--workdir': true,
  '--quiet': false,
  '--no-color': false,
};
const WORKER_OPTIONS: Readonly<Record<string, boolean>> = {
  '--loglevel': true,
  '--hostname': true,
  '--concurrency': true,
  '--pool': true,
  '--queues': true,
  '--optimization': true,
  '--prefetch-multiplier': true,
  '--time-limit': true,
  '--soft-time-limit': true,
  '--max-tasks-per-child': true,
  '--task-events': false,
  '--without-gossip': false,
  '--without-mingle': false,
  '--without-heartbeat': false,
  '--beat': false,
  '--schedule': true,
};
const BEAT_OPTIONS: Readonly<Record<string, boolean>> = {
  '--loglevel': true,
  '--schedule': true,
};
const EVENTS_OPTIONS: Readonly<Record<string, boolean>> = { '--dump': false };
const FLOWER_OPTIONS: Readonly<Record<string, boolean>> = { '--port': true, '--address': true };
const EVENTS_ALIASES: Readonly<Record<string, string>> = { '-d': '--dump' };
const ALIASES: Readonly<Record<string, string>> = {
  '-A': '--app',
  '-b': '--broker',
  '-q': '--quiet',
  '-C': '--no-color',
  '-l': '--loglevel',
  '-n': '--hostname',
  '-c': '--concurrency',
  '-P': '--pool',
  '-Q': '--queues',
  '-O': '--optimization',
  '-E': '--task-events',
  '-B': '--beat',
  '-s': '--schedule',
};

type Values = ReadonlyMap<string, string>;

/** Takes options from the front of `words`, up to the first word that is none. */
function takeOptions(
  words: string[],
  known: Readonly<Record<string, boolean>>,
  usage: string,
  aliases: Readonly<Record<string, string>> = {},
): Values {
  const values = new Map<string, string>();
  while (words[0]?.startsWith('-')) {
    const { name, inline } = splitOption(words.shift()!);
    const long = aliases[name] ?? ALIASES[name] ?? name;
    const takesValue = known[long];
    if (takesValue === undefined) throw new UsageError(usage, `No such option: ${name}`);
    if (!takesValue) values.set(long, '');
    else {
      const value = inline ?? words.shift();
      if (value === undefined) {
        throw new UsageError(usage, `Option '${name}' requires an argument.`);
      }
      values.set(long, value);
    }
  }
  return values;
}

/** `--loglevel=info`, `-linfo`, `-c4`. */
function splitOption(word: string): { name: string; inline: string | undefined } {
  if (word.startsWith('--')) {
    const mark = word.indexOf('=');
    return mark < 0
      ? { name: word, inline: undefined }
      : { name: word.slice(0, mark), inline: word.slice(mark + 1) };
  }
  return { name: word.slice(0, 2), inline: word.length > 2 ? word.slice(2) : undefined };
}

/**
 * Reads the words of a command.
 *
 * @param argv begins with `celery`
 * @throws UsageError
 */
export function parseCommand(argv: readonly string[]): CeleryCommand {
  const words = argv.slice(1);
  const main = takeOptions(words, MAIN_OPTIONS, MAIN_USAGE);
  const command = words.shift();
  if (command === undefined) throw new UsageError(MAIN_USAGE, 'Missing command.');
  const usage = `celery ${command} [OPTIONS]`;
  const known = { ...MAIN_OPTIONS, ...optionsOf(command) };
  const aliases = aliasesOf(command);
  const options = new Map([...main, ...takeOptions(words, known, usage, aliases)]);
  const operands: string[] = [];
  while (isControlCommand(command) && words.length > 0) {
    operands.push(words.shift()!);
    for (const [name, value] of takeOptions(words, known, usage, aliases)) options.set(name, value);
  }
  if (words.length > 0) {
    throw new UsageError(usage, `Got unexpected extra argument (${words[0]})`);
  }
  const app = options.get('--app');
  if (app === undefined) {
    throw new UsageError(usage, `Missing application: celery -A tasks ${command}`);
  }
  const base: CommandBase = {
    app: appName(app),
    broker: options.get('--broker') ?? null,
    resultBackend: options.get('--result-backend') ?? null,
  };
  if (command === 'flower') {
    const port = integer('', '--port', options.get('--port') ?? String(FLOWER_PORT));
    return { ...base, command, options: { port, address: options.get('--address') ?? '' } };
  }
  if (command === 'events') {
    if (options.has('--dump')) return { ...base, command, options: { isDump: true } };
    throw new UsageError(usage, 'The curses module is required for this command.');
  }
  if (isControlCommand(command)) {
    return { ...base, command: 'control', options: controlLine(command, operands, options) };
  }
  return command === 'worker'
    ? { ...base, command, options: workerOptions(options) }
    : { ...base, command: 'beat', options: beatOptions(options) };
}

/** @throws UsageError for a command that there is not */
function optionsOf(command: string): Readonly<Record<string, boolean>> {
  if (command === 'worker') return WORKER_OPTIONS;
  if (command === 'beat') return BEAT_OPTIONS;
  if (command === 'events') return EVENTS_OPTIONS;
  if (command === 'flower') return FLOWER_OPTIONS;
  if (isControlCommand(command)) return CONTROL_SYNTAX[command].options;
  throw new UsageError(MAIN_USAGE, `No such command '${command}'.`);
}

function aliasesOf(command: string): Readonly<Record<string, string>> {
  if (command === 'events') return EVENTS_ALIASES;
  return isControlCommand(command) ? CONTROL_SYNTAX[command].aliases : {};
}

function beatOptions(values: Values): BeatOptions {
  return {
    level: level(values.get('--loglevel') ?? 'WARNING'),
    schedule: values.get('--schedule') ?? '',
  };
}

/** `tasks`, `tasks.py`, `proj.tasks:app`. */
function appName(text: string): CeleryCommand['app'] {
  const [module = '', attribute = null] = text.split(':') as [string, string?];
  return { module: module.replace(/\.(ts|py)$/, ''), attribute };
}

function workerOptions(values: Values): WorkerOptions {
  const given = values.get('--pool') ?? 'prefork';
  const pool = POOLS.find((one) => one === given);
  if (!pool) {
    const names = POOLS.map((one) => `'${one}'`).join(', ');
    throw invalid('-P', '--pool', `'${given}' is not one of ${names}.`);
  }
  const optional = <T>(name: string, read: (text: string) => T): T | null => {
    const text = values.get(name);
    return text === undefined ? null : read(text);
  };
  const multiplier = values.get('--prefetch-multiplier');
  return {
    level: level(values.get('--loglevel') ?? 'WARNING'),
    hostname: values.get('--hostname') ?? '',
    concurrency: integer('-c', '--concurrency', values.get('--concurrency') ?? '0'),
    pool,
    queues: (values.get('--queues') ?? '').split(',').filter((queue) => queue !== ''),
    prefetchMultiplier:
      multiplier === undefined ? null : integer('', '--prefetch-multiplier', multiplier),
    isBeatEmbedded: values.has('--beat'),
    schedule: values.get('--schedule') ?? '',
    isWithoutMingle: values.has('--without-mingle'),
    isWithoutGossip: values.has('--without-gossip'),
    isWithoutHeartbeat: values.has('--without-heartbeat'),
    isSendingTaskEvents: values.has('--task-events'),
    timeLimit: optional('--time-limit', (text) => float('--time-limit', text)),
    softTimeLimit: optional('--soft-time-limit', (text) => float('--soft-time-limit', text)),
    maxTasksPerChild: optional('--max-tasks-per-child', (text) =>
      integer('', '--max-tasks-per-child', text),
    ),
  };
}

function level(text: string): Level {
  const known = levelOf(text);
  if (known) return known;
  const names = Object.keys(LEVELS).join(', ');
  throw invalid('-l', '--loglevel', `'${text}' is not one of ${names}.`);
}

function integer(short: string, long: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw invalid(short, long, `'${text}' is not a valid integer.`);
}

function float(long: string, text: string): number {
  if (/^\d+(\.\d*)?$/.test(text)) return Number(text);
  throw invalid('', long, `'${text}' is not a valid float.`);
}

function invalid(short: string, long: string, problem: string): UsageError {
  const names = [short, long].filter((name) => name !== '').map((name) => `'${name}'`);
  return new UsageError(WORKER_USAGE, `Invalid value for ${names.join(' / ')}: ${problem}`);
}
