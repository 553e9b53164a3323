// The object space: everything the engine does with a learner's values and functions, which it treats
// as opaque, so that each language puts its own here. Each operation that can run learner code returns
// a promise. It is another one than Celery's: tasks are functions by reference and pickled values here,
// names and JSON there, and nothing of the one would be used by the other.

import type { SimPromise } from '#lib/node/promise.ts';
import type { Run } from './worker/run.ts';

/** A value, a call or a constant of the learner's, of whichever language. */
export type Opaque = unknown;

/** What came of a future. */
export interface Outcome {
  isError: boolean;
  /** The value, or the exception. */
  value: Opaque;
  /** `9`, `ValueError('boom')`: for people. */
  text: string;
}

export interface ObjectSpace {
  /**
   * The bytes that tell another worker what to call.
   *
   * @throws (rejects with) the language's own PicklingError, whose message is `problemOf` it
   */
  encodeCall(call: Opaque): SimPromise<Uint8Array>;
  decodeCall(bytes: Uint8Array): Opaque;
  /**
   * Calls, and waits for what comes of it.
   *
   * @throws (rejects with) ReferenceBroken when this worker lacks what the call refers to
   */
  call(call: Opaque, run: Run): SimPromise<Outcome>;
  encodeOutcome(outcome: Outcome): SimPromise<Uint8Array>;
  decodeOutcome(bytes: Uint8Array, isError: boolean, text: string): Outcome;
  encodeValue(value: Opaque): Uint8Array;
  decodeValue(bytes: Uint8Array): Opaque;
  /** Calls the functions that `addDoneCallback` was given. */
  callBack(future: Opaque): SimPromise<void>;
  /** The text of an error of `encodeCall`. */
  problemOf(error: unknown): string;
}
