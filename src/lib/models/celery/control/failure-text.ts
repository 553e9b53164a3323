// What the command line prints when it fails: Python's tracebacks, without the library's own frames.

import { OperationalError, type CeleryError } from '../errors.ts';
import { loads } from '../json.ts';
import { pythonRepr, reprTuple } from '../python-repr.ts';
import type { WireError } from '../space.ts';
import type { ServiceUrl } from '../url.ts';
import { lastLine } from '../worker/texts.ts';

const TRACEBACK = 'Traceback (most recent call last):';
const DURING = '\nDuring handling of the above exception, another exception occurred:\n';
const CAUSE = '\nThe above exception was the direct cause of the following exception:\n';

const OS_ERRORS: Readonly<Record<string, string>> = {
  '111': 'ConnectionRefusedError',
  '104': 'ConnectionResetError',
  '110': 'TimeoutError',
  '-2': 'socket.gaierror',
};

/** With a newline at its end. */
export function failureText(error: CeleryError, scheme: ServiceUrl['scheme']): string {
  const parts: string[] = [];
  if (error instanceof OperationalError) {
    const isRedis = scheme === 'redis';
    // kombu looks for a channel that is free before it opens one.
    if (isRedis) parts.push(`${TRACEBACK}\nIndexError: pop from empty list`, DURING);
    parts.push(`${TRACEBACK}\n${systemError(error.message)}`);
    if (isRedis) {
      const own = `redis.exceptions.ConnectionError: ${error.message}`;
      parts.push(DURING, `${TRACEBACK}\n${own}`);
    }
    parts.push(CAUSE);
  }
  return `${[...parts, `${TRACEBACK}\n${lastLine(error)}`].join('\n')}\n`;
}

/** `ConnectionRefusedError: [Errno 111] Connection refused`, from either client's words. */
function systemError(message: string): string {
  const match = /^(?:\[Errno|Error) (-?\d+)(?:\]| connecting to \S+?\.) (.*?)\.?$/.exec(message);
  if (!match) return `ConnectionError: ${message}`;
  const [, number = '', words] = match;
  return `${OS_ERRORS[number] ?? 'OSError'}: [Errno ${number}] ${words}`;
}

/** The last line of a traceback, of an exception as it crosses the wire. */
export function wireLine({ type, module, argumentsText }: WireError): string {
  const args = loads(argumentsText) as unknown[];
  const [first] = args;
  const text =
    args.length > 1 ? reprTuple(args) : typeof first === 'string' ? first : pythonRepr(first ?? '');
  const isBuiltin = module === 'builtins' || module === '';
  const shown = type === 'KeyError' ? pythonRepr(first) : args.length === 0 ? '' : text;
  return `${isBuiltin ? '' : `${module}.`}${type}${shown === '' ? '' : `: ${shown}`}`;
}
