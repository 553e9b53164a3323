// What the interpreter of a Python process and the engine of a model in TypeScript ask of each other.
// Types only: interpreters are made by `languages`, engines by `models`. Everything that crosses is
// plain data, so that no object of one side outlives its turn on the other.

import type { SimPromise } from './promise.ts';

/** Plain data. */
export type Given = Readonly<Record<string, unknown>>;

/** The interpreter, as a model's engine sees it. */
export interface PythonPort {
  /**
   * Calls a function that the model's Python half has registered, on a stack of its own. Never
   * rejects: what the function raised is part of what it returns.
   */
  enter(name: string, given: Given): SimPromise<unknown>;
}

/** A model's engine, as its Python half sees it. */
export interface PythonEngine {
  /** Answers at once. */
  tell(what: string, given: Given): unknown;
  /** Answers in virtual time; the Python thread that asked is parked meanwhile. Never rejects. */
  ask(what: string, given: Given): SimPromise<unknown>;
  /** Runs the process's command, if it is one of this model's (`celery -A tasks worker`). */
  main(): SimPromise<unknown>;
}
