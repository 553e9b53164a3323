// Reads Python literals as `ast.literal_eval` does: numbers, texts, bytes, tuples, lists, dicts, sets,
// complex numbers, comments. A dict whose keys are all texts becomes an object, any other a Map.

import { SerpentError } from './serpent-error.ts';
import { Complex, Tuple } from './values.ts';

const BLANK = /(?:\s|#[^\n]*(?:\n|$))*/y;
const NUMBER = /(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?j?/y;
const WORD = /None|True|False/y;
const DEPTH_MAX = 400;

const WORDS: Readonly<Record<string, unknown>> = { None: null, True: true, False: false };

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

export class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): unknown {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#malformed();
    return value;
  }

  #malformed(): SerpentError {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return new SerpentError('ValueError', `malformed literal at ${this.#at}: ${found}`);
  }

  #skip(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #take(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #value(): unknown {
    if (++this.#depth > DEPTH_MAX) throw new SerpentError('ValueError', 'too deep a literal');
    this.#skip();
    const value = this.#signed();
    this.#depth--;
    return value;
  }

  /** A value, or a sum that is a complex number. */
  #signed(): unknown {
    const first = this.#unary();
    this.#skip();
    const sign = this.#text[this.#at];
    if ((sign !== '+' && sign !== '-') || first === null || !isNumber(first)) return first;
    this.#at++;
    this.#skip();
    const second = this.#atom();
    if (!(second instanceof Complex)) throw this.#malformed();
    return new Complex(Number(first), sign === '-' ? -second.imag : second.imag);
  }

  #unary(): unknown {
    if (this.#take('+')) return this.#unary();
    if (!this.#take('-')) return this.#atom();
    const value = this.#unary();
    if (typeof value === 'bigint') return -value;
    if (typeof value === 'number') return -value;
    if (value instanceof Complex) return new Complex(-value.real, -value.imag);
    throw this.#malformed();
  }

  #atom(): unknown {
    const character = this.#text[this.#at] ?? '';
    if (character === '(') return this.#tuple();
    if (character === '[') return this.#items(']');
    if (character === '{') return this.#braces();
    if (character === "'" || character === '"') return this.#string(false);
    if (/[bB]/.test(character) && /['"]/.test(this.#text[this.#at + 1] ?? '')) {
      this.#at++;
      return this.#string(true);
    }
    const word = this.#match(WORD);
    if (word !== null) return WORDS[word];
    const number = this.#match(NUMBER);
    if (number === null) throw this.#malformed();
    return numberOf(number.replaceAll('_', ''));
  }

  /** The values up to the closing bracket. */
  #items(closing: string): unknown[] {
    this.#at++;
    const items: unknown[] = [];
    while (!this.#take(closing)) {
      items.push(this.#value());
      if (this.#take(',')) continue;
      if (!this.#take(closing)) throw this.#malformed();
      break;
    }
    return items;
  }

  /** A tuple, or a value in brackets. */
  #tuple(): unknown {
    const from = this.#at;
    const items = this.#items(')');
    const isTuple = items.length !== 1 || /,\s*\)$/.test(this.#text.slice(from, this.#at));
    return isTuple ? Tuple.holding(items) : items[0];
  }

  #braces(): unknown {
    this.#at++;
    if (this.#take('}')) return {};
    const first = this.#value();
    return this.#take(':') ? this.#dict(first) : this.#set(first);
  }

  #set(first: unknown): Set<unknown> {
    const items = new Set([first]);
    while (!this.#take('}')) {
      if (!this.#take(',')) throw this.#malformed();
      if (this.#take('}')) break;
      items.add(this.#value());
    }
    return items;
  }

  #dict(firstKey: unknown): unknown {
    const entries: [unknown, unknown][] = [[firstKey, this.#value()]];
    while (!this.#take('}')) {
      if (!this.#take(',')) throw this.#malformed();
      if (this.#take('}')) break;
      const key = this.#value();
      if (!this.#take(':')) throw this.#malformed();
      entries.push([key, this.#value()]);
    }
    const isObject = entries.every(([key]) => typeof key === 'string' && key !== '__proto__');
    return isObject ? Object.fromEntries(entries) : new Map(entries);
  }

  #string(isBytes: boolean): string | Uint8Array {
    const quote = this.#text[this.#at++]!;
    let text = '';
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined || character === '\n') throw this.#malformed();
      if (character === quote) break;
      text += character === '\\' ? this.#escape() : character;
    }
    return isBytes ? Uint8Array.from(text, (it) => it.charCodeAt(0)) : text;
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) {
      const code = this.#text.slice(this.#at, this.#at + digits);
      this.#at += digits;
      if (!/^[0-9a-fA-F]+$/.test(code) || parseInt(code, 16) > 0x10ffff) throw this.#malformed();
      return String.fromCodePoint(parseInt(code, 16));
    }
    if (/[0-7]/.test(letter)) {
      const more = /^[0-7]{0,2}/.exec(this.#text.slice(this.#at, this.#at + 2))![0];
      this.#at += more.length;
      return String.fromCharCode(parseInt(letter + more, 8));
    }
    return ESCAPES[letter] ?? `\\${letter}`;
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function numberOf(text: string): unknown {
  if (text.endsWith('j')) return new Complex(0, Number(text.slice(0, -1)));
  if (/[.eE]/.test(text)) return Number(text);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
