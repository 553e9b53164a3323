// What a process waits for at channels: a read, a write, or an alternation of several. It succeeds at
// one of them, once, or ends with poison or retirement.
//
// One that stands at channels of several nodes is taken in two steps: the home that wants it locks it, and
// then ends it or gives it back. Locks are asked for in the order of their keys, so nobody waits in a ring.

import { Deferred } from '#lib/node/promise.ts';

export type Direction = 'read' | 'write';

/** How an operation ended; `guard` says at which of the guards. */
export type Outcome =
  | { readonly kind: 'success'; readonly guard: number; readonly value: unknown }
  | { readonly kind: 'poison' }
  | { readonly kind: 'retire' };

export const POISON: Outcome = { kind: 'poison' };
export const RETIRE: Outcome = { kind: 'retire' };

/** An operation as a home sees it: of a process of this node, or of another. */
export interface Taker {
  /** Of its process, in the trace. */
  readonly shown: string;
  /** Who came first, among those of one node. */
  readonly number: number;
  /** In this order locks are asked for. */
  readonly key: readonly [node: string, number: number];
  readonly isOpen: boolean;
  /** It has one guard: nobody else can take it, and it needs no lock. */
  readonly isSure: boolean;
  /** It may be ended now, without asking. */
  readonly isInstant: boolean;
  /** A value was handed to a reader directly. */
  hasGiven: boolean;
  /** Calls `then` with true when it is locked, with false when it has ended. */
  acquire(then: (isGranted: boolean) => void): void;
  release(): void;
  /** The first outcome counts. */
  end(outcome: Outcome): void;
}

/** One of a process of this node. */
export class Operation<P extends { readonly name: string }> implements Taker {
  readonly process: P;
  readonly number: number;
  readonly #deferred = new Deferred<Outcome>();
  #outcome: Outcome | null = null;
  #isLocked = false;
  #waiting: ((isGranted: boolean) => void)[] = [];
  hasGiven = false;
  readonly isSure: boolean;
  /** Runs when it ends, before whoever waits for it goes on. */
  onend: (() => void) | null = null;

  /** @param number counts the operations of the node */
  constructor(process: P, number: number, isSure: boolean) {
    this.process = process;
    this.number = number;
    this.isSure = isSure;
  }

  get shown(): string {
    return this.process.name;
  }

  get key(): readonly [string, number] {
    return ['', this.number];
  }

  get outcome(): Outcome | null {
    return this.#outcome;
  }

  get isOpen(): boolean {
    return this.#outcome === null;
  }

  get isInstant(): boolean {
    return !this.#isLocked;
  }

  get ended(): PromiseLike<Outcome> {
    return this.#deferred.promise;
  }

  acquire(then: (isGranted: boolean) => void): void {
    if (this.#outcome) then(false);
    else if (this.#isLocked) this.#waiting.push(then);
    else {
      this.#isLocked = true;
      then(true);
    }
  }

  release(): void {
    this.#isLocked = false;
    const next = this.#waiting.shift();
    if (next) this.acquire(next);
  }

  end(outcome: Outcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.onend?.();
    this.#deferred.resolve(outcome);
    for (const then of this.#waiting.splice(0)) then(false);
  }
}

/** One guard of an operation, as it stands at a channel. */
export interface Request {
  readonly operation: Taker;
  readonly guard: number;
  /** Of a write. */
  readonly value?: unknown;
}
