// The object space of Python learners. Their values stay in the interpreter; what the engine gets are
// JSON texts and descriptions, made by CPython in the moment in which it is asked to run something.

import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { PythonPort } from '#lib/node/python-port.ts';
import { CeleryError, EncodeError } from '../errors.ts';
import { dumps } from '../json.ts';
import { readBody } from '../message.ts';
import { reprError } from '../python-repr.ts';
import { wireOf } from '../wire-errors.ts';
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
} from '../space.ts';
import { PythonCall, PythonError, PythonValue, textOf, type PythonFailure } from './values.ts';

/** What `run` of python/celery/_engine.py returns. */
type Outcome = { isWatched: boolean } & (
  { text: string | null; problem: string; repr: string } | { failure: PythonFailure }
);

export class PythonSpace implements ObjectSpace {
  readonly language = 'py';
  readonly #python: PythonPort;
  /** Runs of which Python wants to hear how they end. */
  readonly #watched = new Set<number>();
  /** Names of the signals that the program listens to. */
  readonly heard = new Set<string>();
  /** Tells the process's engine where learner code's output goes. */
  readonly #onlog: (log: OutputLog) => void;

  constructor(python: PythonPort, onlog: (log: OutputLog) => void) {
    this.#python = python;
    this.#onlog = onlog;
  }

  encode(value: Opaque): SimPromise<string> {
    const { text, problem } = value as PythonValue;
    return text === null
      ? SimPromise.reject(new EncodeError(problem))
      : SimPromise.resolve<string>(text);
  }

  decode(text: string): SimPromise<Opaque> {
    return SimPromise.resolve<Opaque>(new PythonValue(text));
  }

  encodeCall(call: CallValues): SimPromise<{ positional: string; keywords: string }> {
    const texts =
      call instanceof PythonCall
        ? { positional: call.positionalText, keywords: call.keywordsText }
        : { positional: textOf(call.positional), keywords: textOf(call.keywords) };
    return SimPromise.resolve(texts);
  }

  decodeCall(positional: string, keywords: string): SimPromise<CallValues> {
    return SimPromise.resolve<CallValues>(new PythonCall(positional, keywords));
  }

  /**
   * Of a single task the package has looked before it asked the engine to send, and names no callable;
   * of what is composed or follows a task the engine asks.
   */
  callFault(callable: Opaque, _name: string, call: CallValues): SimPromise<string | null> {
    if (callable === null) return SimPromise.resolve<string | null>(null);
    const { positionalText: positional, keywordsText: keywords } = call as PythonCall;
    const given = { ...(callable as object), positional, keywords };
    return this.#python.enter('call_fault', given).then((fault) => fault as string | null);
  }

