// What a learner's daemon may have its say in, and what it sees of a client.

import type { Link } from './link.ts';

/** By four letters: what goes beside a message's value. */
export type Annotations = Readonly<Record<string, Uint8Array>>;

/** Whatever can be closed when a client goes. */
export interface Resource {
  close(): unknown;
}

/** One client of a daemon: a connection. */
export class ClientConnection {
  readonly #link: Link;
  readonly #resources = new Set<Resource>();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Name of the node at the other end. */
  get peer(): string {
    return this.#link.peer;
  }

  /** The port there. */
  get port(): number {
    return this.#link.peerPort;
  }

  close(): void {
    this.#link.close();
  }

  track(resource: Resource): void {
    this.#resources.add(resource);
  }

  untrack(resource: Resource): void {
    this.#resources.delete(resource);
  }

  /** It has gone: what it used is closed. What fails at that is nobody's to hear. */
  releaseAll(): void {
    for (const resource of this.#resources) {
      try {
        resource.close();
      } catch {
        continue;
      }
    }
    this.#resources.clear();
  }
}

export interface DaemonHooks {
  /** Answers a client's greeting; an exception sends it away. */
  validateHandshake(client: ClientConnection, data: unknown): unknown;
  /** A client has gone. */
  clientDisconnect(client: ClientConnection): unknown;
  /** What to send with each answer. */
  annotations(): Annotations;
}

export const NO_HOOKS: DaemonHooks = {
  validateHandshake: () => 'hello',
  clientDisconnect: () => undefined,
  annotations: () => ({}),
};
