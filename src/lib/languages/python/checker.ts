// CPython's compiler as the editor asks it: an interpreter of its own that compiles and never runs a
// program, so that what is typed cannot touch a run.

import type { Finding } from '#lib/protocol/errors.ts';
import { limitStack, type Interpreter } from './interpreter.ts';
import syntax from './runtime/syntax.py?raw';

/** `check` of runtime/syntax.py. */
type Check = (source: string, file: string) => string;

export class Checker {
  readonly #check: Check;

  /** @param interpreter a fresh one, kept for this */
  constructor(interpreter: Interpreter) {
    // Nothing is ever suspended here, so one bound holds for all questions.
    limitStack(interpreter);
    this.#check = interpreter.runPython(`${syntax}\ncheck`) as unknown as Check;
  }

  /**
   * What the compiler says of one file.
   *
   * @throws what ends the interpreter; nothing may be asked afterwards
   */
  check(file: string, source: string): Finding[] {
    const found = JSON.parse(this.#check(source, file)) as Omit<Finding, 'file' | 'code'>[];
    return found.map((it) => ({ ...it, file, code: 'python-syntax' }));
  }
}
