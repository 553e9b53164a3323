// The words of `celery status`, `inspect`, `control`, `call` and `result`.

import { UsageError } from '../worker/usage.ts';
import type { ControlLine } from './command-line.ts';
import { commandNames } from './commands.ts';

/** Long name -> whether a value follows. */
export const CONTROL_OPTIONS: Readonly<Record<string, boolean>> = {
  '--timeout': true,
  '--destination': true,
  '--json': false,
  '--args': true,
  '--kwargs': true,
  '--queue': true,
};

const COMMANDS = ['status', 'inspect', 'control', 'call', 'result'] as const;
type Name = ControlLine['command'];

export function isControlCommand(name: string): name is Name {
  return (COMMANDS as readonly string[]).includes(name);
}

/** @throws UsageError */
export function controlLine(
  command: Name,
  operands: readonly string[],
  options: ReadonlyMap<string, string>,
): ControlLine {
  const [what = '', ...args] = operands;
  checkOperands(command, what, args);
  const destination = options.get('--destination');
  return {
    ...{ command, what, args },
    timeoutS: Number(options.get('--timeout') ?? 1),
    destination: destination === undefined ? null : destination.split(','),
    isJson: options.has('--json'),
    positional: options.get('--args') ?? '[]',
    keywords: options.get('--kwargs') ?? '{}',
    queue: options.get('--queue') ?? null,
  };
}

function checkOperands(command: Name, what: string, args: readonly string[]): void {
  if (command === 'status') {
    if (what === '') return;
    throw new UsageError('celery status [OPTIONS]', `Got unexpected extra argument (${what})`);
  }
  const isQuestion = command === 'inspect' || command === 'control';
  const name = { inspect: 'ACTION', control: 'ACTION', call: 'NAME', result: 'TASK_ID' }[command];
  const usage = `celery ${command} [OPTIONS] ${name}`;
  const methods = isQuestion ? commandNames(command) : [];
  if (isQuestion && !methods.includes(what)) {
    const choices = methods.map((one) => `'${one}'`).join(', ');
    const problem =
      what === '' ? `Missing argument '${name}'` : `Invalid value for '${name}': '${what}'`;
    throw new UsageError(usage, `${problem} is not one of ${choices}.`);
  }
  if (what === '') throw new UsageError(usage, `Missing argument '${name}'.`);
  if (!isQuestion && args.length > 0) {
    throw new UsageError(usage, `Got unexpected extra argument (${args[0]})`);
  }
}
