// Values of TypeScript learners as they lie in files: JSON with marks for what JSON lacks. Functions
// travel as the names by which every process of the program has them.

import { DateConstructor, SimDate } from '#lib/node/date.ts';
import type { SharedNames } from '#lib/node/engine-errors.ts';
import { NESTING_MAX } from '#lib/node/meter.ts';
import { DiscoError } from './errors.ts';

/** Under this path in place of a module's: what the library itself has. */
const OWN = 'disco';

/** Where a function is found: exported by a module, or a member of what it exports. */
export interface FunctionName {
  path: string;
  name: string;
  member?: string;
}

export class Values {
  readonly #names: () => SharedNames | undefined;
  /** The library's own functions by name. */
  readonly #own: ReadonlyMap<string, unknown>;
  /** Members of learners' classes that are about to be written. */
  readonly members = new Map<unknown, FunctionName>();
  #depth = 0;

  constructor(names: () => SharedNames | undefined, own: ReadonlyMap<string, unknown>) {
    this.#names = names;
    this.#own = own;
  }

  /** @throws DiscoError for what cannot be written */
  dumps(value: unknown): string {
    this.#depth = 0;
    return JSON.stringify(this.#write(value));
  }

  /** @throws DiscoError when a name leads nowhere here */
  loads(text: string): unknown {
    return this.#read(JSON.parse(text));
  }

  /** Modules that a text refers to. */
  static pathsIn(text: string): string[] {
    const paths = new Set<string>();
    JSON.parse(text, (_key, value: unknown) => {
      const { $, path } = (value ?? {}) as { $?: unknown; path?: unknown };
      if ($ === 'function' && typeof path === 'string' && path !== OWN && path !== '') {
        paths.add(path);
      }
      return value;
    });
    return [...paths];
  }

  nameOf(value: unknown): FunctionName | null {
    const member = this.members.get(value);
    if (member) return member;
    for (const [name, own] of this.#own) if (own === value) return { path: OWN, name };
    return this.#names()?.of(value) ?? null;
  }

  #write(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return { $: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
      case 'bigint':
        return { $: 'bigint', text: String(value) };
      case 'undefined':
        return { $: 'undefined' };
      case 'function': {
        const found = this.nameOf(value);
        if (found) return { $: 'function', ...found };
        const name = (value as { name?: string }).name || 'a function without a name';
        throw cannot(`${name}; export it from its module, so that workers find it by that name`);
      }
      case 'object':
        return value === null ? null : this.#deeper(value);
      default:
        throw cannot(`a ${typeof value}`);
    }
  }

  #deeper(value: object): unknown {
    if (++this.#depth > NESTING_MAX) throw cannot('what is nested too deep, or in itself');
    const written = this.#object(value);
    this.#depth--;
    return written;
  }

  #object(value: object): unknown {
    const list = (items: Iterable<unknown>): unknown[] => [...items].map((it) => this.#write(it));
    if (Array.isArray(value)) return list(value as unknown[]);
    if (value instanceof Set) return { $: 'set', items: list(value) };
    if (value instanceof Map) return { $: 'map', items: list(value) };
    if (value instanceof Uint8Array) return { $: 'bytes', items: [...value] };
    if (value instanceof SimDate) return { $: 'date', ms: value.getTime() };
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== null && prototype !== Object.prototype) {
      const { name = 'object' } = (prototype.constructor ?? {}) as { name?: string };
      throw cannot(`an object of class ${name}: only plain values travel`);
    }
    const entries = Object.entries(value).map(([key, it]) => [key, this.#write(it)] as const);
    const isSafe = entries.every(([key]) => key !== '$' && key !== '__proto__');
    return isSafe ? Object.fromEntries(entries) : { $: 'object', items: entries };
  }

  #read(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#read(item));
    if (Object.hasOwn(value, '$')) return this.#marked(value as Record<string, unknown>);
    return objectOf(Object.entries(value).map(([key, it]) => [key, this.#read(it)]));
  }

  #marked(value: Record<string, unknown>): unknown {
    const items = (): unknown[] => (value['items'] as unknown[]).map((it) => this.#read(it));
    const text = String(value['text']);
    switch (value['$']) {
      case 'number':
        return Number(text);
      case 'bigint':
        return BigInt(text);
      case 'undefined':
        return undefined;
      case 'set':
        return new Set(items());
      case 'map':
        return new Map(items() as [unknown, unknown][]);
      case 'bytes':
        return Uint8Array.from(value['items'] as number[]);
      case 'date': {
        const ms = (value['ms'] as number | null) ?? NaN;
        return Reflect.construct(DateConstructor as new () => object, [ms]);
      }
      case 'object':
        return objectOf(items() as [string, unknown][]);
      default:
        return this.#find(value as unknown as FunctionName);
    }
  }

  #find({ path, name, member }: FunctionName): unknown {
    const found = path === OWN ? this.#own.get(name) : this.#names()?.find(path, name);
    const value = member === undefined ? found : memberOf(found, member);
    if (typeof value === 'function') return value;
    const words = `${path} has no ${[name, member].filter((it) => it).join('.')} here`;
    throw new DiscoError(
      `${words}: a worker runs a program only up to its first use of Disco. ` +
        'Write the function above that, or in a module of its own',
    );
  }
}

/** A static member of a class, or a method of its instances. */
export function memberOf(holder: unknown, name: string): unknown {
  const { prototype, [name]: own } = (holder ?? {}) as Record<string, unknown>;
  return own ?? (prototype as Record<string, unknown> | undefined)?.[name];
}

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries) {
    const descriptor = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(object, key, descriptor);
  }
  return object;
}

function cannot(what: string): DiscoError {
  return new DiscoError(`cannot send ${what}`);
}
