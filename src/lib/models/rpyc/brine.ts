// Brine: RPyC's coding of immutable values. One byte says what follows; small integers are that byte.
// Format: as RPyC 5.3 writes it, tried value by value against the real one (brine.test.ts).

/** A tuple is an array here; an array of learners' is a list and never gets this far. */
export type Brine =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyFloat
  | Complex
  | Slice
  | FrozenSet
  | Singleton
  | readonly Brine[];

/** A number that is a float although it has no fraction. */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Complex {
  readonly real: number;
  readonly imag: number;
  constructor(real: number, imag: number) {
    this.real = real;
    this.imag = imag;
  }
}

export class Slice {
  readonly parts: readonly Brine[];
  /** @param parts start, stop and step */
  constructor(parts: readonly Brine[]) {
    this.parts = parts;
  }
}

export class FrozenSet {
  readonly items: readonly Brine[];
  constructor(items: readonly Brine[]) {
    this.items = items;
  }
}

export class Singleton {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export const ELLIPSIS = new Singleton('Ellipsis');
export const NOT_IMPLEMENTED = new Singleton('NotImplemented');

/** Bytes that are no value. */
export class BrineError extends Error {
  override name = 'BrineError';
}

const TAG = {
  none: 0x00,
  emptyBytes: 0x01,
  emptyTuple: 0x02,
  true: 0x03,
  false: 0x04,
  notImplemented: 0x05,
  ellipsis: 0x06,
  unicode: 0x08,
  bytes1: 0x0a,
  bytesL1: 0x0e,
  bytesL4: 0x0f,
  tuple1: 0x10,
  tupleL1: 0x14,
  tupleL4: 0x15,
  intL1: 0x16,
  intL4: 0x17,
  float: 0x18,
  slice: 0x19,
  frozenSet: 0x1a,
  complex: 0x1b,
} as const;

/** Integers that are one byte, `n + INT_ZERO`. */
const INT_MIN = -0x30;
const INT_MAX = 0x9f;
const INT_ZERO = 0x50;
/** Lengths that have a tag of their own. */
const SHORT_MAX = 4;
const DEPTH_MAX = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function dump(value: Brine): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.write(value);
  return writer.take();
}

/** @throws BrineError when the bytes are not one whole value */
export function load(bytes: Uint8Array): Brine {
  return new Reader(bytes).read(0);
}

