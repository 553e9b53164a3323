// What everything of Pyro in one process shares: its settings, the names that its dissector has heard,
// the objects that its daemons serve, and the call that is being served.

import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { contextNow, type Body } from '#lib/node/promise.ts';
import { pyroWire } from './dissector.ts';
import { Link } from './link.ts';
import type { Objects } from './remote-values.ts';
import type { URI } from './uri.ts';
import { settingsOf, type Settings } from './settings.ts';

const CORRELATION_BYTES = 16;

/** What a method can know of the call that it serves; what follows from it carries the same id. */
export interface CallContext {
  correlation: Uint8Array;
  client: string;
}

export class Pyro {
  readonly process: NodeProcess;
  readonly settings: Settings;
  readonly #wire = pyroWire();
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

  /** The call that is being served, if one is. */
  get context(): CallContext | null {
    const context = contextNow();
    return isContext(context) ? context : null;
  }

  /** What every message carries: the id that all calls share which follow from one another. */
  annotations(): Record<string, Uint8Array> {
    const { context } = this;
    return context ? { CORR: context.correlation } : {};
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
