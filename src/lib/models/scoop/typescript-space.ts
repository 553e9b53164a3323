// The object space of TypeScript learners: functions by the names under which modules export them,
// values as pickle.ts writes them.

import { errorTitle, isOurMistake } from '#lib/node/engine-errors.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { printed, show } from '#lib/node/print.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { ReferenceBroken } from './errors.ts';
import { Pickler } from './pickle.ts';
import type { ObjectSpace, Opaque, Outcome } from './space.ts';
import type { Run } from './worker/run.ts';
import type { Submission } from './worker/future.ts';

type Callable = (...args: unknown[]) => unknown;

/** A call of a learner's function. */
interface Call {
  callable: Callable;
  args: readonly unknown[];
}

const TEXT_LENGTH_MAX = 80;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class TypeScriptSpace implements ObjectSpace {
  readonly #pickler: Pickler;

  /** @param own functions of the library that travel by name */
  constructor(process: NodeProcess, own: ReadonlyMap<string, unknown>) {
    this.#pickler = new Pickler(() => process.program.names, own);
  }

  encodeCall(call: Opaque): SimPromise<Uint8Array> {
    const { callable, args } = call as Call;
    return attempt(() => encoder.encode(this.#pickler.dumps([callable, [...args]])));
  }

  decodeCall(bytes: Uint8Array): Opaque {
    const [callable, args] = this.#pickler.loads(decoder.decode(bytes)) as [Callable, unknown[]];
    return { callable, args } satisfies Call;
  }

  call(call: Opaque, _run: Run): SimPromise<Outcome> {
    return run(this.#call(call as Call));
  }

  *#call({ callable, args }: Call): Body<Outcome> {
    try {
      const value = yield* wait(callable(...args));
      return { isError: false, value, text: shortened(show(value)) };
    } catch (error) {
      return failure(error);
    }
  }

  encodeOutcome(outcome: Outcome): SimPromise<Uint8Array> {
    return attempt(() => encoder.encode(this.#pickler.dumps(outcome)));
  }

  decodeOutcome(bytes: Uint8Array): Outcome {
    return this.#pickler.loads(decoder.decode(bytes)) as Outcome;
  }

  encodeValue(value: Opaque): Uint8Array {
    return encoder.encode(this.#pickler.dumps(value));
  }

  decodeValue(bytes: Uint8Array): Opaque {
    return this.#pickler.loads(decoder.decode(bytes));
  }

  callBack(future: Opaque): SimPromise<void> {
    return (future as { callBack(): SimPromise<void> }).callBack();
  }

  problemOf(error: unknown): string {
    return errorTitle(error).replace(/^PicklingError: /, '');
  }
}

/** How the engine is told of a call. */
export function submissionOf(callable: Callable, args: readonly unknown[]): Submission {
  const name = callable.name || '<lambda>';
  return {
    call: { callable, args } satisfies Call,
    text: shortened(`${name}(${args.map((it) => show(it)).join(', ')})`),
    key: name,
  };
}

function failure(error: unknown): Outcome {
  const isOurs = error instanceof InvariantError || isOurMistake(error);
  if (isStop(error) || isOurs || error instanceof ReferenceBroken) throw error;
  return { isError: true, value: error, text: shortened(errorTitle(error, printed)) };
}

function shortened(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text;
}

function attempt<T>(work: () => T): SimPromise<Awaited<T>> {
  try {
    return SimPromise.resolve(work());
  } catch (error) {
    if (isStop(error)) throw error;
    return SimPromise.reject<Awaited<T>>(error);
  }
}
