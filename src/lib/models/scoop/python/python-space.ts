// The object space of Python learners. Their values stay in the interpreter; what the engine gets are
// pickles, made by CPython when something has to travel, and numbers of futures.

import { SimPromise } from '#lib/node/promise.ts';
import type { PythonPort } from '#lib/node/python-port.ts';
import { PicklingError, ReferenceBroken } from '../errors.ts';
import type { ObjectSpace, Opaque, Outcome } from '../space.ts';
import type { Future } from '../worker/future.ts';
import type { Run } from '../worker/run.ts';
import { bytesOf, textOf } from './values.ts';

/** A call that the interpreter made: the number of its future, or that came as a pickle. */
type Call = { number: number } | { task: string };

/** What `scoop_run` of python/scoop/_engine.py returns; without a body the interpreter keeps it. */
type Ran = { isError: boolean; text: string; body: string | null } | { broken: string };

export class PythonSpace implements ObjectSpace {
  readonly #python: PythonPort;

  constructor(python: PythonPort) {
    this.#python = python;
  }

  encodeCall(call: Opaque): SimPromise<Uint8Array> {
    return this.#python.enter('scoop_encode', call as { number: number }).then((answer) => {
      const { task, problem } = answer as { task: string | null; problem: string };
      if (task === null) throw new PicklingError(problem);
      return bytesOf(task);
    });
  }

  decodeCall(bytes: Uint8Array): Opaque {
    return { task: textOf(bytes) } satisfies Call;
  }

  call(call: Opaque, run: Run): SimPromise<Outcome> {
    const given = { number: null, task: null, ...(call as Call), run: run.number };
    return this.#python.enter('scoop_run', given).then((answer) => {
      const ran = answer as Ran;
      if ('broken' in ran) throw new ReferenceBroken(ran.broken);
      return { isError: ran.isError, value: ran.body, text: ran.text };
    });
  }

  encodeOutcome({ value }: Outcome): SimPromise<Uint8Array> {
    return SimPromise.resolve<Uint8Array>(bytesOf(String(value)));
  }

  decodeOutcome(bytes: Uint8Array, isError: boolean, text: string): Outcome {
    return { isError, value: textOf(bytes), text };
  }

  encodeValue(value: Opaque): Uint8Array {
    return bytesOf(String(value));
  }

  decodeValue(bytes: Uint8Array): Opaque {
    return textOf(bytes);
  }

  callBack(watcher: Opaque): SimPromise<void> {
    return this.#python.enter('scoop_call_back', toldOf(watcher as Future)).then(() => undefined);
  }

  problemOf(error: unknown): string {
    return (error as Error).message;
  }
}

/** A future that is done, as the interpreter is told of it. */
export interface Told {
  readonly number: number;
  readonly order: number;
  /** Its pickled outcome; null when the interpreter has it. */
  readonly body: string | null;
  readonly [name: string]: unknown;
}

export function toldOf({ id, doneIndex, outcome }: Future): Told {
  const body = typeof outcome?.value === 'string' ? outcome.value : null;
  return { number: id[1], order: doneIndex, body };
}
