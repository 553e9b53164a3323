// One direction of a channel between two threads, at the end that reads. It believes nothing that
// it is sent: a hostile program that found a way to post packets of its own must not be able to do
// more than end the processes of its thread (DESIGN section 6). Every number is read once, checked
// against the type of its field, and copied; what does not fit refuses the whole packet.

import { FILE_ACTIONS, PATH_LENGTH_MAX, pathOf, type FileAction } from '#lib/protocol/file-tree.ts';
import type { PacketFieldType } from '#lib/protocol/packets.ts';
import {
  copyBytes,
  NO_INT,
  WORD_COUNT_MAX,
  WORD_LENGTH_MAX,
  type FlatPacket,
  type KindPlan,
  type PacketPlan,
} from './packet-plan.ts';

/** Captured: in a process's thread the program's scope gets others. */
const { parse } = JSON;
const { values: valuesOf } = Object;
const { toString: tagOf } = Object.prototype;
const { isArray } = Array;

/** What was sent is not a packet of ours. */
export class PacketRefusal extends Error {
  override name = 'PacketRefusal';
}

const ID_MAX = 0x7fff_ffff;
const PORT_MAX = 65_535;
const LIST_LENGTH_MAX = 64;
const NOTHING: string[] = [];
const NO_BYTES = new Uint8Array(0);

/** Longest text of each type, in characters. */
const LENGTH_MAX = {
  name: 200,
  names: 1_000,
  place: 300,
  preview: 200,
  text: 4_200,
  reason: 1_000,
  /** Of a JSON value; its parts are counted too. */
  json: 100_000,
} as const;

export class PacketReader {
  readonly #words: string[] = [];
  #numbers = new Float64Array(0);
  #at = 0;
  #texts: readonly unknown[] = [];
  #bytes = new Uint8Array(0);
  #byteAt = 0;

  /**
   * Begins to read a packet.
   *
   * @throws PacketRefusal when it has not the shape of one
   */
  open(data: unknown): void {
    const {
      numbers,
      words = NOTHING,
      texts = NOTHING,
      bytes = NO_BYTES,
    } = (data ?? {}) as Partial<FlatPacket>;
    if (!isA('Float64Array', numbers)) throw refused('numbers is not a Float64Array');
    if (!isA('Uint8Array', bytes)) throw refused('bytes is not a Uint8Array');
    if (!isArray(words) || !isArray(texts)) throw refused('texts are not a list');
    this.#numbers = numbers as Float64Array<ArrayBuffer>;
    this.#bytes = bytes as Uint8Array<ArrayBuffer>;
    this.#texts = texts;
    this.#at = 0;
    this.#byteAt = 0;
    if (this.#words.length + words.length > WORD_COUNT_MAX) throw refused('too many words');
    for (const word of words as unknown[]) {
      if (typeof word !== 'string' || word.length > WORD_LENGTH_MAX) throw refused('a bad word');
      this.#words.push(word);
    }
  }

  /** @throws PacketRefusal unless everything was read */
  close(): void {
    if (this.#at !== this.#numbers.length) throw refused('more numbers than it needs');
    this.#texts = [];
  }

  /** @throws PacketRefusal when the packet ends here */
  number(): number {
    if (this.#at >= this.#numbers.length) throw refused('it is cut off');
    return this.#numbers[this.#at++]!;
  }

  /** A length that this packet can hold. */
  count(): number {
    const count = this.number();
    if (!isInt(count) || count > this.#numbers.length - this.#at) throw refused('a bad count');
    return count;
  }

  /**
   * One input or operation.
   *
   * @param sinceUs it may not be stamped earlier
   */
  item<Item>(plan: PacketPlan<Item>, sinceUs: number): Item {
    const kindPlan = plan.kinds[this.number()];
    if (!kindPlan) throw refused('an item of unknown kind');
    const tUs = this.number();
    if (!isInt(tUs) || !(tUs >= sinceUs)) throw refused('an item is stamped out of order');
    const item: Record<string, unknown> = { ...kindPlan.template };
    item.tUs = tUs;
    if (plan.hasTicket) item.ticket = this.number();
    this.#fields(kindPlan, item);
    return item as Item;
  }

  #fields({ kind, fields }: KindPlan, item: Record<string, unknown>): void {
    for (let at = 0; at < fields.length; at++) {
      const { name, type } = fields[at]!;
      const value = this.#value(type);
      if (value === INVALID) throw refused(`${kind}.${name} is invalid`);
      item[name] = value;
    }
  }

  #value(type: PacketFieldType): unknown {
    switch (type) {
      case 'int':
        return this.#integer(0, Number.MAX_SAFE_INTEGER);
      case 'int?':
        return this.#optionalInteger();
      case 'signed':
        return this.#integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      case 'float':
        return this.#float();
      case 'id':
        return this.#integer(0, ID_MAX);
      case 'port':
        return this.#integer(0, PORT_MAX);
      case 'flag':
        return this.#flag();
      case 'name':
        return this.#text(LENGTH_MAX.name, INVALID);
      case 'name?':
        return this.#text(LENGTH_MAX.name, undefined);
      case 'name|null':
        return this.#text(LENGTH_MAX.name, null);
      case 'place?':
        return this.#text(LENGTH_MAX.place, undefined);
      case 'preview':
        return this.#text(LENGTH_MAX.preview, INVALID);
      case 'text':
        return this.#text(LENGTH_MAX.text, INVALID);
      case 'reason?':
        return this.#text(LENGTH_MAX.reason, undefined);
      case 'action':
        return this.#action();
      case 'path':
        return this.#path(INVALID);
      case 'path?':
        return this.#path(undefined);
      case 'names':
        return this.#list();
      case 'bytes':
        return this.#payload();
      case 'json':
        return this.#json();
      default:
        return type satisfies never;
    }
  }

  #integer(min: number, max: number): unknown {
    const value = this.number();
    return value >= min && value <= max && Math.floor(value) === value ? value : INVALID;
  }

  #optionalInteger(): unknown {
    const value = this.#integer(NO_INT, Number.MAX_SAFE_INTEGER);
    return value === NO_INT ? undefined : value;
  }

