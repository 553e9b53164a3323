// The object space of Python learners, of one task: the interpreter asks for the task and says what came
// of it (disco/worker/task.py). Values stay there; bytes cross as texts.

import { Deferred, SimPromise } from '#lib/node/promise.ts';
import type { ObjectSpace, TaskResult, TaskWork } from '../space.ts';

/** What the learner's functions have raised. */
export class Raised {
  readonly isFatal: boolean;
  readonly text: string;

  constructor(isFatal: boolean, text: string) {
    this.isFatal = isFatal;
    this.text = text;
  }
}

export class PythonSpace implements ObjectSpace {
  readonly begun = new Deferred<TaskWork>();
  readonly result = new Deferred<TaskResult>();

  /** The functions come with the task. */
  load(): SimPromise<void> {
    return SimPromise.resolve();
  }

  run(work: TaskWork): SimPromise<TaskResult> {
    this.begun.resolve(work);
    return this.result.promise;
  }

  problemOf(error: unknown): SimPromise<{ isFatal: boolean; text: string }> {
    if (error instanceof Raised) return SimPromise.resolve<Raised>(error);
    throw error;
  }
}
