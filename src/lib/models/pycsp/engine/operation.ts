// What a process waits for at channels: a read, a write, or an alternation of several. It succeeds at
// one of them, once, or ends with poison or retirement.

import { Deferred } from '#lib/node/promise.ts';
import type { CspProcess } from './process.ts';

export type Direction = 'read' | 'write';

/** How an operation ended; `guard` says at which of the guards. */
export type Outcome =
  | { readonly kind: 'success'; readonly guard: number; readonly value: unknown }
  | { readonly kind: 'poison' }
  | { readonly kind: 'retire' };

export const POISON: Outcome = { kind: 'poison' };
export const RETIRE: Outcome = { kind: 'retire' };

export class Operation {
  readonly process: CspProcess;
  readonly number: number;
  readonly #deferred = new Deferred<Outcome>();
  #outcome: Outcome | null = null;
  /** A value was handed to a reader directly. */
  hasGiven = false;
  /** Runs when it ends, before whoever waits for it goes on. */
  onend: (() => void) | null = null;

  /** @param number counts the operations of the node */
  constructor(process: CspProcess, number: number) {
    this.process = process;
    this.number = number;
  }

  get outcome(): Outcome | null {
    return this.#outcome;
  }

  get isOpen(): boolean {
    return this.#outcome === null;
  }

  get ended(): PromiseLike<Outcome> {
    return this.#deferred.promise;
  }

  /** The first outcome counts. */
  end(outcome: Outcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.onend?.();
    this.#deferred.resolve(outcome);
  }
}

/** One guard of an operation, as it stands at a channel. */
export interface Request {
  readonly operation: Operation;
  readonly guard: number;
  /** Of a write. */
  readonly value?: unknown;
}
