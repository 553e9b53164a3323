// Values of TypeScript learners as they travel between workers, in place of Python's pickle: JSON with
// marks for what JSON lacks. Functions, and classes of instances, travel as the names by which every
// worker's copy of the program exports them.

import { DateConstructor, SimDate } from '#lib/node/date.ts';
import { simErrors, type SharedNames, type SimErrorName } from '#lib/node/engine-errors.ts';
import { NESTING_MAX } from '#lib/node/meter.ts';
import { SimPromise } from '#lib/node/promise.ts';
import * as errors from './errors.ts';

/** A marked value: its kind, and what is in it. */
type Marked =
  | { $: 'undefined' }
  | { $: 'number' | 'bigint'; text: string }
  | { $: 'date'; ms: number | null }
  | { $: 'bytes'; items: number[] }
  | { $: 'set'; items: unknown[] }
  | { $: 'map' | 'object'; entries: [unknown, unknown][] }
  | { $: 'name'; path: string; name: string }
  | { $: 'instance'; of: Marked; entries: [string, unknown][] }
  | { $: 'error'; name: string; message: string; of: Marked | null; entries: [string, unknown][] };

/** Under this path in place of a module's: what the library itself has in every worker. */
const OWN = 'scoop';

export class Pickler {
  readonly #names: () => SharedNames | undefined;
  /** The library's own functions by name. */
  readonly #own: ReadonlyMap<string, unknown>;
  #depth = 0;

  constructor(names: () => SharedNames | undefined, own: ReadonlyMap<string, unknown>) {
    this.#names = names;
    this.#own = own;
  }

  /** @throws PicklingError */
  dumps(value: unknown): string {
    this.#depth = 0;
    return JSON.stringify(this.#write(value));
  }

  /** @throws ReferenceBroken when a name leads nowhere here */
  loads(text: string): unknown {
    return this.#read(JSON.parse(text));
  }

  #write(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return isPlain(value)
          ? value
          : mark({ $: 'number', text: Object.is(value, -0) ? '-0' : String(value) });
      case 'bigint':
        return mark({ $: 'bigint', text: String(value) });
      case 'undefined':
        return mark({ $: 'undefined' });
      case 'function':
        return this.#name(value);
      case 'object':
        return value === null ? null : this.#deeper(() => this.#object(value));
      default:
        throw cannot(`a ${typeof value}`);
    }
  }

  #deeper<T>(work: () => T): T {
    if (this.#depth >= NESTING_MAX) throw cannot('an object that is nested too deep, or in itself');
    this.#depth++;
    const result = work();
    this.#depth--;
    return result;
  }

  #object(value: object): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#write(item));
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)];
      return mark({
        $: 'map',
        entries: entries.map(([key, it]) => [this.#write(key), this.#write(it)]),
      });
    }
    if (value instanceof Set)
      return mark({ $: 'set', items: [...value].map((it) => this.#write(it)) });
    if (value instanceof Uint8Array) return mark({ $: 'bytes', items: [...value] });
    if (value instanceof SimDate) {
      const ms = value.getTime();
      return mark({ $: 'date', ms: Number.isNaN(ms) ? null : ms });
    }
    if (value instanceof Error) return this.#error(value);
    if (value instanceof SimPromise) throw cannot('a promise; await it first');
    const entries = this.#entries(value);
    const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
    if (prototype === null || prototype === Object.prototype) return plain(entries);
    return mark({ $: 'instance', of: this.#name(prototype.constructor), entries });
  }

  #error(error: Error): Marked {
    const entries = this.#entries(error).filter(([key]) => key !== 'name' && key !== 'message');
    const found = this.#nameOf(error.constructor);
    return { $: 'error', name: error.name, message: error.message, of: found, entries };
  }

  #entries(value: object): [string, unknown][] {
    return Object.entries(value).map(([key, it]) => [key, this.#write(it)]);
  }

  #name(value: unknown): Marked {
    const found = this.#nameOf(value);
    if (found) return found;
    const { name = '' } = value as { name?: string };
    if (name === '')
      throw cannot('a function without a name; export it from its module and pass it by its name');
    throw cannot(`${name}; export it from its module, so that workers find it by that name`);
  }

  #nameOf(value: unknown): Marked | null {
    for (const [name, own] of this.#own) if (own === value) return { $: 'name', path: OWN, name };
    const found = this.#names()?.of(value);
    return found ? { $: 'name', ...found } : null;
  }

  #read(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#read(item));
    if (Object.hasOwn(value, '$')) return this.#marked(value as Marked);
    return objectOf(Object.entries(value).map(([key, it]) => [key, this.#read(it)]));
  }

  #marked(value: Marked): unknown {
    switch (value.$) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(value.text);
      case 'bigint':
        return BigInt(value.text);
      case 'date':
        return Reflect.construct(DateConstructor as new () => object, [value.ms ?? NaN]);
      case 'bytes':
        return Uint8Array.from(value.items);
      case 'set':
        return new Set(value.items.map((it) => this.#read(it)));
      case 'map':
        return new Map(value.entries.map(([key, it]) => [this.#read(key), this.#read(it)]));
      case 'object':
        return objectOf(value.entries.map(([key, it]) => [String(key), this.#read(it)]));
      case 'name':
        return this.#find(value);
      case 'instance': {
        const { prototype } = this.#find(value.of) as { prototype: object };
        return this.#fill(Object.create(prototype) as object, value.entries);
      }
      case 'error':
        return this.#fill(this.#emptyError(value), value.entries);
      default:
        return value satisfies never;
    }
  }

  #fill(object: object, entries: readonly [string, unknown][]): object {
    for (const [key, it] of entries) define(object, key, this.#read(it));
    return object;
  }

  /** Of the same class if it has a name here, else of one that is known. */
  #emptyError({ name, message, of }: Extract<Marked, { $: 'error' }>): object {
    const own = (errors as Record<string, unknown>)[name];
    const known = Object.hasOwn(simErrors, name)
      ? simErrors[name as SimErrorName]
      : simErrors.Error;
    const Class = (of ? this.#find(of) : (own ?? known)) as { prototype: object };
    const error = new simErrors.Error(message);
    Object.setPrototypeOf(error, Class.prototype);
    if (error.name !== name) define(error, 'name', name);
    return error;
  }

  #find(value: Marked): unknown {
    const { path, name } = value as Extract<Marked, { $: 'name' }>;
    const found = path === OWN ? this.#own.get(name) : this.#names()?.find(path, name);
    if (found !== undefined) return found;
    throw new errors.ReferenceBroken(`Can't get attribute '${name}' on <module '${path}'>`);
  }
}

function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function mark(value: Marked): Marked {
  return value;
}

/** As it is, unless its own keys look like a mark. */
function plain(entries: [string, unknown][]): unknown {
  const isSafe = entries.every(([key]) => key !== '$' && key !== '__proto__');
  return isSafe ? Object.fromEntries(entries) : mark({ $: 'object', entries });
}

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, it] of entries) define(object, key, it);
  return object;
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function cannot(what: string): errors.PicklingError {
  return new errors.PicklingError(`Can't pickle ${what}`);
}
