// The object space of TypeScript learners: JSON of plain values, Error classes, functions.

import { simErrors, traceback } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { interrupt, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import {
  EXCEPTIONS,
  CeleryError,
  Ignore,
  RedisConnectionError,
  Reject,
  Retry,
  SoftTimeLimitExceeded,
} from './errors.ts';
import { createSignals, type Signal, type Signals } from './face/signals.ts';
import { address } from './ids.ts';
import { dumps, loads } from './json.ts';
import { wireOf } from './wire-errors.ts';
import { readBody } from './message.ts';
import { callFault } from './parameters.ts';
import { pythonRepr, reprError, reprKeywords, reprTuple } from './python-repr.ts';
import type { Runnable } from './runnable.ts';
import type {
  CallContext,
  CallValues,
  Ending,
  ErrbackCall,
  ObjectSpace,
  Opaque,
  OutputLog,
  SignalFacts,
  Verdict,
  WireError,
} from './space.ts';

type ErrorClass = new (message: string) => Error;

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  ...simErrors,
  ...EXCEPTIONS,
  ConnectionError: RedisConnectionError,
};

export class TypeScriptSpace implements ObjectSpace {
  readonly language = 'js';
  readonly #process: NodeProcess;
  readonly signals: Signals = createSignals((receiver, error) =>
    this.#reportReceiver(receiver, error),
  );
  #log: OutputLog | null = null;

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  encode(value: Opaque): SimPromise<string> {
    return attempt(() => dumps(value));
  }

  decode(text: string): SimPromise<Opaque> {
    return attempt(() => loads(text));
  }

  encodeCall(call: CallValues): SimPromise<{ positional: string; keywords: string }> {
    return attempt(() => ({
      positional: dumps([...call.positional]),
      keywords: dumps({ ...call.keywords }),
    }));
  }

  decodeCall(positional: string, keywords: string): SimPromise<CallValues> {
    return attempt(() => ({
      positional: loads(positional) as unknown[],
      keywords: loads(keywords) as Record<string, unknown>,
    }));
  }

  callFault(callable: Opaque, name: string, call: CallValues): SimPromise<string | null> {
    const { body, isBound } = callable as Runnable;
    return attempt(() => callFault(body, name, call, isBound ? 1 : 0));
  }

  call(callable: Opaque, call: CallValues, context: CallContext): SimPromise<Opaque> {
    return (callable as Runnable).run(call, context);
  }

  verdictOf(error: unknown): Verdict | null {
    if (error instanceof Retry) return { kind: 'retry', cause: error.exc };
    if (error instanceof Ignore) return { kind: 'ignore' };
    if (error instanceof Reject) return { kind: 'reject', requeue: error.requeue };
    return null;
  }

  ended(ending: Ending): SimPromise<void> {
    return (ending.callable as Runnable).ended(ending);
  }

  returned(ending: Ending): SimPromise<void> {
    return (ending.callable as Runnable).returned(ending);
  }

  callErrback(callable: Opaque, call: ErrbackCall): SimPromise<boolean> {
    const { context, taskId, error, traceback: trace, more, isImmutable } = call;
    const { positionalText, keywordsText } = readBody(context.body);
    return attempt(() => ({
      positional: loads(positionalText) as unknown[],
      keywords: loads(keywordsText) as Record<string, unknown>,
    })).then((failed) =>
      (callable as Runnable).errback({
        failed,
        context: { ...context, headers: { ...context.headers, id: taskId } },
        told: isImmutable ? null : [error, trace],
        more,
      }),
    );
  }

  typeError(message: string): unknown {
    return new simErrors.TypeError(message);
  }

  repr(value: Opaque): SimPromise<string> {
    return attempt(() => pythonRepr(value));
  }

  reprCall(call: CallValues): SimPromise<{ positional: string; keywords: string }> {
    return attempt(() => ({
      positional: reprTuple(call.positional),
      keywords: reprKeywords(call.keywords),
    }));
  }

