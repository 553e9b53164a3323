// The exceptions that Celery and its parts (kombu, billiard, redis-py) raise, under their own names
// and with their own texts. Each knows the module that Python says it comes from, because that name
// crosses the wire with a failed task's result.

/** What every exception of this model is. */
export class CeleryError extends Error {
  override name = 'CeleryError';
  /** The Python module of the class, as it stands in a stored result. */
  get pythonModule(): string {
    return 'celery.exceptions';
  }
  /** What Python's exception of that name was made from. */
  get pythonArguments(): readonly unknown[] {
    return this.message === '' ? [] : [this.message];
  }
}

/** A result did not arrive in time; the task itself is unaffected. */
export class TimeoutError extends CeleryError {
  override name = 'TimeoutError';
}

/** A worker got a task whose name it does not know. A KeyError in Python: its text is quoted. */
export class NotRegistered extends CeleryError {
  override name = 'NotRegistered';
  readonly #task: string;
  constructor(task: string) {
    super(`'${task}'`);
    this.#task = task;
  }
  override get pythonArguments(): readonly unknown[] {
    return [this.#task];
  }
}

/** The settings or the command name something that is not there. */
export class ImproperlyConfigured extends CeleryError {
  override name = 'ImproperlyConfigured';
}

/** The broker (or the result store, while publishing) cannot be reached. */
export class OperationalError extends CeleryError {
  override name = 'OperationalError';
  override get pythonModule(): string {
    return 'kombu.exceptions';
  }
}

/** A value cannot be written in the serialisation in use. */
export class EncodeError extends CeleryError {
  override name = 'EncodeError';
  override get pythonModule(): string {
    return 'kombu.exceptions';
  }
}

/** The pool process that ran the task died. */
export class WorkerLostError extends CeleryError {
  override name = 'WorkerLostError';
  override get pythonModule(): string {
    return 'billiard.exceptions';
  }
}

/** redis-py's own: the server cannot be reached, or hung up. */
export class RedisConnectionError extends CeleryError {
  override name = 'ConnectionError';
  override get pythonModule(): string {
    return 'redis.exceptions';
  }
}

/** redis-py's own: the server answered with an error. */
export class RedisResponseError extends CeleryError {
  override name = 'ResponseError';
  override get pythonModule(): string {
    return 'redis.exceptions';
  }
}

/** Python's own of that name: an operation that this configuration does not have. */
export class NotImplementedError extends CeleryError {
  override name = 'NotImplementedError';
  override get pythonModule(): string {
    return 'builtins';
  }
}

/** Python's own of that name. */
export class AttributeError extends CeleryError {
  override name = 'AttributeError';
  override get pythonModule(): string {
    return 'builtins';
  }
}

/** Python's own of that name. */
export class RuntimeError extends CeleryError {
  override name = 'RuntimeError';
  override get pythonModule(): string {
    return 'builtins';
  }
}

/** The classes learners import, by name. Frozen: they are shared by every process of a realm. */
export const EXCEPTIONS = {
  CeleryError,
  TimeoutError,
  NotRegistered,
  ImproperlyConfigured,
  OperationalError,
  EncodeError,
  WorkerLostError,
  NotImplementedError,
  AttributeError,
  RuntimeError,
} as const;

for (const Class of [...Object.values(EXCEPTIONS), RedisConnectionError, RedisResponseError]) {
  Object.freeze(Class);
  Object.freeze(Class.prototype);
}

/** Names of errno's codes, with Linux's numbers and Python's words. */
const ERRNO = {
  ECONNREFUSED: [111, 'Connection refused'],
  ECONNRESET: [104, 'Connection reset by peer'],
  ETIMEDOUT: [110, 'Connection timed out'],
  EPIPE: [32, 'Broken pipe'],
  ENOTFOUND: [-2, 'Name or service not known'],
} as const;

export type Errno = keyof typeof ERRNO;

/** `[Errno 111] Connection refused`, as Python's OSError prints. */
export function osErrorText(code: Errno): string {
  const [number, words] = ERRNO[code];
  return `[Errno ${number}] ${words}`;
}

/** `Error 111 connecting to redis:6379. Connection refused.`, as redis-py words it. */
export function redisConnectText(code: Errno, host: string, port: number): string {
  const [number, words] = ERRNO[code];
  return `Error ${number} connecting to ${host}:${port}. ${words}.`;
}
