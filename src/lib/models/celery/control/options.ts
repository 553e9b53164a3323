// The words of `celery status`, `inspect`, `control`, `call`, `result`, `purge` and `report`, as click
// reads them.

import { JsonError, loads } from '../json.ts';
import { wallUsOf } from '../app.ts';
import { UsageError } from '../worker/usage.ts';
import { COMMANDS, commandNames } from './commands.ts';

/** What asks workers. */
export interface QuestionLine {
  command: 'status' | 'inspect' | 'control';
  /** `ping`. */
  method: string;
  words: readonly string[];
  timeoutS: number;
  destination: readonly string[] | null;
  isJson: boolean;
  /** `-q` and `-C` before the command. */
  isQuiet: boolean;
  isColourless: boolean;
}

export interface CallLine {
  command: 'call';
  name: string;
  /** JSON texts. */
  positional: string;
  keywords: string;
  /** Under Python's names. */
  options: ReadonlyMap<string, unknown>;
}

export interface ResultLine {
  command: 'result';
  taskId: string;
  task: string | null;
  isTraceback: boolean;
}

export interface PurgeLine {
  command: 'purge';
  isForced: boolean;
  /** Empty: all of the application. */
  queues: readonly string[];
  excluded: readonly string[];
}

export type ControlLine = QuestionLine | CallLine | ResultLine | PurgeLine | { command: 'report' };
type Name = ControlLine['command'];
type Values = ReadonlyMap<string, string>;

interface Syntax {
  /** Long name -> whether a value follows. */
  options: Readonly<Record<string, boolean>>;
  aliases: Readonly<Record<string, string>>;
}

const QUESTION: Syntax = {
  options: { '--timeout': true, '--destination': true, '--json': false },
  aliases: { '-t': '--timeout', '-d': '--destination', '-j': '--json' },
};

/** What each command knows. */
export const CONTROL_SYNTAX: Readonly<Record<Name, Syntax>> = {
  status: QUESTION,
  inspect: QUESTION,
  control: QUESTION,
  call: {
    options: {
      ...{ '--args': true, '--kwargs': true, '--eta': true, '--countdown': true },
      ...{ '--expires': true, '--serializer': true, '--queue': true, '--exchange': true },
      '--routing-key': true,
    },
    aliases: { '-a': '--args', '-k': '--kwargs' },
  },
  result: {
    options: { '--task': true, '--traceback': false },
    aliases: { '-t': '--task' },
  },
  purge: {
    options: { '--force': false, '--queues': true, '--exclude-queues': true },
    aliases: { '-f': '--force', '-Q': '--queues', '-X': '--exclude-queues' },
  },
  report: { options: {}, aliases: {} },
};

export function isControlCommand(name: string): name is Name {
  return Object.hasOwn(CONTROL_SYNTAX, name);
}

/**
 * @param operands the words that are no options
 * @throws UsageError
 */
export function controlLine(
  command: Name,
  operands: readonly string[],
  options: Values,
): ControlLine {
  switch (command) {
    case 'status':
    case 'report':
    case 'purge':
      refuseExtra(`celery ${command} [OPTIONS]`, operands);
      if (command === 'report') return { command };
      return command === 'purge' ? purgeLine(options) : questionLine(command, ['ping'], options);
    case 'inspect':
    case 'control':
      checkMethod(command, operands[0]);
      return questionLine(command, operands, options);
    case 'call':
      return callLine(named('NAME', command, operands), options);
    case 'result':
      return {
        command,
        taskId: named('TASK_ID', command, operands),
        task: options.get('--task') ?? null,
        isTraceback: options.has('--traceback'),
      };
  }
}

function questionLine(
  command: QuestionLine['command'],
  [method = '', ...words]: readonly string[],
  options: Values,
): QuestionLine {
  const usage = usageOf(command);
  const { signature = '', words: known = [], variadic } = COMMANDS[method]!;
  if (command !== 'status' && words.length > known.length && variadic === undefined) {
    // A command without arguments of its own does not look at them.
    if (known.length > 0) {
      throw new UsageError(usage, `Command '${method}' takes arguments: ${signature}`);
    }
  }
  const destination = options.get('--destination');
  return {
    ...{ command, method, words },
    timeoutS: seconds(usage, '--timeout', options.get('--timeout') ?? '1'),
    destination: destination === undefined ? null : listed(destination),
    isJson: options.has('--json'),
    isQuiet: options.has('--quiet'),
    isColourless: options.has('--no-color'),
  };
}

