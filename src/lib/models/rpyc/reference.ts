// A netref before it has a face: whose object, and how often the other side has sent it.

import type { RpycConnection } from './connection.ts';
import type { Pack } from './values.ts';

export class Reference {
  readonly connection: RpycConnection;
  readonly pack: Pack;
  count = 1;
  /** What learners hold; made when first needed. */
  netref: object | null = null;
  /** A learner's program has it: it is not dropped with the expression that brought it. */
  isKept = false;

  constructor(connection: RpycConnection, pack: Pack) {
    this.connection = connection;
    this.pack = pack;
  }
}

const references = new WeakMap<object, Reference>();
let create: (reference: Reference) => object;

/** Said once by face/netref.ts, which would otherwise need this module and be needed by it. */
export function setNetrefFactory(factory: (reference: Reference) => object): void {
  create = factory;
}

/** What learners hold of a reference: the same each time. */
export function netrefOf(reference: Reference): object {
  if (!reference.netref) {
    reference.netref = create(reference);
    references.set(reference.netref, reference);
  }
  return reference.netref;
}

/** The reference behind a netref, if it is one. */
export function packOf(value: unknown): Reference | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? references.get(value)
    : undefined;
}
