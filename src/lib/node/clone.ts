// structuredClone for simulated processes: the same graph of plain values, in the same realm, with our
// words for what cannot be cloned. Class instances become plain objects, as in the platform's.

import { SimDate, DateConstructor } from './date.ts';
import { simErrors, type SimErrorName } from './engine-errors.ts';
import { NESTING_MAX, nestedTooDeep } from './meter.ts';
import { SimPromise } from './promise.ts';

/** The engine's own: what processes get counts calls. */
const { construct } = Reflect;

/** Deep copy of a value. @throws TypeError for functions, symbols, promises and weak collections */
export function structuredClone<T>(value: T): T {
  return new Cloner().clone(value) as T;
}

class Cloner {
  readonly #copies = new Map<object, object>();
  #depth = 0;

  clone(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') throw uncloneable(typeof value);
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (this.#depth === NESTING_MAX) throw nestedTooDeep();
    this.#depth++;
    const copy = this.#copy(value);
    this.#depth--;
    return copy;
  }

  #keep<T extends object>(original: object, copy: T): T {
    this.#copies.set(original, copy);
    return copy;
  }

  #copy(value: object): object {
    if (Array.isArray(value))
      return this.#fields(value, this.#keep(value, new Array<unknown>(value.length)));
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) {
      const copy = this.#keep(value, new Set());
      for (const it of [...value]) copy.add(this.clone(it));
      return copy;
    }
    if (value instanceof SimDate) {
      return this.#keep(
        value,
        construct(DateConstructor as new () => object, [value.getTime()]) as object,
      );
    }
    if (value instanceof RegExp) return this.#keep(value, new RegExp(value.source, value.flags));
    if (value instanceof Error) return this.#error(value);
    if (value instanceof ArrayBuffer) return this.#keep(value, value.slice(0));
    if (ArrayBuffer.isView(value)) return this.#view(value);
    for (const kind of [SimPromise, WeakMap, WeakSet])
      if (value instanceof kind) throw uncloneable(kind.name);
    return this.#fields(value, this.#keep(value, {}));
  }

  #fields(value: object, copy: object): object {
    for (const key of Object.keys(value)) {
      (copy as Record<string, unknown>)[key] = this.clone((value as Record<string, unknown>)[key]);
    }
    return copy;
  }

  #map(value: Map<unknown, unknown>): object {
    const copy = this.#keep(value, new Map<unknown, unknown>());
    for (const [key, it] of [...value]) copy.set(this.clone(key), this.clone(it));
    return copy;
  }

  #error(value: Error): object {
    const name = Object.hasOwn(simErrors, value.name) ? (value.name as SimErrorName) : 'Error';
    const options = value.cause === undefined ? undefined : { cause: this.clone(value.cause) };
    return this.#keep(value, new simErrors[name](value.message, options));
  }

  #view(value: ArrayBufferView): object {
    const buffer = this.clone(value.buffer);
    const View = value.constructor as new (
      buffer: unknown,
      offset: number,
      length: number,
    ) => object;
    const length = (value as { length?: number }).length ?? value.byteLength;
    return this.#keep(value, new View(buffer, value.byteOffset, length));
  }
}

function uncloneable(what: string): Error {
  return new simErrors.TypeError(`a ${what} cannot be cloned`);
}
