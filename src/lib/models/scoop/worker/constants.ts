// Constants that every worker of the pool can read (`scoop.shared`).

import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, wait, type Body } from '#lib/node/promise.ts';

/** `setConst` of a name that has a value; a TypeError in Python too. */
export class ConstantExists extends TypeError {
  override name = 'TypeError';
  constructor(name: string) {
    super(`This constant already exists: ${name}.`);
  }
}

export class Constants {
  readonly #process: NodeProcess;
  readonly #values = new Map<string, Uint8Array>();
  readonly #awaited = new Map<string, Deferred<void>>();

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The first value stays. */
  set(name: string, value: Uint8Array): void {
    if (this.#values.has(name)) return;
    this.#values.set(name, value);
    this.#awaited.get(name)?.resolve();
    this.#awaited.delete(name);
  }

  /** Waits for the value, null when it does not come in time; no other future runs meanwhile. */
  *get(name: string, timeoutUs: number | null, by: string): Body<Uint8Array | null> {
    if (!this.#values.has(name) && timeoutUs !== 0) yield* this.#await(name, timeoutUs, by);
    return this.#values.get(name) ?? null;
  }

  *#await(name: string, timeoutUs: number | null, by: string): Body<void> {
    const process = this.#process;
    const arrival = this.#awaited.get(name) ?? new Deferred<void>();
    this.#awaited.set(name, arrival);
    const over = new Deferred<void>();
    const timer =
      timeoutUs === null
        ? 0
        : process.setTimer(timeoutUs, () => over.resolve(), { label: `getConst(${name})` });
    arrival.promise.then(() => over.resolve());
    const what = `the constant ${name}`;
    yield* wait(process.waitFor(over.promise, { what, by: by === '' ? [] : [by] }));
    if (timer > 0) process.clearTimer(timer);
  }
}
