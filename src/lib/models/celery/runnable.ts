// A task of TypeScript learners as the engine runs it: what the object space does with functions and
// classes of the face.

import type { SimPromise } from '#lib/node/promise.ts';
import type { CallContext, CallValues, Ending } from './space.ts';

export interface Runnable {
  /** The learner's function, for its parameters. */
  readonly body: (...args: unknown[]) => unknown;
  /** Its first parameter is the task itself: `bind`. */
  readonly isBound: boolean;
  /** What the learner has of it. */
  task(): object;
  run(call: CallValues, context: CallContext): SimPromise<unknown>;
  ended(ending: Ending): SimPromise<void>;
  returned(ending: Ending): SimPromise<void>;
  /** See `ObjectSpace.callErrback`. */
  errback(call: RunnableErrback): SimPromise<boolean>;
}

export interface RunnableErrback {
  /** Arguments of the task that failed. */
  failed: CallValues;
  /** Of that task. */
  context: CallContext;
  /** Error and traceback; null when the errback takes its own arguments only. */
  told: readonly [unknown, string | null] | null;
  /** The errback's own arguments. */
  more: CallValues;
}
