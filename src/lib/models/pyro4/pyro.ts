// What everything of Pyro in one process shares: its settings, the names that its dissector has heard,
// the objects that its daemons serve, and the call that is being served.

import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { contextNow, type Body } from '#lib/node/promise.ts';
import { pyroWire } from './dissector.ts';
import type { Annotations, ClientConnection } from './hooks.ts';
import { Link } from './link.ts';
import type { Objects } from './remote-values.ts';
import type { URI } from './uri.ts';
import { settingsOf, type Settings } from './settings.ts';

const CORRELATION_BYTES = 16;

/** What a method can know of the call that it serves; what follows from it carries the same id. */
export interface CallContext {
  /** null outside of any call. */
  correlation: Uint8Array | null;
  client: ClientConnection | null;
  sequence: number;
  flags: number;
  serializer: number;
  /** What came with the call; outside of one, what goes with the next. */
  annotations: Annotations;
  /** What goes with the answer; after a call of one's own, what came with its answer. */
  responseAnnotations: Annotations;
  /** The method that is called is a call-back. */
  isCallback: boolean;
}

const NO_CALL: CallContext = {
  correlation: null,
  client: null,
  sequence: 0,
  flags: 0,
  serializer: 0,
  annotations: {},
  responseAnnotations: {},
  isCallback: false,
};

export class Pyro {
  readonly process: NodeProcess;
  readonly settings: Settings;
  readonly #wire = pyroWire();
  readonly #own: CallContext = { ...NO_CALL };
  /** From any URI to an address: asks a name server (locate.ts). */
  resolve: (uri: URI) => Body<URI> = function* (uri) {
    yield* [];
    return uri;
  };
  objects: Objects = { referenceOf: () => null, proxyOf: () => null };

  constructor(process: NodeProcess) {
    this.process = process;
    this.settings = settingsOf(process.spec.env);
  }

  link(connection: Connection): Link {
    return new Link(this.process, connection, this.#wire.create());
  }

  /** Of the call that is being served, or of the program outside of any. */
  get context(): CallContext {
    const context = contextNow();
    return isContext(context) ? context : this.#own;
  }

  /** What goes with a message: the given, and the id that all calls share which follow from one another. */
  annotations(given: Annotations): Annotations {
    const { correlation } = this.context;
    const { CORR: _old, ...rest } = given;
    return correlation ? { ...rest, CORR: correlation } : rest;
  }

  /** Of a call without one. */
  newCorrelation(): Uint8Array {
    return this.process.randomBytes(CORRELATION_BYTES);
  }

  /** 32 hexadecimal digits. */
  newId(): string {
    const bytes = this.process.randomBytes(CORRELATION_BYTES);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

function isContext(value: unknown): value is CallContext {
  return typeof value === 'object' && value !== null && 'correlation' in value;
}
