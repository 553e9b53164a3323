// `celery status`, `inspect` and `control`: what they print of the answers of workers, as these come
// (celery/bin/control.py).

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { BuiltinError, CeleryError } from '../errors.ts';
import { dumps, pythonFloat, RawJson } from '../json.ts';
import { pythonRepr } from '../python-repr.ts';
import { failureText } from './failure-text.ts';
import { byWorker, type Reply } from './client.ts';
import { COMMANDS } from './commands.ts';
import { bugReport } from './facts.ts';
import type { ControlLine, QuestionLine } from './options.ts';
import { indented, pretty } from './pretty.ts';
import { broadcast } from './requests.ts';
import { call, confirmPurge, result } from './task-commands.ts';

/** The exit code when no worker answers (`EX_UNAVAILABLE`). */
const UNAVAILABLE = 69;

/** Returns the exit code. */
export function* controlMain(app: CeleryApp, line: ControlLine): Body<number> {
  try {
    return yield* run(app, line);
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
    app.process.write('stderr', failureText(error, app.brokerUrl.scheme), false);
    return 1;
  }
}

function* run(app: CeleryApp, line: ControlLine): Body<number> {
  switch (line.command) {
    case 'call':
      return yield* call(app, line);
    case 'result':
      return yield* result(app, line);
    case 'purge':
      return yield* confirmPurge(app, line);
    case 'report':
      app.process.write('stdout', `${bugReport(app)}\n`, false);
      return 0;
    default:
      return yield* question(app, line);
  }
}

function* question(app: CeleryApp, line: QuestionLine): Body<number> {
  const { command, method, timeoutS: timeout, destination, isJson } = line;
  const print = (text: string): void => app.process.write('stdout', text, false);
  const onReply = (reply: Reply): void => print(said(reply, line));
  const options = { timeout, destination, reply: true, ...(isJson ? {} : { onReply }) };
  const replies = yield* broadcast(app, method, argumentsOf(line), options);
  if (!replies || replies.length === 0) {
    app.process.write('stderr', 'Error: No nodes replied within time constraint\n', false);
    return UNAVAILABLE;
  }
  if (isJson) print(`${dumps(command === 'control' ? replies : byWorker(replies))}\n`);
  const isCounted = command === 'status' || (command === 'inspect' && !isJson && !line.isQuiet);
  const nodes = replies.length === 1 ? 'node' : 'nodes';
  if (isCounted) print(`\n${replies.length} ${nodes} online.\n`);
  return 0;
}

/** `->  w1@vm: OK`, and below it what was answered. */
function said(reply: Reply, { command, isQuiet, isColourless }: QuestionLine): string {
  const [name = ''] = Object.keys(reply);
  const { status, body } = pretty(reply[name], isColourless);
  const title = `${isQuiet ? '' : '-> '} ${name}: ${status}\n`;
  return command === 'status' ? title : `${title}${indented(body)}\n`;
}

// Arguments.

/** @throws BuiltinError as Python when it reads a number */
function argumentsOf({ method, words }: QuestionLine): Readonly<Record<string, unknown>> {
  const { words: known = [], variadic } = COMMANDS[method]!;
  const given: Record<string, unknown> = {};
  known.forEach(([name, kind], index) => {
    const word = words[index];
    if (word !== undefined) given[name] = READERS[kind](word);
  });
  if (variadic !== undefined) given[variadic] = words.slice(known.length);
  return given;
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, on: true, '1': true },
  ...{ false: false, no: false, off: false, '0': false },
};

const READERS = {
  str: (word: string): unknown => word,
  int: (word: string): unknown => {
    if (/^\s*[+-]?\d+\s*$/.test(word)) return Number(word);
    const problem = `invalid literal for int() with base 10: ${pythonRepr(word)}`;
    throw new BuiltinError('ValueError', problem);
  },
  float: (word: string): unknown => {
    const value = Number(word);
    if (word.trim() !== '' && Number.isFinite(value)) return new RawJson(pythonFloat(value));
    throw new BuiltinError('ValueError', `could not convert string to float: ${pythonRepr(word)}`);
  },
  bool: (word: string): unknown => {
    const truth = TRUTHS[word.toLowerCase()];
    if (truth !== undefined) return truth;
    throw new BuiltinError('TypeError', `Cannot coerce ${pythonRepr(word)} to type bool`);
  },
} as const;
