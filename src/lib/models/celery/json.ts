// JSON as Python's json module writes and reads it: `, ` and `: ` between parts, everything beyond
// ASCII escaped, integers of any size, NaN and Infinity. Messages and results have these bytes on
// the wire. The reader is our own so that large integers survive and error texts do not depend on
// the engine.

import { EncodeError } from './errors.ts';

/** A piece of text that is JSON already. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Deeper values are refused, as Python's recursion limit refuses them. */
const DEPTH_MAX = 500;

/**
 * Writes a value as Python would.
 *
 * @throws EncodeError `Object of type set is not JSON serializable`
 */
export function dumps(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) throw new EncodeError('Circular reference detected');
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return pythonNumber(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : dumpsObject(value, depth);
    default:
      throw notSerialisable(typeof value);
  }
}

function dumpsObject(value: object, depth: number): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) {
    return `[${value.map((item) => dumps(item, depth + 1)).join(', ')}]`;
  }
  const entries = entriesOf(value);
  if (entries === null) throw notSerialisable(pythonTypeName(value));
  const members = entries.map(([key, item]) => `${quote(keyText(key))}: ${dumps(item, depth + 1)}`);
  return `{${members.join(', ')}}`;
}

/** The entries of what Python would call a dict, else null. */
export function entriesOf(value: object): [unknown, unknown][] | null {
  if (value instanceof Map) return [...value.entries()] as [unknown, unknown][];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return null;
  return Object.entries(value);
}

/** Keys that are not text become text, as json.dumps has it. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'boolean' || key === null) return dumps(key);
  throw new EncodeError(
    `keys must be str, int, float, bool or None, not ${pythonTypeName(key as object)}`,
  );
}

function notSerialisable(typeName: string): EncodeError {
  return new EncodeError(`Object of type ${typeName} is not JSON serializable`);
}

/** What Python calls the type of a value that JSON cannot carry. */
export function pythonTypeName(value: object): string {
  if (value instanceof Set) return 'set';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Error) return value.name;
  const { constructor } = value as { constructor?: { name?: unknown } };
  const name = typeof constructor === 'function' ? constructor.name : undefined;
  return typeof name === 'string' && name !== '' ? name : 'object';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

// eslint-disable-next-line no-control-regex -- exactly what json.dumps escapes
const ESCAPED = /["\\\u0000-\u001f\u007f-\uffff]/g;

function quote(text: string): string {
  // Most texts have none.
  if (text.search(ESCAPED) < 0) return `"${text}"`;
  const escaped = text.replace(ESCAPED, (character) => {
    const short = ESCAPES[character];
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** A number as Python prints it: a safe integer is an int, everything else a float. */
export function pythonNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value + 0);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return pythonFloat(value);
}

/** `4.0`, `0.1`, `1e-07`: repr() of a Python float. */
export function pythonFloat(value: number): string {
  const [digits, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** Text that is not JSON, with the position at which that shows. */
export class JsonError extends Error {
  override name = 'JSONDecodeError';
}

/** Captured: what programs get is guarded, and weighs on their stack. */
const { parse } = JSON;
/** Of other texts the engine's reader, ten times as fast as ours, makes the same values. */
const DIFFERS = /\d{16}|NaN|Infinity/;

function mayNestTooDeep(text: string): boolean {
  if (text.length <= 2 * DEPTH_MAX) return false;
  let count = 0;
  for (const open of '[{') {
    for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at + 1)) {
      if (++count > DEPTH_MAX) return true;
    }
  }
  return false;
}

/**
 * Reads JSON text. Integers beyond 2^53 become bigint; objects have no prototype of their own keys
 * (`__proto__` is a key like any other).
 *
 * @throws JsonError
 */
export function loads(text: string): unknown {
  if (!DIFFERS.test(text) && !mayNestTooDeep(text)) {
    try {
      return parse(text);
    } catch {
      // Ours says where, in the same words in every engine.
    }
  }
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/**
 * The members of an object or the items of a list as they stand in the text, unread: so that a
 * value of the learner's passes through the engine unchanged.
 *
 * @throws JsonError when the text is neither
 */
export function partsOf(text: string): Map<string, string> {
  return new Reader(text).parts();
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** A piece of a string without an escape. */
const PLAIN = /[^"\\]*/y;
const WORDS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];
const UNESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw this.#error('value nested too deep');
    this.#skipSpace();
    const character = this.#text[this.#at];
    if (character === '"') return this.#string();
    if (character === '[') return this.#list(depth);
    if (character === '{') return this.#object(depth);
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('Extra data');
  }

  parts(): Map<string, string> {
    const parts = new Map<string, string>();
    const slice = (name: string): void => {
      this.#skipSpace();
      const start = this.#at;
      this.value(1);
      parts.set(name, this.#text.slice(start, this.#at));
    };
    this.#skipSpace();
    if (this.#text[this.#at] === '[') {
      let index = 0;
      this.#sequence('[', ']', () => slice(String(index++)));
    } else {
      this.#sequence('{', '}', () => slice(this.#key()));
    }
    this.end();
    return parts;
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#sequence('[', ']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #object(depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.#sequence('{', '}', () => {
      const key = this.#key();
      const value = this.value(depth + 1);
      Object.defineProperty(members, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    });
    return members;
  }

  #key(): string {
    this.#skipSpace();
    const key = this.#string();
    this.#skipSpace();
    this.#expect(':');
    return key;
  }

  #sequence(open: string, close: string, item: () => void): void {
    this.#expect(open);
    this.#skipSpace();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      this.#skipSpace();
      if (this.#text[this.#at] === close) break;
      this.#expect(',');
    }
    this.#at++;
  }

  #string(): string {
    this.#expect('"');
    let text = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      text += PLAIN.exec(this.#text)![0];
      this.#at = PLAIN.lastIndex;
      const character = this.#text[this.#at++];
      if (character === '"') return text;
      if (character === undefined) throw this.#error('Unterminated string');
      text += this.#escape();
    }
  }

  #escape(): string {
    const character = this.#text[this.#at++] ?? '';
    if (character !== 'u') {
      const plain = UNESCAPES[character];
      if (plain === undefined) throw this.#error('Invalid \\escape');
      return plain;
    }
    const code = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.#error('Invalid \\uXXXX escape');
    this.#at += 4;
    return String.fromCharCode(parseInt(code, 16));
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) throw this.#error('Expecting value');
    this.#at = NUMBER.lastIndex;
    const [text, fraction, exponent] = match;
    const value = Number(text);
    const isInt = fraction === undefined && exponent === undefined;
    return isInt && !Number.isSafeInteger(value) ? BigInt(text) : value;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) {
      const what = character === ',' || character === ':' ? ' delimiter' : '';
      throw this.#error(`Expecting '${character}'${what}`);
    }
    this.#at++;
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #error(message: string): JsonError {
    return new JsonError(`${message}: char ${this.#at}`);
  }
}
