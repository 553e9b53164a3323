// `currentContext` as TypeScript learners have it: what a method can know of the call that it serves, and
// what a caller says beside its arguments.

import { simErrors } from '#lib/node/engine-errors.ts';
import { PyroError } from '../errors.ts';
import type { Annotations, ClientConnection, Resource } from '../hooks.ts';
import type { Pyro } from '../pyro.ts';

const ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const KEY_LENGTH = 4;

export class ContextFace {
  readonly #pyro: Pyro;

  constructor(pyro: Pyro) {
    this.#pyro = pyro;
  }

  /** Who calls; null outside of any call. */
  get client(): ClientConnection | null {
    return this.#pyro.context.client;
  }

  /** Host and port of the caller. */
  get clientSockAddr(): readonly [host: string, port: number] | null {
    const { client } = this;
    return client && [client.peer, client.port];
  }

  get seq(): number {
    return this.#pyro.context.sequence;
  }

  get msgFlags(): number {
    return this.#pyro.context.flags;
  }

  get serializerId(): number {
    return this.#pyro.context.serializer;
  }

  /** What came with the call; what is set goes with the next call of one's own. */
  get annotations(): Annotations {
    return this.#pyro.context.annotations;
  }

  set annotations(given: Annotations) {
    this.#pyro.context.annotations = checked(given);
  }

  /** What is set goes with the answer; after a call of one's own, what came with its answer. */
  get responseAnnotations(): Annotations {
    return this.#pyro.context.responseAnnotations;
  }

  set responseAnnotations(given: Annotations) {
    this.#pyro.context.responseAnnotations = checked(given);
  }

  /** The id that all calls share which follow from one another, as a UUID; null for none. */
  get correlationId(): string | null {
    const { correlation } = this.#pyro.context;
    if (!correlation) return null;
    const digits = Array.from(correlation, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  set correlationId(id: string | null) {
    if (id !== null && !ID.test(id)) throw new simErrors.TypeError(`not a UUID: ${String(id)}`);
    const digits = id?.replaceAll('-', '').match(/../g);
    const bytes = digits && Uint8Array.from(digits, (byte) => parseInt(byte, 16));
    this.#pyro.context.correlation = bytes ?? null;
  }

  /** Has a resource closed when the client of this call goes. */
  trackResource(resource: Resource): void {
    this.#caller('track').track(resource);
  }

  untrackResource(resource: Resource): void {
    this.#caller('untrack').untrack(resource);
  }

  #caller(verb: string): ClientConnection {
    const { client } = this;
    if (client) return client;
    throw new PyroError(`cannot ${verb} resource on a connectionless call`);
  }
}

function checked(given: Annotations): Annotations {
  for (const [key, value] of Object.entries(given)) {
    if (key.length === KEY_LENGTH && value instanceof Uint8Array) continue;
    throw new simErrors.TypeError(`annotations are bytes by ${KEY_LENGTH} letters, not ${key}`);
  }
  return { ...given };
}
