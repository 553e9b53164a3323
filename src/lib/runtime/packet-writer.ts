// One direction of a channel between two threads, at the end that writes: items in, flat packets
// out (packet-plan.ts). Its other end is packet-reader.ts.

import {
  ABSENT,
  copyBytes,
  NO_INT,
  WORD_COUNT_MAX,
  WORD_LENGTH_MAX,
  type FlatPacket,
  type PacketPlan,
} from './packet-plan.ts';

/** Captured: in a process's thread the program's scope gets others. */
const { stringify } = JSON;

/** Packets up to this many bytes are copied: handing over a buffer costs more than that. */
const COPY_BYTES_MAX = 8_192;

export class PacketWriter {
  readonly #wordIndex = new Map<string, number>();
  #numbers = new Float64Array(256);
  #length = 0;
  #words: string[] = [];
  #texts: string[] = [];
  #chunks: Uint8Array[] = [];
  #byteLength = 0;

  number(value: number): void {
    if (this.#length === this.#numbers.length) this.#grow();
    this.#numbers[this.#length++] = value;
  }

  /** One input or operation. */
  item<Item extends { tUs: number }>(plan: PacketPlan<Item>, item: Item): void {
    const values = item as unknown as Record<string, unknown>;
    const { index, fields } = plan.byKind.get(values[plan.tag] as string)!;
    this.number(index);
    this.number(item.tUs);
    if (plan.hasTicket) this.number(values.ticket as number);
    for (let at = 0; at < fields.length; at++) {
      const { name, type } = fields[at]!;
      const value = values[name];
      switch (type) {
        case 'int':
        case 'signed':
        case 'float':
        case 'id':
        case 'port':
          this.number(value as number);
          break;
        case 'int?':
          this.number((value as number | undefined) ?? NO_INT);
          break;
        case 'flag':
          this.number(value ? 1 : 0);
          break;
        case 'name':
        case 'name?':
        case 'name|null':
        case 'place?':
        case 'action':
        case 'path':
        case 'path?':
          this.#word(value as string | null | undefined);
          break;
        case 'preview':
        case 'text':
        case 'reason?':
          this.#text(value as string | undefined);
          break;
        case 'names':
          this.#list(value as readonly string[]);
          break;
        case 'bytes':
          this.#payload(value as Uint8Array);
          break;
        case 'json':
          this.#text(stringify(value) as string | undefined);
          break;
        default:
          return type satisfies never;
      }
    }
  }

  /** What was written since the last call. */
  take(): FlatPacket {
    const packet: FlatPacket = {
      numbers: new Float64Array(this.#numbers.subarray(0, this.#length)),
    };
    this.#length = 0;
    if (this.#words.length > 0) {
      packet.words = this.#words;
      this.#words = [];
    }
    if (this.#texts.length > 0) {
      packet.texts = this.#texts;
      this.#texts = [];
    }
    if (this.#byteLength > 0) packet.bytes = this.#bytes();
    return packet;
  }

  #grow(): void {
    const grown = new Float64Array(this.#numbers.length * 2);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }

  #word(text: string | null | undefined): void {
    if (text === undefined || text === null) return this.number(ABSENT);
    const known = this.#wordIndex.get(text);
    if (known !== undefined) return this.number(known);
    if (text.length > WORD_LENGTH_MAX || this.#wordIndex.size >= WORD_COUNT_MAX) {
      return this.#text(text);
    }
    this.#words.push(text);
    this.#wordIndex.set(text, this.#wordIndex.size + 1);
    this.number(this.#wordIndex.size);
  }

  #text(text: string | undefined): void {
    if (text === undefined) return this.number(ABSENT);
    this.#texts.push(text);
    this.number(-this.#texts.length);
  }

  #list(list: readonly string[]): void {
    this.number(list.length);
    for (let at = 0; at < list.length; at++) this.#word(list[at]);
  }

  #payload(bytes: Uint8Array): void {
    this.number(bytes.length);
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#byteLength += bytes.length;
  }

  #bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#byteLength);
    let offset = 0;
    for (let at = 0; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at]!;
      copyBytes(chunk, 0, bytes, offset, chunk.length);
      offset += chunk.length;
    }
    this.#chunks = [];
    this.#byteLength = 0;
    return bytes;
  }
}

/** The buffers of a packet that are worth handing over instead of copying. */
export function transferOf({ numbers, bytes }: FlatPacket): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  if (numbers.byteLength > COPY_BYTES_MAX) buffers.push(numbers.buffer as ArrayBuffer);
  if (bytes && bytes.byteLength > COPY_BYTES_MAX) buffers.push(bytes.buffer as ArrayBuffer);
  return buffers;
}
