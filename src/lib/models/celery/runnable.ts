// A task of TypeScript learners as the engine runs it: what the object space does with functions and
// classes of the face.

import type { SimPromise } from '#lib/node/promise.ts';
import type { CallContext, CallValues, Ending } from './space.ts';

export interface Runnable {
  /** The learner's function, for its parameters. */
  readonly body: (...args: unknown[]) => unknown;
  /** Its first parameter is the task itself: `bind`. */
  readonly isBound: boolean;
  run(call: CallValues, context: CallContext): SimPromise<unknown>;
  ended(ending: Ending): SimPromise<void>;
  returned(ending: Ending): SimPromise<void>;
}
