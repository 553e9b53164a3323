// Exceptions of RPyC's TypeScript face, and how they cross the wire (vinegar: class, arguments,
// attributes, text of the traceback).

import { simErrors, traceback } from '#lib/node/engine-errors.ts';
import type { ProgramPlaces } from '#lib/node/engine-errors.ts';
import { printed } from '#lib/node/print.ts';
import type { Brine } from './brine.ts';
import { STOP_ITERATION } from './consts.ts';
import { show } from './show.ts';

const REMOTE_LINE = '\n\n========= Remote Traceback ';

/** What every exception of this model is; `name` is that of Python's class. */
export class RpycError extends Error {
  override name = 'RpycError';
}

/** The connection is lost or closed. */
export class EOFError extends RpycError {
  override name = 'EOFError';
}

/** An answer did not come in time: Python's TimeoutError. */
export class AsyncResultTimeout extends RpycError {
  override name = 'TimeoutError';
}

/** There is no such attribute, or it may not be had. */
export class AttributeError extends RpycError {
  override name = 'AttributeError';
}

/** The end of an iterator. */
export class StopIteration extends RpycError {
  override name = 'StopIteration';
}

/** What the other side raised: `name` is its class, `args` are its arguments. */
export class RemoteError extends RpycError {
  readonly args: readonly unknown[];
  /** Where, as the other side prints it. */
  readonly remoteTraceback: string;

  constructor(name: string, text: string, args: readonly unknown[], remoteTraceback: string) {
    const depth = remoteTraceback.split(REMOTE_LINE).length;
    super(`${text}${REMOTE_LINE}(${depth}) =========\n${remoteTraceback}`);
    this.name = name;
    this.args = args;
    this.remoteTraceback = remoteTraceback;
  }
}

/** Python's classes for those of JavaScript. */
const PYTHON_NAMES: Readonly<Record<string, string>> = {
  Error: 'Exception',
  RangeError: 'ValueError',
  ReferenceError: 'NameError',
};

/** An exception as it crosses. */
export function dumpError(error: unknown, program: ProgramPlaces): Brine {
  if (error instanceof StopIteration) return STOP_ITERATION;
  const [name, text] =
    error instanceof Error ? [error.name, error.message] : ['Exception', printed(error)];
  const kind = PYTHON_NAMES[name] ?? name;
  const plain = text.split(REMOTE_LINE)[0]!;
  const trace = `${traceback(error, program, printed)}\n`;
  return [['builtins', kind], [plain], [['_remote_version', '5.3.0']], trace];
}

/** The exception that crossed. */
export function loadError(content: Brine | undefined, unbox: (value: Brine) => unknown): Error {
  if (content === STOP_ITERATION) return new StopIteration('');
  const [kind, args, , trace] = content as readonly Brine[];
  const [module, name] = kind as readonly string[];
  const given = args as readonly Brine[];
  const text = textOf(name!, given);
  const full = module === 'builtins' ? name! : `${module}.${name}`;
  return new RemoteError(full, text, given.map(unbox), String(trace));
}

/** Python's `str` of an exception. */
function textOf(name: string, args: readonly Brine[]): string {
  const [first = '', second] = args;
  if (args.length === 0) return '';
  if (args.length > 1) {
    const isSystem = typeof first === 'number' && typeof second === 'string';
    return isSystem ? `[Errno ${first}] ${second}` : show(args);
  }
  if (name === 'KeyError' || typeof first !== 'string') return show(first);
  return first;
}

/** What a learner did wrong. */
export function typeError(message: string): Error {
  return new simErrors.TypeError(message);
}