function checkMethod(command: 'inspect' | 'control', method: string | undefined): void {
  const methods = commandNames(command);
  if (method !== undefined && methods.includes(method)) return;
  const choices = `'{${methods.join('|')}}'`;
  const problem =
    method === undefined
      ? `Missing argument ${choices}. Choose from:\n\t${methods.join(',\n\t')}`
      : `Invalid value for ${choices}: '${method}' is not one of ` +
        `${methods.map((one) => `'${one}'`).join(', ')}.`;
  throw new UsageError(usageOf(command), problem);
}

const LINE_LENGTH = 78;

/** The methods to choose from are broken wherever the line ends. */
function usageOf(command: QuestionLine['command']): string {
  if (command === 'status') return 'celery status [OPTIONS]';
  const start = `celery ${command} `;
  const margin = 'Usage: '.length + start.length;
  const rest = `[OPTIONS] {${commandNames(command).join('|')}}`;
  const lines = rest.match(new RegExp(`.{1,${LINE_LENGTH - margin}}`, 'g'))!;
  return start + lines.join(`\n${' '.repeat(margin)}`);
}

function callLine(name: string, options: Values): CallLine {
  const usage = 'celery call [OPTIONS] NAME';
  const positional = options.get('--args') ?? '[]';
  const keywords = options.get('--kwargs') ?? '{}';
  checkJson(usage, "'-a' / '--args'", positional, 'array', Array.isArray);
  checkJson(usage, "'-k' / '--kwargs'", keywords, 'object', (value) => !Array.isArray(value));
  const given = new Map<string, unknown>();
  for (const [option, key] of [
    ['--queue', 'queue'],
    ['--exchange', 'exchange'],
    ['--routing-key', 'routing_key'],
  ] as const) {
    given.set(key, options.get(option));
  }
  const countdown = options.get('--countdown');
  if (countdown !== undefined) given.set('countdown', seconds(usage, '--countdown', countdown));
  for (const key of ['eta', 'expires']) {
    const text = options.get(`--${key}`);
    if (text !== undefined) given.set(key, timeOf(usage, key, text));
  }
  const serializer = options.get('--serializer') ?? 'json';
  if (serializer !== 'json') {
    throw new UsageError(usage, `Invalid value for '--serializer': there is only json here.`);
  }
  return { command: 'call', name, positional, keywords, options: given };
}

function checkJson(
  usage: string,
  option: string,
  text: string,
  what: string,
  isRight: (value: object) => boolean,
): void {
  let problem = `${text} was not an ${what}`;
  try {
    const value = loads(text);
    if (typeof value === 'object' && value !== null && isRight(value)) return;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    problem = error.message.replace(
      /: char (\d+)$/,
      (_, at: string) => `: line 1 column ${Number(at) + 1} (char ${at})`,
    );
  }
  throw new UsageError(usage, `Invalid value for ${option}: ${problem}`);
}

/** ISO, or with `expires` seconds. */
function timeOf(usage: string, key: string, text: string): number | string {
  if (key === 'expires' && NUMBER.test(text)) return Number(text);
  const iso = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text;
  if (Number.isFinite(wallUsOf(iso) ?? NaN)) return iso;
  throw new UsageError(
    usage,
    `Invalid value for '--${key}': unable to parse date string '${text}'`,
  );
}

function purgeLine(options: Values): PurgeLine {
  return {
    command: 'purge',
    isForced: options.has('--force'),
    queues: listed(options.get('--queues') ?? ''),
    excluded: listed(options.get('--exclude-queues') ?? ''),
  };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function seconds(usage: string, option: string, text: string): number {
  if (NUMBER.test(text)) return Number(text);
  const names = option === '--timeout' ? "'-t' / '--timeout'" : `'${option}'`;
  throw new UsageError(usage, `Invalid value for ${names}: '${text}' is not a valid float.`);
}

function named(what: string, command: Name, [name, ...others]: readonly string[]): string {
  const usage = `celery ${command} [OPTIONS] ${what}`;
  if (name === undefined) throw new UsageError(usage, `Missing argument '${what}'.`);
  refuseExtra(usage, others);
  return name;
}

function refuseExtra(usage: string, words: readonly string[]): void {
  if (words.length === 0) return;
  const noun = words.length === 1 ? 'argument' : 'arguments';
  throw new UsageError(usage, `Got unexpected extra ${noun} (${words.join(' ')})`);
}

/** `a,b`. */
function listed(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
