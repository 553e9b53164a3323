// repr() as Python prints it, for the values that the wire carries. Celery's log lines and the
// argsrepr of its messages are made of it, in either language.

import { entriesOf, loads, partsOf, pythonNumber, pythonTypeName } from './json.ts';
import type { WireError } from './space.ts';

/** Celery cuts the description of arguments here. */
const LENGTH_MAX = 1024;
const DEPTH_MAX = 16;

/** `8`, `'T'`, `[1, 2]`, `{'a': None}`. Runs no learner code but getters. */
export function pythonRepr(value: unknown, depth = 0): string {
  switch (typeof value) {
    case 'string':
      return reprText(value);
    case 'number':
      return pythonNumber(value).replace('NaN', 'nan').replace('Infinity', 'inf');
    case 'boolean':
      return value ? 'True' : 'False';
    case 'undefined':
      return 'None';
    case 'function':
      return `<function ${value.name || '<lambda>'}>`;
    case 'object':
      return value === null ? 'None' : reprObject(value, depth);
    default:
      return String(value);
  }
}

function reprObject(value: object, depth: number): string {
  if (depth >= DEPTH_MAX) return '...';
  const many = (items: Iterable<unknown>): string =>
    Array.from(items, (item) => pythonRepr(item, depth + 1)).join(', ');
  if (Array.isArray(value)) return `[${many(value)}]`;
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${many(value)}}`;
  if (value instanceof Uint8Array) return reprBytes(value);
  if (value instanceof Error) return reprError(value);
  const entries = entriesOf(value);
  if (entries === null) return `<${pythonTypeName(value)} object>`;
  const members = entries.map(
    ([key, item]) => `${pythonRepr(key, depth + 1)}: ${pythonRepr(item, depth + 1)}`,
  );
  return `{${members.join(', ')}}`;
}

/** `ValueError('boom 7')`. */
export function reprError(error: { name: string; message: string }): string {
  return error.message === '' ? `${error.name}()` : `${error.name}(${reprText(error.message)})`;
}

/** `(1, 2)`, `(3,)`, `()`: positional arguments as the message describes them. */
export function reprTuple(items: readonly unknown[]): string {
  const inner = items.map((item) => pythonRepr(item)).join(', ');
  return shortened(items.length === 1 ? `(${inner},)` : `(${inner})`);
}

/** `{'y': 5}`. */
export function reprKeywords(keywords: Readonly<Record<string, unknown>>): string {
  return shortened(pythonRepr({ ...keywords }));
}

function shortened(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX - 3)}...`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function reprText(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inner = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (character === mark || character === '\\') inner += `\\${character}`;
    else if (ESCAPES[character] !== undefined) inner += ESCAPES[character];
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0)) inner += hexEscape(code);
    else inner += character;
  }
  return mark + inner + mark;
}

function reprBytes(bytes: Uint8Array): string {
  const inner = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if (character === "'" || character === '\\') return `\\${character}`;
    if (ESCAPES[character] !== undefined) return ESCAPES[character];
    return byte < 0x20 || byte >= 0x7f ? hexEscape(byte) : character;
  });
  return `b'${inner.join('')}'`;
}

function hexEscape(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?Infinity|[a-zA-Z]+/g;
const JSON_WORDS: Readonly<Record<string, string>> = {
  true: 'True',
  false: 'False',
  null: 'None',
  NaN: 'nan',
  Infinity: 'inf',
  '-Infinity': '-inf',
};

/** repr() of what Python would read from a JSON text that it wrote: `4.0` stays a float. */
export function reprOfJson(text: string): string {
  const repr = text.replace(JSON_TOKEN, (token) =>
    token.startsWith('"') ? reprText(loads(token) as string) : (JSON_WORDS[token] ?? token),
  );
  return shortened(repr);
}

/** The same of the tuple of several. */
export function reprOfJsonTuple(texts: readonly string[]): string {
  const items = texts.map(reprOfJson);
  return shortened(items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`);
}

/** `ValueError('boom c')` of an exception as it crosses the wire. */
export function reprOfWire({ type, argumentsText }: WireError): string {
  const items = [...partsOf(argumentsText.startsWith('[') ? argumentsText : '[]').values()];
  return `${type}(${items.map(reprOfJson).join(', ')})`;
}