  encodeError(error: unknown): SimPromise<WireError> {
    return attempt(() => {
      const { name, message } = errorOf(error);
      return error instanceof CeleryError
        ? wireOf(error)
        : { type: name, module: 'builtins', argumentsText: dumps(message === '' ? [] : [message]) };
    });
  }

  decodeError({ type, argumentsText }: WireError): SimPromise<unknown> {
    return attempt(() => rebuilt(type, loads(argumentsText)));
  }

  reprError(error: unknown): SimPromise<string> {
    return attempt(() =>
      error instanceof CeleryError ? reprOwn(error) : reprError(errorOf(error)),
    );
  }

  textOf(error: unknown): SimPromise<string> {
    return attempt(() => errorOf(error).message);
  }

  renderError(error: unknown): SimPromise<string> {
    return attempt(() => traceback(error, this.#process.program, pythonRepr));
  }

  hears(name: string): boolean {
    return this.#signalNamed(name)?.hasListeners() ?? false;
  }

  signal(name: string, facts: SignalFacts): SimPromise<unknown> {
    const signal = this.#signalNamed(name);
    if (!signal?.hasListeners()) return SimPromise.resolve<unknown>(facts.headers);
    const { sender } = facts;
    const task = (sender as Partial<Runnable> | undefined)?.task?.();
    const given = Object.fromEntries(Object.entries(facts).map(factOf));
    return signal.send({ ...given, sender: task ?? sender }).then(() => facts.headers);
  }

  #signalNamed(name: string): Signal | undefined {
    return (this.signals as Partial<Record<string, Signal>>)[camelCase(name)];
  }

  /** As Celery's log has it; a client has no log, and Python's writes such things to stderr. */
  *#reportReceiver(receiver: (...args: never[]) => unknown, error: unknown): Body<void> {
    const name = `<function ${receiver.name} at ${address(this.#process)}>`;
    const repr = yield* wait(this.reprError(error));
    const trace = yield* wait(this.renderError(error));
    const text = `Signal handler ${name} raised: ${repr}\n${trace}`;
    if (this.#log) this.#log.write('ERROR', text);
    else this.#process.write('stderr', `${text}\n`);
  }

  heedSoftLimit(running: () => SimPromise<Opaque> | null): SimPromise<void> {
    this.#process.onSignal('SIGUSR1', () => {
      const task = running();
      if (task) interrupt(task, new SoftTimeLimitExceeded());
    });
    return SimPromise.resolve();
  }

  redirectOutput(log: OutputLog): SimPromise<void> {
    this.#log = log;
    this.#process.log = (_stream, text) => log.write('WARNING', text.replace(/\n$/, ''));
    return SimPromise.resolve();
  }
}

/** As learners are told: `taskId`, values instead of their texts. */
function factOf([name, value]: [string, unknown]): [string, unknown] {
  if (!name.endsWith('_text')) return [camelCase(name), value];
  return [camelCase(name.slice(0, -'_text'.length)), loads(String(value))];
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Runs `work` at once; what it throws rejects. */
function attempt<T>(work: () => T): SimPromise<T> {
  return new SimPromise<T>((resolve) => resolve(work()));
}

/** Celery's own exceptions are made from other arguments than their text. */
function reprOwn(error: CeleryError): string {
  return `${error.name}(${error.pythonArguments.map((one) => pythonRepr(one)).join(', ')})`;
}

/** Anything can be thrown; what is no error travels as one whose text is the value. */
function errorOf(error: unknown): { name: string; message: string } {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: pythonRepr(error) };
}

/** The exception a worker reported: of the class of that name if there is one here. */
function rebuilt(type: string, args: unknown): Error {
  const [first = '', ...rest] = Array.isArray(args) ? (args as unknown[]) : [args];
  const message =
    rest.length > 0
      ? pythonRepr([first, ...rest])
      : typeof first === 'string'
        ? first
        : pythonRepr(first);
  if (Object.hasOwn(CLASSES, type)) return new CLASSES[type]!(message);
  // As Celery does when it cannot import the class: one of the same name is made up.
  const error = new simErrors.Error(message);
  Object.defineProperty(error, 'name', { value: type, configurable: true, writable: true });
  return error;
}