  #float(): unknown {
    const value = this.number();
    return value >= -Number.MAX_VALUE && value <= Number.MAX_VALUE ? value : INVALID;
  }

  #flag(): unknown {
    const value = this.number();
    return value === 0 || value === 1 ? value === 1 : INVALID;
  }

  #text(lengthMax: number, absent: unknown): unknown {
    const at = this.number();
    if (at === 0) return absent;
    const text: unknown = at > 0 ? this.#words[at - 1] : this.#texts[-at - 1];
    return typeof text === 'string' && text.length <= lengthMax ? text : INVALID;
  }

  #action(): unknown {
    const action = this.#text(LENGTH_MAX.name, INVALID);
    return FILE_ACTIONS.includes(action as FileAction) ? action : INVALID;
  }

  #path(absent: unknown): unknown {
    const path = this.#text(PATH_LENGTH_MAX, absent);
    return typeof path !== 'string' || pathOf(path) === path ? path : INVALID;
  }

  #list(): unknown {
    const count = this.count();
    if (count > LIST_LENGTH_MAX) return INVALID;
    const list: unknown[] = [];
    for (let at = 0; at < count; at++) list.push(this.#text(LENGTH_MAX.names, INVALID));
    return list.includes(INVALID) ? INVALID : list;
  }

  #payload(): unknown {
    const length = this.number();
    const end = this.#byteAt + length;
    if (!isInt(length) || end > this.#bytes.length) return INVALID;
    // A copy: whoever gets a view can reach the whole buffer.
    const bytes = new Uint8Array(length);
    copyBytes(this.#bytes, this.#byteAt, bytes, 0, length);
    this.#byteAt = end;
    return bytes;
  }

  #json(): unknown {
    const text = this.#text(LENGTH_MAX.json, undefined);
    if (typeof text !== 'string') return text;
    try {
      const value: unknown = parse(text);
      return isSmall(value) ? value : INVALID;
    } catch {
      return INVALID;
    }
  }
}

/** Stands for a value that its type does not allow. */
const INVALID = Symbol('invalid');

function refused(what: string): PacketRefusal {
  return new PacketRefusal(what);
}

function isInt(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value;
}

/** By its tag, because a packet may come from another realm; tags do not survive a forgery's clone. */
function isA(name: string, value: unknown): boolean {
  return tagOf.call(value) === `[object ${name}]`;
}

/** A JSON value of bounded size. */
function isSmall(value: unknown): boolean {
  let budget = 1_000;
  const visit = (item: unknown, depth: number): boolean => {
    if (--budget < 0 || depth > 8) return false;
    if (typeof item === 'string') return item.length <= 2_000;
    if (typeof item !== 'object' || item === null) return true;
    return valuesOf(item).every((part) => visit(part, depth + 1));
  };
  return visit(value, 0);
}
