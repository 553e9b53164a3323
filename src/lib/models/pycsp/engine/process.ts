// A process of CSP: a green thread of its node.

import { Deferred } from '#lib/node/promise.ts';
import type { Direction } from './operation.ts';
import type { Channel } from './channel.ts';

/** How a process ended. */
export type Ending = 'returned' | 'poisoned' | 'retired' | 'failed';

/** What holds a process up: one operation, or processes that are to end. */
export interface Block {
  readonly at: readonly {
    readonly does: Direction;
    readonly channel: Channel;
    /** Of a write, as it is shown. */
    readonly value?: string;
  }[];
  readonly joins: readonly CspProcess[];
  readonly line: string | undefined;
  /** Announces the wait anew: others can end it than before. */
  renew(): void;
}

export class CspProcess {
  /** As the trace calls it: its function's name, with a number when there are several. */
  readonly name: string;
  /** As PyCSP calls it: 32 hex digits and the function's name. */
  readonly id: string;
  /** Processes that it spawned: it ends after them. */
  readonly spawned: CspProcess[] = [];
  readonly blocks = new Set<Block>();
  readonly #done = new Deferred<void>();
  ending: Ending | null = null;
  result: unknown = undefined;

  constructor(name: string, id: string) {
    this.name = name;
    this.id = id;
  }

  /** The function's name; PyCSP cuts it off. */
  get functionName(): string {
    return this.id.slice(this.id.indexOf('.') + 1);
  }

  get done(): PromiseLike<void> {
    return this.#done.promise;
  }

  end(ending: Ending): void {
    this.ending = ending;
    this.#done.resolve();
  }
}
