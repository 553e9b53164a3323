// RPyC's channel: messages of known length in a stream. Length (4 bytes, big-endian), whether the data
// is compressed (1 byte), the data, and a newline that makes line-buffered pipes go on.

import { unzlibSync, zlibSync } from 'fflate';

const HEADER_BYTES = 5;
const NEWLINE = 10;
/** Longer messages are compressed. */
const COMPRESSED_FROM = 3_000;
/** Beyond this they are no messages of RPyC's. */
const LENGTH_MAX = 64 * 1024 * 1024;

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
  #pieces: Uint8Array = new Uint8Array(0);

  /** True in the middle of a message. */
  get isInside(): boolean {
    return this.#pieces.length > 0;
  }

  /** Bytes that belong behind what is here. */
  push(bytes: Uint8Array): void {
    if (this.#pieces.length === 0) {
      this.#pieces = bytes.slice();
      return;
    }
    const all = new Uint8Array(this.#pieces.length + bytes.length);
    all.set(this.#pieces);
    all.set(bytes, this.#pieces.length);
    this.#pieces = all;
  }

  /**
   * The data of the next whole message, or null.
   *
   * @throws when what is there is no message
   */
  take(): Uint8Array | null {
    const here = this.#pieces;
    if (here.length < HEADER_BYTES) return null;
    const length = new DataView(here.buffer, here.byteOffset).getUint32(0);
    const end = HEADER_BYTES + length;
    if (length > LENGTH_MAX) throw new RangeError('no message of RPyC');
    if (here.length <= end) return null;
    const data = here.subarray(HEADER_BYTES, end);
    this.#pieces = here.subarray(end + 1);
    return here[4] === 0 ? data : unzlibSync(data);
  }
}
