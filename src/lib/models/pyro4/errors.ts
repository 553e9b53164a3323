// The exceptions of Pyro4 under their own names, and those of Python which arrive from the other side.
// `pythonName` is what crosses the wire; an exception that arrives keeps the arguments that it had there.

/** What every exception of this model is. */
export class PyroError extends Error {
  override name = 'PyroError';
  /** As Python has them. */
  args: readonly unknown[];
  /** Lines of the traceback of the other side, when it was raised there. */
  _pyroTraceback: readonly string[] | undefined = undefined;

  constructor(message = '', options?: ErrorOptions) {
    super(message, options);
    this.args = message === '' ? [] : [message];
  }
}

/** The other side could not be reached or understood. */
export class CommunicationError extends PyroError {
  override name = 'CommunicationError';
}

/** The connection ended before the answer was here: nobody knows whether the call was made. */
export class ConnectionClosedError extends CommunicationError {
  override name = 'ConnectionClosedError';
}

/** No answer in time; the call may still be running. */
export class TimeoutError extends CommunicationError {
  override name = 'TimeoutError';
}

export class ProtocolError extends CommunicationError {
  override name = 'ProtocolError';
}

/** A value cannot travel. */
export class SerializeError extends ProtocolError {
  override name = 'SerializeError';
}

/** The name server, or a name in it, was not found. */
export class NamingError extends PyroError {
  override name = 'NamingError';
}

/** A daemon cannot do what it was asked. */
export class DaemonError extends PyroError {
  override name = 'DaemonError';
}

/** A message was refused because it could do harm. */
export class SecurityError extends PyroError {
  override name = 'SecurityError';
}

/** By the name that crosses the wire behind `Pyro4.errors.`. */
export const ERRORS = {
  PyroError,
  CommunicationError,
  ConnectionClosedError,
  TimeoutError,
  ProtocolError,
  SerializeError,
  NamingError,
  DaemonError,
  SecurityError,
} as const;

/** An exception of Python's own, by its class's name: `error.name === 'KeyError'`. */
export class RemoteError extends PyroError {
  constructor(name: string, args: readonly unknown[], message: string) {
    super(message);
    this.name = name;
    this.args = args;
  }
}

/** What Python calls the errors of JavaScript. */
const PYTHON_NAMES: Readonly<Record<string, string>> = {
  Error: 'Exception',
  TypeError: 'TypeError',
  RangeError: 'ValueError',
  ReferenceError: 'NameError',
  SyntaxError: 'SyntaxError',
};

/** Exceptions of Python that a learner's class of that name may stand for. */
const BUILTINS = new Set(
  (
    'ArithmeticError AssertionError AttributeError BufferError EOFError Exception FileExistsError ' +
    'FileNotFoundError IndexError IOError KeyError LookupError MemoryError NameError ' +
    'NotImplementedError OSError OverflowError PermissionError RecursionError RuntimeError ' +
    'StopIteration SyntaxError TypeError ValueError ZeroDivisionError'
  ).split(' '),
);

/** The class that Python takes an error for: `builtins.KeyError`, `__main__.ShopError`. */
export function pythonNameOf(error: Error): string {
  const { name } = error;
  if (error instanceof PyroError && name in ERRORS) return `Pyro4.errors.${name}`;
  const own = PYTHON_NAMES[name] ?? name;
  return BUILTINS.has(own) ? `builtins.${own}` : `__main__.${own}`;
}

export function isBuiltin(name: string): boolean {
  return BUILTINS.has(name) || /^[A-Z]\w+(Error|Exception|Warning|Interrupt|Exit)$/.test(name);
}
