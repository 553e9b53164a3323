// As much of HTTP/1.1 as our own clients and servers speak: heads, bodies of known length, in chunks, or
// up to the end of the connection (RFC 9112, sections 2 to 7).

import type { Connection } from './connection.ts';
import { wait, type Body } from './promise.ts';

export interface HttpMessage {
  /** `GET /orders HTTP/1.1`, `HTTP/1.1 200 OK`. */
  line: string;
  /** The lines between the first one and the body, as they came. */
  head: readonly string[];
  /** By name in small letters; of one that comes twice the last. */
  fields: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** What cannot be read as HTTP. */
export class HttpError extends Error {
  override name = 'HttpError';
}

const HEAD_MAX = 1 << 16;
const BODY_MAX = 16 * 1024 * 1024;
const CR = 13;
const LF = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whether a response to this request has a body (RFC 9112, section 6.3). */
const hasBody = (status: number): boolean => status >= 200 && status !== 204 && status !== 304;

/** Reads the messages of one direction of a connection. */
export class HttpReader {
  readonly #connection: Connection;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The next message, or null at the end of the stream.
   *
   * @param method of the request that this answers: a HEAD is answered without a body; none for requests
   * @throws HttpError for what is no HTTP, is too long or ends in the middle; ConnectionError
   */
  *next(method?: string): Body<HttpMessage | null> {
    const head = yield* this.#head();
    if (head === null) return null;
    const [line = '', ...lines] = head.split('\r\n');
    const fields = new Map(
      lines.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim()];
      }),
    );
    const isResponse = method !== undefined;
    const isBare = isResponse && (method === 'HEAD' || !hasBody(Number(line.split(' ')[1])));
    const body = isBare ? new Uint8Array(0) : yield* this.#body(fields, isResponse);
    return { line, head: lines, fields, body };
  }

  *#head(): Body<string | null> {
    for (;;) {
      const end = headEnd(this.#bytes);
      if (end >= 0) {
        const head = decoder.decode(this.#bytes.subarray(0, end));
        this.#bytes = this.#bytes.subarray(end + 4);
        return head;
      }
      if (this.#bytes.length > HEAD_MAX) throw new HttpError('a head without end');
      const isBegun = this.#bytes.length > 0;
      if (!(yield* this.#more())) {
        if (isBegun) throw new HttpError('the connection was closed inside a head');
        return null;
      }
    }
  }

  *#body(fields: ReadonlyMap<string, string>, isResponse: boolean): Body<Uint8Array> {
    if (/\bchunked$/i.test(fields.get('transfer-encoding') ?? '')) return yield* this.#chunks();
    const length = fields.get('content-length');
    if (length !== undefined) return yield* this.#take(sizeOf(length, 10));
    if (!isResponse) return new Uint8Array(0);
    while (yield* this.#more()) if (this.#bytes.length > BODY_MAX) throw tooLong();
    return yield* this.#take(this.#bytes.length);
  }

  *#chunks(): Body<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const size = sizeOf((yield* this.#line()).split(';')[0]!, 16);
      total += size;
      if (total > BODY_MAX) throw tooLong();
      if (size > 0) chunks.push(yield* this.#take(size));
      // Of the last one also the fields that may follow it.
      while ((yield* this.#line()) !== '' && size === 0);
      if (size === 0) return joined(...chunks);
    }
  }

  *#line(): Body<string> {
    for (;;) {
      const end = this.#bytes.indexOf(LF);
      if (end >= 0) {
        const line = decoder.decode(this.#bytes.subarray(0, end)).trimEnd();
        this.#bytes = this.#bytes.subarray(end + 1);
        return line;
      }
      if (this.#bytes.length > HEAD_MAX) throw new HttpError('a line without end');
      if (!(yield* this.#more())) throw cutOff();
    }
  }

  *#take(count: number): Body<Uint8Array> {
    const parts = [this.#bytes];
    let size = this.#bytes.length;
    while (size < count) {
      const more = yield* wait(this.#connection.receive());
      if (more === null) throw cutOff();
      parts.push(more);
      size += more.length;
    }
    const all = joined(...parts);
    this.#bytes = all.subarray(count);
    return all.slice(0, count);
  }

  /** @returns false at the end of the stream */
  *#more(): Body<boolean> {
    const more = yield* wait(this.#connection.receive());
    if (more === null) return false;
    this.#bytes = joined(this.#bytes, more);
    return true;
  }
}

/** The bytes of a message; `Content-Length` is added. */
export function writeHttp(
  line: string,
  fields: Readonly<Record<string, string>>,
  body: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const all = { ...fields, 'Content-Length': String(body.length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return joined(encoder.encode([oneLine(line), ...lines, '', ''].join('\r\n')), body);
}

/** A line break inside would begin another field. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');

function sizeOf(text: string, radix: 10 | 16): number {
  const digits = radix === 10 ? /^\d{1,9}$/ : /^[\da-f]{1,8}$/i;
  if (!digits.test(text.trim())) throw new HttpError(`no length: ${text.slice(0, 40)}`);
  const size = Number.parseInt(text, radix);
  if (size > BODY_MAX) throw tooLong();
  return size;
}

const tooLong = (): HttpError => new HttpError(`a body of more than ${BODY_MAX} bytes`);
const cutOff = (): HttpError => new HttpError('the connection was closed inside a body');

function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at;
  }
  return -1;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
