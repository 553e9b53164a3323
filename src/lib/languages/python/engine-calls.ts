// Calls between a model's engine and the interpreter (runtime/engine.py is their other half). Python
// calls the engine as it calls the host; the engine calls Python on stacks of its own.

import type { NodeProcess } from '#lib/node/process.ts';
import { SimPromise } from '#lib/node/promise.ts';
import type { Given, PythonEngine, PythonPort } from '#lib/node/python-port.ts';
import type { Interpreter } from './interpreter.ts';
import { MAIN_STACK, type StackBody, type Stacks } from './stacks.ts';

/** Makes the engine behind a model's Python package. */
export type CreateEngine = (process: NodeProcess, python: PythonPort) => PythonEngine;

/** `enter` of runtime/engine.py. */
interface Enter {
  callPromising(stack: number, name: string, given: string): Promise<string>;
}

/** Further calls of the engine's count from here, beyond any thread's number. */
const FIRST_ENTRY = 1_000_000;

export class EngineCalls implements PythonPort {
  readonly engine: PythonEngine;
  readonly #stacks: Stacks;
  /** The last question of each stack. */
  readonly #asked = new Map<number, SimPromise<unknown>>();
  #python: Enter | null = null;
  #nextEntry = FIRST_ENTRY;
  #isMainTaken = true;

  constructor(process: NodeProcess, stacks: Stacks, createEngine: CreateEngine) {
    this.#stacks = stacks;
    this.engine = createEngine(process, this);
  }

  /** @param hasScript a script is the main thread */
  open(interpreter: Interpreter, hasScript: boolean): void {
    const found: unknown = interpreter.runPython('from _lightcone.engine import enter; enter');
    this.#python = found as Enter;
    this.#isMainTaken = hasScript;
  }

  /** The engine calls Python: on a stack that begins when its turn comes. */
  enter(name: string, given: Given): SimPromise<unknown> {
    return new SimPromise<unknown>((resolve) => {
      // Where there is no script the engine's calls are the main thread.
      const isMain = !this.#isMainTaken;
      const stack = isMain ? MAIN_STACK : this.#nextEntry++;
      this.#isMainTaken = true;
      const body: StackBody = {
        callPromising: async () => {
          const text = await this.#python!.callPromising(stack, name, JSON.stringify(given));
          resolve(JSON.parse(text));
        },
        copy: () => body,
        destroy: () => {
          if (isMain) this.#isMainTaken = false;
        },
      };
      this.#stacks.spawn(stack, body);
    });
  }

  /** Python asks the engine, and parks: its stack is woken with the answer, or before (INTERRUPTED). */
  ask(stack: number, what: string, given: string): void {
    const answer = this.engine.ask(what, JSON.parse(given) as Given);
    this.#asked.set(stack, answer);
    this.#await(stack, answer);
  }

  /** Parks on for the answer to what the stack asked last. */
  askOn(stack: number): void {
    this.#await(stack, this.#asked.get(stack)!);
  }

  #await(stack: number, answer: SimPromise<unknown>): void {
    let isAwaited = true;
    answer.then((value) => {
      if (isAwaited) this.#stacks.wake(stack, JSON.stringify(value));
    });
    this.#stacks.park(stack, () => (isAwaited = false));
  }

  /** Python says something to the engine, which answers at once. */
  tell(what: string, given: string): string {
    return JSON.stringify(this.engine.tell(what, JSON.parse(given) as Given));
  }
}
