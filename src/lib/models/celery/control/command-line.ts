// `celery status`, `inspect`, `control`, `call`, `result`: what they print (celery/bin/control.py,
// celery/bin/base.py), without colours.

import { wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { dumps, loads } from '../json.ts';
import { pythonRepr } from '../python-repr.ts';
import { waitForResult } from '../results.ts';
import type { Reply } from './client.ts';
import { inspect } from './requests.ts';

export interface ControlLine {
  command: 'status' | 'inspect' | 'control' | 'call' | 'result';
  /** `ping`; the task's name or id. */
  what: string;
  args: readonly string[];
  timeoutS: number;
  destination: readonly string[] | null;
  isJson: boolean;
  /** Of `call`: JSON texts. */
  positional: string;
  keywords: string;
  queue: string | null;
}

/** What `-r` of the exit is when no worker answers (`EX_UNAVAILABLE`). */
const UNAVAILABLE = 69;

/** Returns the exit code. */
export function* controlMain(app: CeleryApp, line: ControlLine): Body<number> {
  if (line.command === 'call') return yield* call(app, line);
  if (line.command === 'result') return yield* result(app, line);
  return yield* question(app, line);
}

function* question(app: CeleryApp, line: ControlLine): Body<number> {
  const { process } = app;
  const method = line.command === 'status' ? 'ping' : line.what;
  const given = argumentsOf(method, line.args);
  const { timeoutS: timeout, destination } = line;
  const replies = yield* inspect(app, method, given, { timeout, destination });
  if (!replies) {
    process.write('stderr', 'Error: No nodes replied within time constraint\n');
    return UNAVAILABLE;
  }
  const names = Object.keys(replies);
  if (line.isJson) process.write('stdout', `${dumps(replies)}\n`);
  else for (const name of names) process.write('stdout', said(name, replies, line.command));
  if (line.command === 'status' || (line.command === 'inspect' && !line.isJson)) {
    const nodes = names.length === 1 ? 'node' : 'nodes';
    process.write('stdout', `\n${names.length} ${nodes} online.\n`);
  }
  return 0;
}

/** `->  w1@vm: OK`, and below it what was answered. */
function said(name: string, replies: Reply, command: ControlLine['command']): string {
  const { status, body } = pretty(replies[name]);
  const title = `->  ${name}: ${status}\n`;
  return command === 'status' || body === '' ? title : `${title}${indent(body)}\n`;
}

function pretty(value: unknown): { status: string; body: string } {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map((one) => `* ${text(one)}`);
    return { status: 'OK', body: items.length === 0 ? '- empty -' : items.join('\n') };
  }
  if (typeof value !== 'object' || value === null) return { status: 'OK', body: text(value) };
  if ('ok' in value) return { status: 'OK', body: indent(pretty(value.ok).body) };
  if ('error' in value) return { status: 'ERROR', body: indent(pretty(value.error).body) };
  return { status: 'OK', body: jsonText(value, '') };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));

const indent = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** JSON with sorted keys and four spaces. */
function jsonText(value: unknown, margin: string): string {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || value === null) return dumps(value);
  const inner = `${margin}    `;
  const parts = isList
    ? (value as unknown[]).map((one) => inner + jsonText(one, inner))
    : Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => `${inner}${dumps(key)}: ${jsonText(one, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  return parts.length === 0
    ? `${open}${close}`
    : `${open}\n${parts.join(',\n')}\n${margin}${close}`;
}

/** The names of a method's words, as `signature` in celery/worker/control.py gives them. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  rate_limit: ['task_name', 'rate_limit'],
  time_limit: ['task_name', 'soft', 'hard'],
  add_consumer: ['queue', 'exchange', 'exchange_type', 'routing_key'],
  cancel_consumer: ['queue'],
  pool_grow: ['n'],
  pool_shrink: ['n'],
  terminate: ['signal'],
};
const NUMBERS: ReadonlySet<string> = new Set(['soft', 'hard', 'n']);
/** Methods that take the rest of the words as a list. */
const VARIADIC: Readonly<Record<string, string>> = {
  revoke: 'task_id',
  terminate: 'task_id',
  query_task: 'ids',
};

function argumentsOf(method: string, words: readonly string[]): Record<string, unknown> {
  const names = PARAMETERS[method] ?? [];
  const given: Record<string, unknown> = {};
  names.forEach((name, index) => {
    const word = words[index];
    if (word !== undefined) given[name] = NUMBERS.has(name) ? Number(word) : word;
  });
  const rest = VARIADIC[method];
  if (rest !== undefined) given[rest] = words.slice(names.length);
  return given;
}

function* call(app: CeleryApp, line: ControlLine): Body<number> {
  const { space, tasks, process } = app;
  const decoded = yield* wait(space.decodeCall(line.positional, line.keywords));
  const task = tasks.get(line.what) ?? {
    ...{ name: line.what, functionName: line.what, callable: null, options: {} },
  };
  // By its name alone: nobody looks whether the arguments fit.
  const options = line.queue === null ? {} : { queue: line.queue };
  const { taskId } = yield* app.send({ ...task, callable: null }, decoded, options);
  process.write('stdout', `${taskId}\n`);
  return 0;
}

function* result(app: CeleryApp, line: ControlLine): Body<number> {
  const { meta } = yield* waitForResult(app, {
    ...{ taskId: line.what, name: 'task', timeout: undefined },
  });
  const isFailure = meta.status !== 'SUCCESS';
  const shown = isFailure ? (meta.traceback ?? meta.status) : text(loads(meta.resultText));
  app.process.write(isFailure ? 'stderr' : 'stdout', `${shown}\n`);
  return isFailure ? 1 : 0;
}
