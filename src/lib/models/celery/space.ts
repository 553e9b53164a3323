// The object space: everything the engine does with a learner's values and functions. The engine
// itself treats them as opaque, so that a Python face can put its own space here. Each operation
// that can run learner code returns a promise.

import type { SimPromise } from '#lib/node/promise.ts';
import type { TaskHeaders } from './message.ts';

/** A value or a function of the learner's, of whichever language. */
export type Opaque = unknown;

/** An exception as it crosses the wire (SEMANTICS 1.3). */
export interface WireError {
  /** Class name, `ValueError`. */
  type: string;
  /** Module of the class, `builtins`. */
  module: string;
  /** JSON text of the list of its arguments, `["boom 7"]`. */
  argumentsText: string;
}

/** Positional arguments and keywords of a call. */
export interface CallValues {
  positional: readonly Opaque[];
  keywords: Readonly<Record<string, Opaque>>;
}

/** The message that a call came with: what `self.request` tells a task. */
export interface CallContext {
  /** Counts the runs of this process. */
  run: number;
  headers: TaskHeaders;
  /** JSON text of `[args, kwargs, embed]`. */
  body: string;
  correlationId: string;
  replyTo: string;
  queue: string;
  priority: number;
  redelivered: boolean | null;
  /** Of the worker, `w1@w1`. */
  hostname: string;
  /** It runs where it was called: there was no message. */
  isEager?: boolean;
}

/** What a task has asked for by raising one of Celery's own exceptions, which are no errors. */
export type Verdict =
  /** It has been sent again; `cause` is what made it necessary, or null. */
  { kind: 'retry'; cause: unknown } | { kind: 'ignore' } | { kind: 'reject'; requeue: boolean };

/** How a run ended: for the methods of the task's class and for those who listen to signals. */
export interface Ending {
  state: 'SUCCESS' | 'FAILURE' | 'RETRY' | 'IGNORED' | 'REJECTED';
  /** What the task returned or threw. */
  value: Opaque;
  traceback: string | null;
  callable: Opaque;
  call: CallValues;
  context: CallContext;
}

/** A failure, for whoever is to be told of it. */
export interface ErrbackCall {
  /** Of the task that ran. */
  context: CallContext;
  /** The task that failed: that one, or the body of a chord that will never run. */
  taskId: string;
  error: unknown;
  wire: WireError;
  traceback: string | null;
  /** The errback's own arguments. */
  more: CallValues;
  /** It takes its own arguments only. */
  isImmutable: boolean;
}

/** What a signal tells, under Python's names; a JSON text is called `…_text`. */
export interface SignalFacts extends Readonly<Record<string, unknown>> {
  /** Name of a task or of a worker, or the callable of a task: that task. */
  sender?: Opaque;
  /** One of Celery's own. */
  exception?: unknown;
  /** Of a message that is about to leave. */
  headers?: Readonly<Record<string, unknown>>;
}

/** Where a task's output goes: into the worker's log. */
export interface OutputLog {
  /** `INFO`. */
  readonly level: string;
  write(level: string, text: string): void;
}

export interface ObjectSpace {
  /** As the header `lang` of a message has it. */
  readonly language: 'js' | 'py';

  /**
   * JSON text of a value.
   *
   * @throws (rejects with) EncodeError when JSON cannot carry it
   */
  encode(value: Opaque): SimPromise<string>;
  /** The value of a JSON text. */
  decode(text: string): SimPromise<Opaque>;
  /** JSON texts of `[positional, keywords]`. */
  encodeCall(call: CallValues): SimPromise<{ positional: string; keywords: string }>;
  decodeCall(positional: string, keywords: string): SimPromise<CallValues>;

  /**
   * What is wrong with calling `callable` like this (`add() missing 1 required positional argument:
   * 'b'`), or null.
   *
   * @param name the function's own name
   */
  callFault(callable: Opaque, name: string, call: CallValues): SimPromise<string | null>;
  /** Calls a function of the learner's and waits for what it returns. */
  call(callable: Opaque, call: CallValues, context: CallContext): SimPromise<Opaque>;
  /** What is to become of a run that threw this, or null: it has failed. */
  verdictOf(error: unknown): Verdict | null;
  /** Calls `on_success`, `on_failure` or `on_retry`. */
  ended(ending: Ending): SimPromise<void>;
  /** Calls `after_return`: a run is over, unless it has been sent again. */
  returned(ending: Ending): SimPromise<void>;
  /**
   * Calls the function of a task as an errback, `onError(request, error, traceback)`, if it takes more
   * than one argument.
   *
   * @returns whether it does
   */
  callErrback(callable: Opaque, call: ErrbackCall): SimPromise<boolean>;
  /** The exception for a call that does not fit. */
  typeError(message: string): unknown;

  /** `8`, `'T'`, `None`: as log lines show it. */
  repr(value: Opaque): SimPromise<string>;
  /** `(4, 4)` and `{'y': 5}`, as a message describes them. */
  reprCall(call: CallValues): SimPromise<{ positional: string; keywords: string }>;

  /** How an exception crosses the wire. */
  encodeError(error: unknown): SimPromise<WireError>;
  /** The exception that the other side raised, of the same class if it exists here. */
  decodeError(error: WireError): SimPromise<unknown>;
  /** `ValueError('boom 7')`. */
  reprError(error: unknown): SimPromise<string>;
  /** The text of an exception of Celery's own: `Retry in 1s`. */
  textOf(error: unknown): SimPromise<string>;
  /** The traceback in the learner's own lines, without a final newline. */
  renderError(error: unknown): SimPromise<string>;

  /** Whether the program listens to Celery's signal of that name. */
  hears(name: string): boolean;
  /**
   * Tells those who listen what has happened.
   *
   * @returns the headers among the facts, which they may have changed
   */
  signal(name: string, facts: SignalFacts): SimPromise<unknown>;
  /**
   * From now on SIGUSR1 raises SoftTimeLimitExceeded inside the task that runs.
   *
   * @param running what the engine waits for while one does
   */
  heedSoftLimit(running: () => SimPromise<Opaque> | null): SimPromise<void>;

  /** From now on what learner code prints becomes lines of the log. */
  redirectOutput(log: OutputLog): SimPromise<void>;
}
