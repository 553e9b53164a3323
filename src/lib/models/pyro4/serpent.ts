// Serpent: values as Python literals, which is what Pyro4 carries by default. Written as serpent 1.41
// writes them (no blanks, bytes as base64 in a dict, infinities as literals that overflow), read as
// `ast.literal_eval` reads them. What a literal cannot say travels as a dict with a `__class__`.

import { btoaBytes } from './base64.ts';
import { LiteralReader } from './literal-reader.ts';
import { SerpentError } from './serpent-error.ts';
import { Complex, Float, pythonFloat, Tuple } from './values.ts';

const HEADER = '# serpent utf-8 python3.2\n';
/** Serpent stops at a fifth of Python's recursion limit. */
const DEPTH_MAX = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Turns an object into what serpent can say, usually a dict with a `__class__`; undefined: unknown. */
export type Describe = (value: object) => unknown;

/**
 * The bytes of a value.
 *
 * @throws SerpentError for cycles, too deep nesting, and what `describe` does not know
 */
export function dumps(value: unknown, describe: Describe = () => undefined): Uint8Array {
  return encoder.encode(HEADER + new Writer(describe).write(value, 0));
}

/**
 * The value of bytes.
 *
 * @throws SerpentError when they are no literal
 */
export function loads(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new SerpentError('ValueError', 'the data is not UTF-8');
  }
  return new LiteralReader(text).readAll();
}

class Writer {
  readonly #describe: Describe;
  readonly #above = new Set<object>();

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  write(value: unknown, depth: number): string {
    if (depth > DEPTH_MAX) throw new SerpentError('ValueError', 'Object graph nesting too deep.');
    switch (typeof value) {
      case 'string':
        return pythonString(value);
      case 'boolean':
        return value ? 'True' : 'False';
      case 'bigint':
        return String(value);
      case 'number':
        return Number.isSafeInteger(value) && !Object.is(value, -0)
          ? String(value)
          : floatLiteral(value);
      case 'undefined':
        return 'None';
      case 'object':
        return value === null ? 'None' : this.#object(value, depth);
      default:
        return this.#other(value as unknown as object, depth);
    }
  }

  #object(value: object, depth: number): string {
    if (value instanceof Float) return floatLiteral(value.value);
    if (value instanceof Complex) {
      const sign = value.imag >= 0 ? '+' : '';
      return `(${floatLiteral(value.real)}${sign}${floatLiteral(value.imag)}j)`;
    }
    if (value instanceof Uint8Array) {
      return `{'data': '${btoaBytes(value)}', 'encoding': 'base64'}`;
    }
    if (this.#above.has(value)) {
      throw new SerpentError('ValueError', `Circular reference detected (${kindOf(value)})`);
    }
    this.#above.add(value);
    try {
      return this.#structure(value, depth + 1);
    } finally {
      this.#above.delete(value);
    }
  }

  #structure(value: object, depth: number): string {
    const many = (items: Iterable<unknown>): string =>
      Array.from(items, (item) => this.write(item, depth)).join(',');
    if (value instanceof Tuple)
      return value.length === 1 ? `(${many(value)},)` : `(${many(value)})`;
    if (Array.isArray(value)) return `[${many(value)}]`;
    if (value instanceof Set) return value.size === 0 ? '()' : `{${this.#keys(value, depth)}}`;
    if (value instanceof Map) return this.#dict(value, depth);
    if (isPlain(value)) return this.#dict(Object.entries(value), depth);
    return this.#other(value, depth);
  }

  #keys(items: Iterable<unknown>, depth: number): string {
    return Array.from(items, (item) => this.write(hashable(item), depth)).join(',');
  }

  #dict(entries: Iterable<readonly [unknown, unknown]>, depth: number): string {
    const written = Array.from(
      entries,
      ([key, item]) => `${this.write(hashable(key), depth)}:${this.write(item, depth)}`,
    );
    return `{${written.join(',')}}`;
  }

  #other(value: object, depth: number): string {
    const described = this.#describe(value);
    if (described !== undefined) return this.write(described, depth);
    throw new SerpentError(
      'TypeError',
      `don't know how to serialize class ${classText(value)}. Give it vars() or an appropriate __getstate__`,
    );
  }
}

function floatLiteral(value: number): string {
  if (Number.isNaN(value)) return "{'__class__':'float','value':'nan'}";
  if (!Number.isFinite(value)) return value > 0 ? '1e30000' : '-1e30000';
  return pythonFloat(value);
}

/** A key of a dict or a member of a set. */
function hashable(value: unknown): unknown {
  const isPrimitive = value === null || typeof value !== 'object';
  const isKnown = value instanceof Tuple || value instanceof Float || value instanceof Complex;
  if (isPrimitive || isKnown) return value;
  throw new SerpentError(
    'TypeError',
    `one of the keys in a dict or set is not of a primitive hashable type: ${classText(value)}. ` +
      'Use simple types as keys or use a list or tuple as container.',
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: object): string {
  if (Array.isArray(value)) return 'list';
  return isPlain(value) || value instanceof Map ? 'dict' : 'class';
}

function classText(value: unknown): string {
  const name = typeof value === 'function' ? 'function' : (value as object).constructor.name;
  return `<class '${name}'>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** As Python's `repr` writes a str. Characters of no known meaning are written as they are. */
export function pythonString(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inner = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (character === mark || character === '\\') inner += `\\${character}`;
    else if (ESCAPES[character] !== undefined) inner += ESCAPES[character];
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad)
      inner += hex('x', code, 2);
    else if (code >= 0xd800 && code <= 0xdfff) inner += hex('u', code, 4);
    else inner += character;
  }
  return mark + inner + mark;
}

function hex(letter: string, code: number, digits: number): string {
  return `\\${letter}${code.toString(16).padStart(digits, '0')}`;
}
