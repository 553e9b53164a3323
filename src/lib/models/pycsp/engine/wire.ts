// The wire between nodes: JSON arrays `[kind, …]`, each with its length in four bytes before it. The same
// in both languages. Values are JSON where both know them (`{t: […]}` is a tuple); what Python pickles,
// only Python reads.

import { InfoException } from '../errors.ts';

/** A message: its kind, and what belongs to it. */
export type Message = readonly [kind: string, ...given: unknown[]];

const LENGTH_BYTES = 4;
/** No message is longer. */
const MESSAGE_MAX = 64 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeMessage(message: Message): Uint8Array {
  const text = encoder.encode(JSON.stringify(message));
  const bytes = new Uint8Array(LENGTH_BYTES + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}

/** Cuts a stream of bytes into messages. */
export class MessageReader {
  #rest = new Uint8Array(0);

  /** @throws SyntaxError for bytes of another protocol */
  push(bytes: Uint8Array): Message[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const view = new DataView(all.buffer);
    const messages: Message[] = [];
    let at = 0;
    while (all.length - at >= LENGTH_BYTES) {
      const length = view.getUint32(at);
      if (length > MESSAGE_MAX) throw new SyntaxError('not a message of PyCSP');
      const end = at + LENGTH_BYTES + length;
      if (end > all.length) break;
      messages.push(JSON.parse(decoder.decode(all.subarray(at + LENGTH_BYTES, end))) as Message);
      at = end;
    }
    this.#rest = all.slice(at);
    return messages;
  }
}

/** A channel end on the way: name of its channel, where that lives, `read` or `write`. */
export type EndAddress = readonly [name: string, host: string, port: number, direction: string];

/** What the codec cannot know by itself. */
export interface EndCodec {
  /** Where an end belongs, or null for another value. */
  addressOf(value: unknown): EndAddress | null;
  endOf(address: EndAddress): unknown;
}

/** @throws InfoException for a value that cannot travel */
export function encodeValue(value: unknown, ends: EndCodec): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : { f: floatText(value) };
  if (typeof value === 'bigint') return { i: String(value) };
  const address = ends.addressOf(value);
  if (address) return { e: address };
  if (typeof value === 'object') {
    const encoded = encodeObject(value, ends);
    if (encoded) return encoded;
  }
  const kind = typeof value === 'function' ? 'a function' : 'an object of a class';
  throw new InfoException(`${kind} cannot be sent to another node: send plain values`);
}

function encodeObject(value: object, ends: EndCodec): unknown {
  const encode = (item: unknown): unknown => encodeValue(item, ends);
  if (Array.isArray(value)) return { l: value.map(encode) };
  if (value instanceof Uint8Array) return { b: hexOf(value) };
  if (value instanceof Set) return { s: [...value].map(encode) };
  const prototype = Object.getPrototypeOf(value) as unknown;
  const isPlain = prototype === Object.prototype || prototype === null;
  if (!isPlain && !(value instanceof Map)) return null;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return { d: entries.map(([key, item]) => [encode(key), encode(item)]) };
}

/** A dictionary with texts as keys is a plain object, any other a Map; a tuple is a frozen array. */
export function decodeValue(value: unknown, ends: EndCodec): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[kind, given]] = Object.entries(value) as [[string, never]];
  const items = (): unknown[] => (given as unknown[]).map((item) => decodeValue(item, ends));
  switch (kind) {
    case 'i':
      return BigInt(given);
    case 'f':
      return floatOf(given);
    case 'l':
      return items();
    case 't':
      return Object.freeze(items());
    case 's':
      return new Set(items());
    case 'd':
      return dictionaryOf(
        (given as [unknown, unknown][]).map((it) => it.map((item) => decodeValue(item, ends))),
      );
    case 'b':
      return bytesOf(given);
    case 'e':
      return ends.endOf(given);
    default:
      throw new InfoException('a value that Python has pickled: only Python can read it');
  }
}

function dictionaryOf(entries: unknown[][]): unknown {
  const pairs = entries as [unknown, unknown][];
  if (!pairs.every(([key]) => typeof key === 'string')) return new Map(pairs);
  return Object.fromEntries(pairs as [string, unknown][]);
}

const FLOATS: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN };

function floatText(value: number): string {
  const name = Object.keys(FLOATS).find((it) => Object.is(FLOATS[it], value));
  return name ?? (Object.is(value, -0) ? '-0.0' : String(value));
}

function floatOf(text: string): number {
  return FLOATS[text] ?? Number(text);
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}
