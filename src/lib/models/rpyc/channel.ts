// RPyC's channel: messages of known length in a stream. Length (4 bytes, big-endian), whether the data
// is compressed (1 byte), the data, and a newline that makes line-buffered pipes go on.

import { Unzlib, zlibSync } from 'fflate';

const HEADER_BYTES = 5;
const NEWLINE = 10;
/** Longer messages are compressed. */
const COMPRESSED_FROM = 3_000;
/** Beyond this they are no messages of RPyC's. */
const LENGTH_MAX = 16 * 1024 * 1024;

/** A message as it crosses the wire. */
export function frame(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const isCompressed = data.length > COMPRESSED_FROM;
  const body = isCompressed ? zlibSync(data, { level: 1 }) : data;
  const framed = new Uint8Array(HEADER_BYTES + body.length + 1);
  const view = new DataView(framed.buffer);
  view.setUint32(0, body.length);
  view.setUint8(4, Number(isCompressed));
  framed.set(body, HEADER_BYTES);
  framed[framed.length - 1] = NEWLINE;
  return framed;
}

/** Whether bytes can be the beginning of a stream of messages of RPyC's: a tuple of three. */
export function beginsMessage(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES + 3) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > LENGTH_MAX) return false;
  const [first, second] = bytes.subarray(HEADER_BYTES);
  const end = HEADER_BYTES + length;
  if (bytes.length > end && bytes[end] !== NEWLINE) return false;
  // zlib's own two bytes, or brine's of a tuple of three whose first is 1, 2 or 3.
  if (bytes[4] === 1) return first === 0x78;
  return bytes[4] === 0 && first === 0x12 && second! >= 0x51 && second! <= 0x53;
}

/** Puts a stream together again. */
export class Frames {
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** True in the middle of a message. */
  get isInside(): boolean {
    return this.#end > this.#start;
  }

  /** Bytes that belong behind what is here. */
  push(bytes: Uint8Array): void {
    const kept = this.#buffer.subarray(this.#start, this.#end);
    if (this.#end + bytes.length > this.#buffer.length) {
      // Twice what is needed: a message may come byte by byte.
      const larger = new Uint8Array(2 * (kept.length + bytes.length));
      larger.set(kept);
      this.#buffer = larger;
      this.#start = 0;
      this.#end = kept.length;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The data of the next whole message, or null.
   *
   * @throws when what is there is no message, or one of more than 16 MiB
   */
  take(): Uint8Array | null {
    const here = this.#buffer.subarray(this.#start, this.#end);
    if (here.length < HEADER_BYTES) return null;
    const length = new DataView(here.buffer, here.byteOffset).getUint32(0);
    const end = HEADER_BYTES + length;
    if (length > LENGTH_MAX) throw new RangeError('no message of RPyC');
    if (here.length <= end) return null;
    const data = here.slice(HEADER_BYTES, end);
    this.#start += end + 1;
    return here[4] === 0 ? data : inflated(data);
  }
}

/** Bytes that are unpacked at a time: a few may stand for very many. */
const PIECE_BYTES = 4_096;

function inflated(data: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Unzlib((piece) => {
    length += piece.length;
    if (length > LENGTH_MAX) throw new RangeError('too long for a message of RPyC');
    pieces.push(piece);
  });
  for (let at = 0; at < data.length; at += PIECE_BYTES) {
    stream.push(data.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= data.length);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
