// JSON as Python's `json` writes it with Pyro's settings: a blank behind commas and colons, characters as
// they are, `4.0` for a float. Tuples and sets arrive as lists, and keys as texts.

import { SerpentError } from './serpent-error.ts';
import type { Describe } from './serpent.ts';
import { Complex, Float, pythonFloat } from './values.ts';

const DEPTH_MAX = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws SerpentError for what JSON cannot say */
export function dumpJson(value: unknown, describe: Describe): Uint8Array {
  return encoder.encode(new Writer(describe).write(value, 0));
}

/** @throws SerpentError for bytes that are no JSON; `NaN` and `Infinity` are none here */
export function loadJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    throw new SerpentError('ValueError', 'the data is not JSON');
  }
}

class Writer {
  readonly #describe: Describe;

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  write(value: unknown, depth: number): string {
    if (depth > DEPTH_MAX) throw new SerpentError('ValueError', 'Circular reference detected');
    if (value === null || value === undefined) return 'null';
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value);
      case 'boolean':
      case 'bigint':
        return String(value);
      case 'number':
        return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : float(value);
      case 'object':
        return this.#object(value, depth + 1);
      default:
        return this.#other(value as unknown as object, depth + 1);
    }
  }

  #object(value: object, depth: number): string {
    if (value instanceof Float) return float(value.value);
    if (Array.isArray(value) || value instanceof Set) {
      return `[${Array.from(value as Iterable<unknown>, (it) => this.write(it, depth)).join(', ')}]`;
    }
    if (value instanceof Map) return this.#dict(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    return isPlain ? this.#dict(Object.entries(value), depth) : this.#other(value, depth);
  }

  #dict(entries: Iterable<readonly [unknown, unknown]>, depth: number): string {
    const written = Array.from(
      entries,
      ([key, item]) => `${JSON.stringify(keyText(key))}: ${this.write(item, depth)}`,
    );
    return `{${written.join(', ')}}`;
  }

  #other(value: object, depth: number): string {
    const isPythons = value instanceof Uint8Array || value instanceof Complex;
    const described = isPythons ? undefined : this.#describe(value);
    if (described !== undefined) return this.write(described, depth);
    const kind = value instanceof Uint8Array ? 'bytes' : nameOf(value).toLowerCase();
    throw new SerpentError(
      'TypeError',
      `don't know how to serialize class <class '${kind}'> using serializer JsonSerializer. ` +
        'Give it vars() or an appropriate __getstate__',
    );
  }
}

function nameOf(value: object): string {
  return typeof value === 'function' ? 'function' : value.constructor.name;
}

function float(value: number): string {
  if (Number.isFinite(value)) return pythonFloat(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (key === null || key === undefined) return 'null';
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key);
  if (typeof key === 'number' && Number.isFinite(key)) {
    return Number.isInteger(key) ? String(key) : pythonFloat(key);
  }
  throw new SerpentError('TypeError', 'keys must be str, int, float, bool or None');
}