class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  write(value: Brine): void {
    if (value === null) return this.#byte(TAG.none);
    if (value === true || value === false) return this.#byte(value ? TAG.true : TAG.false);
    if (typeof value === 'string') {
      this.#byte(TAG.unicode);
      return this.#data(encoder.encode(value));
    }
    if (typeof value === 'bigint') return this.#int(value);
    if (typeof value === 'number') {
      return isInteger(value) ? this.#int(value) : this.#float(value);
    }
    if (value instanceof Uint8Array) return this.#data(value);
    this.#structure(value);
  }

  #structure(value: object & Brine): void {
    if (Array.isArray(value)) return this.#tuple(value as readonly Brine[]);
    if (value instanceof PyFloat) return this.#float(value.value);
    if (value instanceof Complex) {
      this.#byte(TAG.complex);
      this.#double(value.real);
      return this.#double(value.imag);
    }
    if (value instanceof Slice) {
      this.#byte(TAG.slice);
      return this.#tuple(value.parts);
    }
    if (value instanceof FrozenSet) {
      this.#byte(TAG.frozenSet);
      return this.#tuple(value.items);
    }
    this.#byte(value === ELLIPSIS ? TAG.ellipsis : TAG.notImplemented);
  }

  #tuple(items: readonly Brine[]): void {
    const { length } = items;
    if (length === 0) this.#byte(TAG.emptyTuple);
    else if (length <= SHORT_MAX) this.#byte(TAG.tuple1 + length - 1);
    else this.#head(length, TAG.tupleL1, TAG.tupleL4);
    for (const item of items) this.write(item);
  }

  #data(data: Uint8Array): void {
    const { length } = data;
    if (length === 0) this.#byte(TAG.emptyBytes);
    else if (length <= SHORT_MAX) this.#byte(TAG.bytes1 + length - 1);
    else this.#head(length, TAG.bytesL1, TAG.bytesL4);
    this.#append(data);
  }

  #int(value: number | bigint): void {
    if (value >= INT_MIN && value <= INT_MAX) return this.#byte(Number(value) + INT_ZERO);
    const digits = encoder.encode(String(value));
    this.#head(digits.length, TAG.intL1, TAG.intL4);
    this.#append(digits);
  }

  #float(value: number): void {
    this.#byte(TAG.float);
    this.#double(value);
  }

  #double(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    this.#append(bytes);
  }

  #head(length: number, short: number, long: number): void {
    if (length < 256) return this.#append(Uint8Array.of(short, length));
    const bytes = Uint8Array.of(long, 0, 0, 0, 0);
    new DataView(bytes.buffer).setUint32(1, length);
    this.#append(bytes);
  }

  #byte(byte: number): void {
    this.#append(Uint8Array.of(byte));
  }

  #append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(depth: number): Brine {
    if (depth > DEPTH_MAX) throw new BrineError('nested too deeply');
    const tag = this.#take(1)[0]!;
    if (tag >= INT_MIN + INT_ZERO && tag <= INT_MAX + INT_ZERO) return tag - INT_ZERO;
    if (tag >= TAG.bytes1 && tag < TAG.bytesL1) return this.#take(tag - TAG.bytes1 + 1);
    if (tag >= TAG.tuple1 && tag < TAG.tupleL1) return this.#items(tag - TAG.tuple1 + 1, depth);
    return this.#readTagged(tag, depth);
  }

  #readTagged(tag: number, depth: number): Brine {
    switch (tag) {
      case TAG.none:
        return null;
      case TAG.true:
      case TAG.false:
        return tag === TAG.true;
      case TAG.ellipsis:
        return ELLIPSIS;
      case TAG.notImplemented:
        return NOT_IMPLEMENTED;
      case TAG.emptyBytes:
        return new Uint8Array(0);
      case TAG.emptyTuple:
        return [];
      case TAG.unicode:
        return decoder.decode(this.#expect(Uint8Array, depth));
      case TAG.bytesL1:
      case TAG.bytesL4:
        return this.#take(this.#length(tag === TAG.bytesL4));
      case TAG.tupleL1:
      case TAG.tupleL4:
        return this.#items(this.#length(tag === TAG.tupleL4), depth);
      case TAG.intL1:
      case TAG.intL4:
        return intOf(decoder.decode(this.#take(this.#length(tag === TAG.intL4))));
      case TAG.float:
        return new PyFloat(this.#double());
      case TAG.complex:
        return new Complex(this.#double(), this.#double());
      case TAG.slice:
        return new Slice(this.#expect<Brine[]>(Array, depth));
      case TAG.frozenSet:
        return new FrozenSet(this.#expect<Brine[]>(Array, depth));
      default:
        throw new BrineError(`unknown tag: ${tag}`);
    }
  }

  #expect<T>(kind: new () => T, depth: number): T {
    const value = this.read(depth + 1);
    if (value instanceof kind) return value;
    throw new BrineError('a value of another kind was expected');
  }

  #items(count: number, depth: number): Brine[] {
    if (count > this.#bytes.length) throw new BrineError('cut off');
    return Array.from({ length: count }, () => this.read(depth + 1));
  }

  #length(isLong: boolean): number {
    const at = this.#at;
    this.#take(isLong ? 4 : 1);
    return isLong ? this.#view.getUint32(at) : this.#view.getUint8(at);
  }

  #double(): number {
    const at = this.#at;
    this.#take(8);
    return this.#view.getFloat64(at);
  }

  #take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw new BrineError('cut off');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Whether a number is Python's int: the others are floats, and so is -0. */
export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function intOf(digits: string): number | bigint {
  if (!/^-?\d+$/.test(digits)) throw new BrineError(`no integer: ${digits}`);
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}
