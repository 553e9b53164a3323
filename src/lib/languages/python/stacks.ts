// The green threads of one interpreter as JavaScript sees them (runtime/stacks.py is their other
// half). The baton rule: one stack is resumed at a time, and nothing else settles a promise of
// Python's before it has parked again or ended; so the order is ours, not the engine's.

import { assert } from '#lib/protocol/errors.ts';

/** A Python function that starts on a stack of its own. */
export interface StackBody {
  callPromising(): Promise<unknown>;
  copy(): StackBody;
  destroy(): void;
}

/** The main thread's number. */
export const MAIN_STACK = 1;
/** What a stack is woken with that is to look up from what it waits for, and wait on if it likes. */
export const INTERRUPTED = -1;

interface Stack {
  readonly id: number;
  /** Set until it has been started. */
  body: StackBody | null;
  /** Set while it is suspended. */
  resume: ((value: unknown) => void) | null;
  /** Undoes what its parking set up: a timer, a place among the waiters of a socket. */
  onresume: () => void;
  /** It waits to be woken; else it runs, or will without that. */
  isParked: boolean;
}

export class Stacks {
  readonly #stacks = new Map<number, Stack>();
  readonly #ready: { stack: Stack; value: unknown }[] = [];
  /** Were interrupted while they computed. */
  readonly #interrupted: Stack[] = [];
  /** Has parked, and goes to the gate next. */
  #leaving: Stack | null = null;
  #baton: (() => void) | null = null;
  #error: Error | null = null;

  /** Somebody could go on now. */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Somebody was interrupted and waits for `resumeInterrupted`. */
  get hasInterrupted(): boolean {
    return this.#interrupted.length > 0;
  }

  /** Called by Python. The stack begins when its turn comes. */
  spawn(id: number, body: StackBody): void {
    // What Python passes is released when the call returns.
    const stack = { id, body: body.copy(), resume: null, onresume: nothing, isParked: false };
    this.#stacks.set(id, stack);
    this.#ready.push({ stack, value: true });
  }

  /**
   * What every stack is suspended on after it has parked. One thing for all of them, and no promise:
   * Pyodide would wrap each promise in a future of an event loop, which costs four times as much.
   */
  readonly gate = {
    then: (resume: (value: unknown) => void): void => {
      const stack = this.#leaving;
      assert(stack, 'a stack parks before it goes to the gate');
      this.#leaving = null;
      stack.resume = resume;
      this.#passBaton();
    },
  };

  /**
   * Called by Python on the running stack, which then goes to the gate.
   *
   * @param onresume runs when it has been woken
   */
  park(id: number, onresume: () => void = nothing): void {
    const stack = this.#stacks.get(id);
    assert(stack && this.#baton, 'only the running stack parks');
    stack.onresume = onresume;
    stack.isParked = true;
    this.#leaving = stack;
  }

  /**
   * As `park`, of a stack that waits for nothing but its next slice: no `wake` reaches it, and whoever
   * becomes ready meanwhile goes before it.
   */
  interrupt(id: number): void {
    this.park(id);
    const stack = this.#stacks.get(id)!;
    stack.isParked = false;
    this.#interrupted.push(stack);
  }

  resumeInterrupted(): void {
    for (const stack of this.#interrupted.splice(0)) this.#ready.push({ stack, value: true });
  }

  /** Lets a parked stack go on. `value` is what the gate gives it; others are left alone. */
  wake(id: number, value: unknown): void {
    const stack = this.#stacks.get(id);
    if (!stack?.isParked) return;
    stack.isParked = false;
    stack.onresume();
    this.#ready.push({ stack, value });
  }

  /** Runs the stack that has been ready for longest until it parks or ends. */
  async step(): Promise<void> {
    const { stack, value } = this.#ready.shift()!;
    const isDone = new Promise<void>((resolve) => {
      this.#baton = resolve;
    });
    if (stack.body) this.#begin(stack, stack.body);
    else {
      const { resume } = stack;
      stack.resume = null;
      resume!(value);
    }
    await isDone;
    if (this.#error) throw this.#error;
  }

  #begin(stack: Stack, body: StackBody): void {
    stack.body = null;
    const end = (): void => {
      this.#stacks.delete(stack.id);
      body.destroy();
      this.#passBaton();
    };
    body.callPromising().then(end, (error: unknown) => {
      // Programs' own exceptions never get here: what does is a fault of the runtime's.
      this.#error = error instanceof Error ? error : new Error(String(error));
      end();
    });
  }

  #passBaton(): void {
    const pass = this.#baton;
    this.#baton = null;
    pass?.();
  }
}

function nothing(): void {
  // Most stacks set up nothing that would have to be undone.
}
