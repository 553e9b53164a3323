// RESP2, the protocol of Redis (https://redis.io/docs/reference/protocol-spec/): writing and an
// incremental reader. Bulk strings are "binary strings" here, one character per byte, so that keys
// compare cheaply and nothing is lost.

/** `+OK`. */
export class Simple {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** `-ERR unknown command`. */
export class ErrorReply {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value of the protocol; a plain string is a bulk string, null the null bulk or null array. */
export type Resp = Simple | ErrorReply | number | string | null | readonly Resp[];

export const OK = new Simple('OK');
export const QUEUED = new Simple('QUEUED');

/** Bytes that are no RESP. Redis closes the connection on it. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text to a binary string. */
export function binaryOf(text: string): string {
  // Most texts are ASCII, and then both forms are the same.
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return fromBytes(encoder.encode(text));
  }
  return text;
}

/** A binary string that holds UTF-8 to text. */
export function textOf(binary: string): string {
  for (let index = 0; index < binary.length; index++) {
    if (binary.charCodeAt(index) > 0x7f) return decoder.decode(toBytes(binary));
  }
  return binary;
}

/** Characters per call: engines bound the number of arguments. */
const CHUNK = 8_192;

function fromBytes(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (isAscii(bytes, start, end)) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + CHUNK, end)));
  }
  return text;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 0x7f) return false;
  return true;
}

function toBytes(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** The bytes of any number of values, one after the other. */
export function encodeResp(...values: readonly Resp[]): Uint8Array {
  const binary = values.map(binaryResp).join('');
  const bytes = encoder.encode(binary);
  // Of ASCII, which most of it is, UTF-8 is the same, and several times as fast.
  return bytes.length === binary.length ? bytes : toBytes(binary);
}

function binaryResp(value: Resp): string {
  if (value === null) return '$-1\r\n';
  if (typeof value === 'number') return `:${value}\r\n`;
  if (typeof value === 'string') return `$${value.length}\r\n${value}\r\n`;
  if (value instanceof Simple) return `+${value.text}\r\n`;
  if (value instanceof ErrorReply) return `-${value.text}\r\n`;
  return `*${value.length}\r\n${value.map(binaryResp).join('')}`;
}

/** The null array, with which BRPOP says that time is up. */
export const NULL_ARRAY_BYTES: Uint8Array = encoder.encode('*-1\r\n');

/** Redis refuses larger ones (proto-max-bulk-len, and 1 M items). */
const BULK_LENGTH_MAX = 512 * 1024 * 1024;
const ITEM_COUNT_MAX = 1024 * 1024;
const LINE_LENGTH_MAX = 64 * 1024;
const DEPTH_MAX = 32;

const INCOMPLETE = Symbol('incomplete');
type Incomplete = typeof INCOMPLETE;

const CR = 13;
const LF = 10;

/** Reads values from bytes as they arrive. */
export class RespReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  readonly #acceptsInline: boolean;

  /** @param acceptsInline a server also takes commands as plain words on a line */
  constructor(acceptsInline = false) {
    this.#acceptsInline = acceptsInline;
  }

  /**
   * Takes more bytes; returns the values that are complete now.
   *
   * @throws ProtocolError
   */
  push(bytes: Uint8Array): Resp[] {
    this.#append(bytes);
    const values: Resp[] = [];
    for (;;) {
      const start = this.#at;
      const value = this.#value(0);
      if (value === INCOMPLETE) {
        this.#at = start;
        break;
      }
      values.push(value);
    }
    this.#bytes = this.#bytes.subarray(this.#at);
    this.#at = 0;
    return values;
  }

  #append(bytes: Uint8Array): void {
    if (this.#bytes.length === 0) {
      this.#bytes = bytes;
      return;
    }
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
  }

  #value(depth: number): Resp | Incomplete {
    const line = this.#line();
    if (line === INCOMPLETE) return INCOMPLETE;
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return new Simple(rest);
      case '-':
        return new ErrorReply(rest);
      case ':':
        return integer(rest);
      case '$':
        return this.#bulk(integer(rest));
      case '*':
        return this.#array(integer(rest), depth);
      default:
        if (!this.#acceptsInline || depth > 0) throw unexpected(line);
        return line.split(' ').filter((word) => word !== '');
    }
  }

  #line(): string | Incomplete {
    const end = this.#bytes.indexOf(LF, this.#at);
    if (end < 0) {
      const isTooLong = this.#bytes.length - this.#at > LINE_LENGTH_MAX;
      if (isTooLong) throw new ProtocolError('too big inline request');
      return INCOMPLETE;
    }
    const hasReturn = end > this.#at && this.#bytes[end - 1] === CR;
    const line = fromBytes(this.#bytes, this.#at, hasReturn ? end - 1 : end);
    this.#at = end + 1;
    return line;
  }

  #bulk(length: number): string | null | Incomplete {
    if (length === -1) return null;
    if (length < 0 || length > BULK_LENGTH_MAX) throw new ProtocolError('invalid bulk length');
    const end = this.#at + length;
    if (this.#bytes.length < end + 2) return INCOMPLETE;
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF) {
      throw new ProtocolError('bulk string does not end in CRLF');
    }
    const value = fromBytes(this.#bytes, this.#at, end);
    this.#at = end + 2;
    return value;
  }

  #array(length: number, depth: number): Resp[] | null | Incomplete {
    if (length === -1) return null;
    const isInvalid = length < 0 || length > ITEM_COUNT_MAX || depth >= DEPTH_MAX;
    if (isInvalid) throw new ProtocolError('invalid multibulk length');
    const items: Resp[] = [];
    for (let index = 0; index < length; index++) {
      const item = this.#value(depth + 1);
      if (item === INCOMPLETE) return INCOMPLETE;
      items.push(item);
    }
    return items;
  }
}

function integer(text: string): number {
  if (!/^[+-]?\d{1,19}$/.test(text)) throw unexpected(text);
  return Number(text);
}

function unexpected(text: string): ProtocolError {
  return new ProtocolError(`unexpected bytes: ${text.slice(0, 20)}`);
}
