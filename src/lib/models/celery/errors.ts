// The exceptions that Celery and its parts (kombu, billiard, redis-py) raise, under their own names
// and with their own texts. Each knows the module that Python says it comes from, because that name
// crosses the wire with a failed task's result.

import type { CallValues } from './space.ts';

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

/** A task of a chord's header failed: its body will never run. */
export class ChordError extends CeleryError {
  override name = 'ChordError';
}

/** The settings or the command name something that is not there. */
export class ImproperlyConfigured extends CeleryError {
  override name = 'ImproperlyConfigured';
}

/** The broker (or the result store, while publishing) cannot be reached. */
export class OperationalError extends CeleryError {
  override name = 'OperationalError';
  /** With the words of what it comes of, its `cause`. */
  static from(cause: Error): OperationalError {
    return new OperationalError(cause.message, { cause });
  }
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

/** Raised in a task: forget this run; no state is stored. */
export class Ignore extends CeleryError {
  override name = 'Ignore';
}

/** Raised in a task with late acknowledgement: the broker is to drop the message, or take it back. */
export class Reject extends CeleryError {
  override name = 'Reject';
  readonly requeue: boolean;
  constructor(reason: unknown = null, requeue = false) {
    super(reason === null ? '' : String(reason));
    this.requeue = requeue;
  }
  override get pythonArguments(): readonly unknown[] {
    return [this.message === '' ? null : this.message, this.requeue];
  }
}

/** What `retry` raises: the task has been sent again. */
export class Retry extends CeleryError {
  override name = 'Retry';
  /** What made it necessary, or null. */
  readonly exc: unknown;
  /** Of a task that runs where it was called: its next arguments. */
  again: CallValues | null = null;
  /** @param text `Retry in 1s: ConnectionError('no route 0')` */
  constructor(text = 'Task can be retried', exc: unknown = null) {
    super(text);
    this.exc = exc;
  }
}

/** The task was tried again as often as it may be. */
export class MaxRetriesExceededError extends CeleryError {
  override name = 'MaxRetriesExceededError';
}

/** Nobody will run the task, or it was ended: `revoked`, `terminated`, `expired`. */
export class TaskRevokedError extends CeleryError {
  override name = 'TaskRevokedError';
}

/** Raised inside a task that has run for too long; it may clean up. */
export class SoftTimeLimitExceeded extends CeleryError {
  override name = 'SoftTimeLimitExceeded';
  constructor() {
    super('SoftTimeLimitExceeded()');
  }
  override get pythonModule(): string {
    return 'billiard.exceptions';
  }
  override get pythonArguments(): readonly unknown[] {
    return [];
  }
}

/** The pool process was killed because its task had run for too long. */
export class TimeLimitExceeded extends CeleryError {
  override name = 'TimeLimitExceeded';
  readonly #seconds: unknown;
  constructor(seconds: unknown) {
    super(`TimeLimitExceeded(${String(seconds)},)`);
    this.#seconds = seconds;
  }
  override get pythonModule(): string {
    return 'billiard.exceptions';
  }
  override get pythonArguments(): readonly unknown[] {
    return [this.#seconds];
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

/** One of Python's own, which nobody here catches by its class. */
export class BuiltinError extends CeleryError {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
  override get pythonModule(): string {
    return 'builtins';
  }
}

/** The classes learners import, by name. Frozen: they are shared by every process of a realm. */
export const EXCEPTIONS = {
  CeleryError,
  TimeoutError,
  NotRegistered,
  ChordError,
  ImproperlyConfigured,
  OperationalError,
  EncodeError,
  WorkerLostError,
  Ignore,
  Reject,
  Retry,
  MaxRetriesExceededError,
  TaskRevokedError,
  SoftTimeLimitExceeded,
  TimeLimitExceeded,
  NotImplementedError,
  AttributeError,
  RuntimeError,
} as const;

const OTHERS = [RedisConnectionError, RedisResponseError, BuiltinError];
for (const Class of [...Object.values(EXCEPTIONS), ...OTHERS]) {
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