  callErrback(callable: Opaque, call: ErrbackCall): SimPromise<boolean> {
    return run(this.#callErrback(callable, call));
  }

  *#callErrback(callable: Opaque, call: ErrbackCall): Body<boolean> {
    const { positionalText, keywordsText } = readBody(call.context.body);
    const { positionalText: args, keywordsText: kwargs } = call.more as PythonCall;
    const outcome = (yield* wait(
      this.#python.enter('call_errback', {
        ...(callable as object),
        positional: args,
        keywords: kwargs,
        request: { ...requestOf(call.context), id: call.taskId },
        failure: {
          positional: positionalText,
          keywords: keywordsText,
          error: call.wire,
          traceback: call.traceback,
          isImmutable: call.isImmutable,
        },
      }),
    )) as { isCalled: boolean } | { failure: PythonFailure };
    if ('failure' in outcome) throw new PythonError(outcome.failure);
    return outcome.isCalled;
  }

  call(callable: Opaque, call: CallValues, context: CallContext): SimPromise<Opaque> {
    return run(this.#call(callable, call, context));
  }

  *#call(callable: Opaque, call: CallValues, context: CallContext): Body<Opaque> {
    const { positional, keywords } = yield* wait(this.encodeCall(call));
    const given = {
      ...(callable as object),
      number: context.run,
      ...{ positional, keywords, request: requestOf(context) },
    };
    const outcome = (yield* wait(this.#python.enter('run', given))) as Outcome;
    if (outcome.isWatched) this.#watched.add(context.run);
    if ('failure' in outcome) throw new PythonError(outcome.failure);
    return new PythonValue(outcome.text, outcome.problem, outcome.repr);
  }

  verdictOf(error: unknown): Verdict | null {
    const verdict = error instanceof PythonError ? error.failure.verdict : undefined;
    if (verdict?.kind !== 'retry') return verdict ?? null;
    return { kind: 'retry', cause: verdict.cause && new PythonError(verdict.cause) };
  }

  ended({ state, value, traceback, context }: Ending): SimPromise<void> {
    const error = state === 'SUCCESS' ? null : pythonWireOf(value);
    return run(this.#tell('ended', context.run, { state, error, trace: traceback }));
  }

  returned({ state, context }: Ending): SimPromise<void> {
    return run(this.#tell('returned', context.run, { state }));
  }

  *#tell(entry: 'ended' | 'returned', number: number, given: object): Body<void> {
    if (!this.#watched.has(number)) return;
    if (entry === 'returned') this.#watched.delete(number);
    const answer = yield* wait(this.#python.enter(entry, { number, ...given }));
    if (answer !== null) throw new PythonError((answer as { failure: PythonFailure }).failure);
  }

  typeError(message: string): unknown {
    return new PythonError({
      type: 'TypeError',
      module: 'builtins',
      argumentsText: dumps([message]),
      repr: reprError({ name: 'TypeError', message }),
      traceback: `TypeError: ${message}`,
      text: message,
    });
  }

  repr(value: Opaque): SimPromise<string> {
    const { repr, text } = value as PythonValue;
    return SimPromise.resolve(repr ?? text ?? '');
  }

  reprCall(call: CallValues): SimPromise<{ positional: string; keywords: string }> {
    return SimPromise.resolve((call as PythonCall).reprs);
  }

  encodeError(error: unknown): SimPromise<WireError> {
    return SimPromise.resolve(pythonWireOf(error));
  }

  /** It stays as it is on the wire; the package makes the exception of it. */
  decodeError(error: WireError): SimPromise<unknown> {
    return SimPromise.resolve<unknown>(error);
  }

  reprError(error: unknown): SimPromise<string> {
    return SimPromise.resolve(
      error instanceof PythonError ? error.failure.repr : reprError(asError(error)),
    );
  }

  textOf(error: unknown): SimPromise<string> {
    return SimPromise.resolve(
      error instanceof PythonError ? error.failure.text : asError(error).message,
    );
  }

  renderError(error: unknown): SimPromise<string> {
    if (error instanceof PythonError) return SimPromise.resolve(error.failure.traceback);
    const { pythonModule, name, message } = error as CeleryError;
    const title = pythonModule === 'builtins' ? name : `${pythonModule}.${name}`;
    return SimPromise.resolve(`${title}: ${message}`);
  }

  hears(name: string): boolean {
    return this.heard.has(name);
  }

  signal(name: string, facts: SignalFacts): SimPromise<unknown> {
    if (!this.heard.has(name)) return SimPromise.resolve<unknown>(facts.headers);
    const { exception } = facts;
    const given = exception ? { ...facts, exception: pythonWireOf(exception) } : facts;
    return this.#python.enter('signal', { name, given });
  }

  /** Python has the signal itself, and a handler that raises. */
  heedSoftLimit(): SimPromise<void> {
    return this.#python.enter('heed_soft_limit', {}).then(() => undefined);
  }

  redirectOutput(log: OutputLog): SimPromise<void> {
    this.#onlog(log);
    return this.#python.enter('redirect_output', { level: log.level }).then(() => undefined);
  }
}

/** `self.request` in Python's names. */
function requestOf(context: CallContext): object {
  const { headers, correlationId, replyTo, hostname, queue, priority, redelivered } = context;
  return {
    ...headers,
    run: context.run,
    correlation_id: correlationId,
    reply_to: replyTo,
    hostname,
    delivery_info: { exchange: '', routing_key: queue, priority, redelivered },
  };
}

/** An exception as the package can make one of it. */
export function pythonWireOf(error: unknown): WireError {
  if (error instanceof PythonError) {
    const { type, module, argumentsText } = error.failure;
    return { type, module, argumentsText };
  }
  if (error instanceof CeleryError) return wireOf(error);
  const { name, message } = asError(error);
  return { type: name, module: 'builtins', argumentsText: dumps([message]) };
}

function asError(error: unknown): { name: string; message: string } {
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}
