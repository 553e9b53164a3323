// How console.log writes values: as Python's print where a value has a plain text, otherwise compact
// and close to the source (`[1, 2]`, `{a: 1, b: 'x'}`). Never locale, never engine text.

import { SimAsyncGenerator } from './async-generator.ts';
import { SimDate } from './date.ts';
import { errorTitle } from './engine-errors.ts';
import { SimPromise } from './promise.ts';

/** Longest text of one call, in UTF-16 units. */
export const PRINT_LENGTH_MAX = 4096;
const DEPTH_MAX = 6;
const ENTRIES_MAX = 100;

/**
 * A method by which a class of ours says how it is written inside other values (Python's `repr`).
 * Remote proxies need it: looking at any other property of theirs would be a message.
 */
export const repr: unique symbol = Symbol('repr') as never;

/** What `console.log(...values)` writes, without the newline. */
export function print(values: readonly unknown[]): string {
  const text = values.map((value) => printed(value)).join(' ');
  return text.length > PRINT_LENGTH_MAX ? `${text.slice(0, PRINT_LENGTH_MAX - 1)}…` : text;
}

/** A value on its own: strings bare, objects with a `toString` of their own by that. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null) {
    const own = ownText(value);
    if (own !== undefined) return own;
  }
  return show(value);
}

/** A value as it is written inside others. */
export function show(value: unknown): string {
  return new Writer().write(value, 0);
}

function ownText(value: object): string | undefined {
  if (repr in value || isBuiltIn(value)) return undefined;
  const { toString } = value as { toString?: unknown };
  if (typeof toString !== 'function' || toString === Object.prototype.toString) return undefined;
  const text: unknown = toString.call(value);
  return typeof text === 'string' ? text : undefined;
}

function isBuiltIn(value: object): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Error ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof SimDate ||
    value instanceof SimPromise ||
    value instanceof RegExp ||
    ArrayBuffer.isView(value)
  );
}

/** What an object or function of ours says of itself. */
function reprOf(value: object): string | undefined {
  const own = (value as { [repr]?: unknown })[repr];
  return typeof own === 'function' ? String(own.call(value)) : undefined;
}

function quoted(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `'${escaped}'`;
}

class Writer {
  readonly #above: object[] = [];
  /** Stops long before the limit would cut: a wide tree must not be written whole. */
  #length = 0;

  write(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#counted(
          quoted(value.length > PRINT_LENGTH_MAX ? value.slice(0, PRINT_LENGTH_MAX) : value),
        );
      case 'bigint':
        return this.#counted(`${value}n`);
      case 'function':
        return this.#counted(reprOf(value) ?? functionText(value));
      case 'object':
        return value === null ? 'null' : this.#object(value, depth);
      default:
        return this.#counted(String(value));
    }
  }

  #counted(text: string): string {
    this.#length += text.length;
    return text;
  }

  #object(value: object, depth: number): string {
    const own = reprOf(value);
    if (own !== undefined) return this.#counted(own);
    if (this.#above.includes(value)) return '[circular]';
    if (depth >= DEPTH_MAX) return Array.isArray(value) ? '[…]' : '{…}';
    this.#above.push(value);
    const text = this.#structure(value, depth + 1);
    this.#above.pop();
    return text;
  }

  #structure(value: object, depth: number): string {
    if (Array.isArray(value)) return this.#list('[', value, ']', (it) => this.write(it, depth));
    if (value instanceof Error) return this.#counted(errorTitle(value));
    if (value instanceof Map) {
      const entry = ([key, it]: [unknown, unknown]) =>
        `${this.write(key, depth)} => ${this.write(it, depth)}`;
      return this.#list('Map {', [...value], '}', entry);
    }
    if (value instanceof Set)
      return this.#list('Set {', [...value], '}', (it) => this.write(it, depth));
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return this.#list(
        `${classNameOf(value)} [`,
        value as unknown as ArrayLike<unknown>,
        ']',
        (it) => this.write(it, depth),
      );
    }
    return leafText(value) ?? this.#record(value, depth);
  }

  #record(value: object, depth: number): string {
    const name = classNameOf(value);
    const keys = Object.keys(value);
    const property = (key: string) => {
      const it = Object.getOwnPropertyDescriptor(value, key);
      const text = it && 'value' in it ? this.write(it.value, depth) : '[getter]';
      return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${text}`;
    };
    return this.#list(name === 'Object' || name === '' ? '{' : `${name} {`, keys, '}', property);
  }

  #list<T>(open: string, items: ArrayLike<T>, close: string, write: (item: T) => string): string {
    const parts: string[] = [];
    for (let i = 0; i < items.length; i++) {
      if (i === ENTRIES_MAX || this.#length > PRINT_LENGTH_MAX) {
        parts.push(`… ${items.length - i} more`);
        break;
      }
      parts.push(write(items[i]!));
    }
    return this.#counted(open) + parts.join(', ') + close;
  }
}

function leafText(value: object): string | undefined {
  if (value instanceof SimDate) return String(value);
  if (value instanceof RegExp) return `/${value.source}/${value.flags}`;
  if (value instanceof SimPromise) return 'Promise {…}';
  if (value instanceof SimAsyncGenerator) return 'AsyncGenerator {…}';
  if (value instanceof WeakMap) return 'WeakMap {…}';
  if (value instanceof WeakSet) return 'WeakSet {…}';
  if (value instanceof ArrayBuffer) return `ArrayBuffer {byteLength: ${value.byteLength}}`;
  return undefined;
}

function functionText(value: object): string {
  const { name } = value as { name?: unknown };
  return typeof name === 'string' && name !== '' ? `[function ${name}]` : '[function]';
}

function classNameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return '';
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor');
  const made: unknown =
    descriptor && ('value' in descriptor ? descriptor.value : descriptor.get?.call(prototype));
  return typeof made === 'function' ? made.name : '';
}
