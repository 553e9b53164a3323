// Boxing: what crosses by value, what by reference, and the two tables of references of a connection.

import {
  type Brine,
  Complex,
  ELLIPSIS,
  FrozenSet,
  NOT_IMPLEMENTED,
  PyFloat,
  Slice,
} from './brine.ts';
import type { RpycConnection } from './connection.ts';
import { HANDLE, LABEL } from './consts.ts';
import { EOFError, typeError } from './errors.ts';
import { Tuple } from './face/values.ts';
import { classNameOf } from './local-objects.ts';
import { netrefOf, packOf, Reference } from './reference.ts';

/** An object's identity on the wire: name of its class, number of the class, its own. */
export type Pack = readonly [name: string, classId: number | bigint, objectId: number | bigint];

/** In place of a class's number: nobody compares ours. */
const CLASS_NUMBER = 1;
/** Of more references than this only the number is shown: counting them would take longer each time. */
const COUNTED_MAX = 256;

export class Values {
  readonly #connection: RpycConnection;
  /** Objects of this side that the other has netrefs to, and how often it was sent each. */
  readonly #held = new Map<string, { object: object; count: number }>();
  readonly #packs = new Map<object, Pack>();
  readonly #references = new Map<string, Reference>();
  #lastNumber = 0;

  constructor(connection: RpycConnection) {
    this.#connection = connection;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  get netrefCount(): number {
    return this.#references.size;
  }

  /** How many of each class: netrefs of this side (`of`), objects that the other holds (`lent`). */
  kinds(): { of?: [string, number][]; lent?: [string, number][] } {
    if (this.heldCount + this.netrefCount > COUNTED_MAX) return {};
    return { of: countedByClass(this.#references.keys()), lent: countedByClass(this.#held.keys()) };
  }

  clear(): void {
    this.#held.clear();
    this.#packs.clear();
    this.#references.clear();
  }

  boxAll(args: readonly unknown[]): Brine {
    const boxed = args.map((it) => this.box(it));
    const isPlain = boxed.every(isValue);
    return isPlain ? [LABEL.value, boxed.map(([, it]) => it!)] : [LABEL.tuple, boxed];
  }

  /** @throws TypeError for a promise, which would cross as an object that nobody can wait for */
  box(value: unknown): readonly Brine[] {
    if (value === undefined) return [LABEL.value, null];
    if (isBrine(value)) return [LABEL.value, value];
    if (value instanceof Tuple) return this.boxAll(value.items) as readonly Brine[];
    const reference = packOf(value);
    if (reference?.connection === this.#connection) return [LABEL.receivers, reference.pack];
    if (typeof value !== 'object' && typeof value !== 'function') {
      throw typeError(`a ${typeof value} cannot cross`);
    }
    return [LABEL.senders, this.#hold(value as object)];
  }

  unbox(boxed: Brine): unknown {
    const [label, value = null] = boxed as readonly Brine[];
    if (label === LABEL.value) return plain(value);
    if (label === LABEL.tuple) {
      return new Tuple((value as readonly Brine[]).map((it) => this.unbox(it)));
    }
    const pack = value as unknown as Pack;
    if (label === LABEL.receivers) return this.heldBy(pack).object;
    return netrefOf(this.#referenceTo(pack));
  }

  /** The arguments of a request; tuples among them are the arguments of a call. */
  unboxArguments(boxed: Brine): unknown[] {
    return [...(this.unbox(boxed) as Tuple)];
  }

  /** @throws KeyError's like of an object that the other side should have forgotten */
  heldBy(pack: Pack): { object: object; count: number } {
    const held = this.#held.get(pack.join(' '));
    if (!held) throw typeError(`no such object: ${pack[0]}`);
    return held;
  }

  /** The other side has dropped so many references to an object of this one. */
  drop(object: object, count: number): void {
    const pack = this.#packs.get(object);
    if (!pack) return;
    const held = this.heldBy(pack);
    held.count -= count;
    if (held.count > 0) return;
    this.#held.delete(pack.join(' '));
    this.#packs.delete(object);
  }

  /** This side has dropped its netref: its owner is told, and does not have to answer. */
  forget(reference: Reference): void {
    if (!this.#references.delete(reference.pack.join(' '))) return;
    try {
      this.#connection.send(HANDLE.del, [netrefOf(reference), reference.count], null);
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
    }
  }

  #hold(object: object): Pack {
    const known = this.#packs.get(object);
    const pack: Pack = known ?? [classNameOf(object), CLASS_NUMBER, ++this.#lastNumber];
    const held = this.#held.get(pack.join(' '));
    if (held) held.count++;
    else this.#held.set(pack.join(' '), { object, count: 1 });
    this.#packs.set(object, pack);
    return pack;
  }

  #referenceTo(pack: Pack): Reference {
    const key = pack.join(' ');
    const known = this.#references.get(key);
    if (known) {
      known.count++;
      return known;
    }
    const reference = new Reference(this.#connection, pack);
    this.#references.set(key, reference);
    return reference;
  }
}

/** By the packs of objects, which begin with the name of a class. */
function countedByClass(packs: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const pack of packs) {
    const name = pack.slice(0, pack.indexOf(' '));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts];
}

function isValue(boxed: readonly Brine[]): boolean {
  return boxed[0] === LABEL.value;
}

function isBrine(value: unknown): value is Brine {
  if (value === null || value === ELLIPSIS || value === NOT_IMPLEMENTED) return true;
  if (['boolean', 'number', 'bigint', 'string'].includes(typeof value)) return true;
  return [Uint8Array, PyFloat, Complex, Slice, FrozenSet].some((it) => value instanceof it);
}

/** What came by value as a learner sees it. */
function plain(value: Brine): unknown {
  if (value instanceof PyFloat) return value.value;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return new Tuple((value as readonly Brine[]).map(plain));
  return value;
}
