// Pyro's messages as bytes: the header, annotations (chunks of four letters, a length and bytes), and a
// payload. HMAC, which Pyro checks when a key is configured, is not used: keys are left out.

import { PYRO_HEADER_BYTES, readPyroHeader, writePyroHeader } from '#lib/protocol/pyro4.ts';

export interface Message {
  type: number;
  flags: number;
  sequence: number;
  serializer: number;
  /** By their four letters. */
  annotations: Readonly<Record<string, Uint8Array>>;
  payload: Uint8Array;
}

/** Bytes that are no message of this protocol. */
export class BrokenMessage extends Error {
  override name = 'BrokenMessage';
}

/** Letters and length of a chunk. */
const CHUNK_BYTES = 6;

export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  const { type, flags, sequence, serializer, payload } = message;
  const chunks = Object.entries(message.annotations);
  const annotationBytes = chunks.reduce((sum, [, value]) => sum + CHUNK_BYTES + value.length, 0);
  const dataBytes = payload.length;
  const bytes = new Uint8Array(PYRO_HEADER_BYTES + annotationBytes + dataBytes);
  bytes.set(writePyroHeader({ type, flags, sequence, serializer, dataBytes, annotationBytes }));
  let at = PYRO_HEADER_BYTES;
  for (const [key, value] of chunks) {
    for (let index = 0; index < 4; index++) bytes[at + index] = key.charCodeAt(index);
    new DataView(bytes.buffer).setUint16(at + 4, value.length);
    bytes.set(value, at + CHUNK_BYTES);
    at += CHUNK_BYTES + value.length;
  }
  bytes.set(payload, at);
  return bytes;
}

/** Puts messages together from what arrives. */
export class MessageReader {
  #bytes = new Uint8Array(0);

  /** How many bytes wait for the rest of their message. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  /**
   * The messages that are whole now.
   *
   * @throws BrokenMessage for another protocol or version, or a wrong checksum
   */
  push(bytes: Uint8Array): Message[] {
    const all = new Uint8Array(this.#bytes.length + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.length);
    const messages: Message[] = [];
    let at = 0;
    while (all.length - at >= PYRO_HEADER_BYTES) {
      const header = readPyroHeader(all.subarray(at));
      if (!header) throw new BrokenMessage('invalid data or unsupported protocol version');
      const begin = at + PYRO_HEADER_BYTES + header.annotationBytes;
      const end = begin + header.dataBytes;
      if (all.length < end) break;
      const { type, flags, sequence, serializer } = header;
      const annotations = readChunks(all.subarray(at + PYRO_HEADER_BYTES, begin));
      messages.push({
        type,
        flags,
        sequence,
        serializer,
        annotations,
        payload: all.slice(begin, end),
      });
      at = end;
    }
    this.#bytes = all.slice(at);
    return messages;
  }
}

function readChunks(bytes: Uint8Array): Record<string, Uint8Array> {
  const chunks: Record<string, Uint8Array> = {};
  let at = 0;
  while (at + CHUNK_BYTES <= bytes.length) {
    const key = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    chunks[key] = bytes.slice(at + CHUNK_BYTES, at + CHUNK_BYTES + length);
    at += CHUNK_BYTES + length;
  }
  return chunks;
}
