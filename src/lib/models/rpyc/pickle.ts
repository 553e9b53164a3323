// Pickles of plain values, protocol 3: how Python copies an object from one side to the other (`obtain`,
// `deliver`). Numbers, texts, bytes, lists, tuples, dicts and sets; a pickle that names any other class
// is refused, so that reading one never makes or calls anything of a program's.
// Format: the comments of Python's `pickletools`.

import { Complex, FrozenSet, isInteger, PyFloat } from './brine.ts';
import { typeError } from './errors.ts';
import { Tuple } from './face/values.ts';

export const PICKLE_PROTOCOL = 3;
/** Values inside values. */
const DEPTH_MAX = 200;
const INT4_MAX = 0x7fff_ffff;

const OP = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  int1: 0x4b,
  int2: 0x4d,
  int4: 0x4a,
  long1: 0x8a,
  long4: 0x8b,
  float: 0x47,
  text: 0x58,
  bytes1: 0x43,
  bytes4: 0x42,
  list: 0x5d,
  append: 0x61,
  appends: 0x65,
  dict: 0x7d,
  setitem: 0x73,
  setitems: 0x75,
  tuple0: 0x29,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  tuple: 0x74,
  put1: 0x71,
  put4: 0x72,
  get1: 0x68,
  get4: 0x6a,
  global: 0x63,
  reduce: 0x52,
} as const;

type Anything = Record<string, unknown>;
type Make = (args: readonly unknown[]) => unknown;

/** Classes that a pickle may name, and what is made of their arguments. */
const MADE: Readonly<Record<string, Make>> = {
  'builtins set': ([items]) => new Set(items as unknown[]),
  'builtins frozenset': ([items]) => new Set(items as unknown[]),
  'builtins complex': ([real, imag]) => new Complex(Number(real), Number(imag)),
  'builtins bytearray': ([bytes]) => bytes ?? new Uint8Array(0),
};

/** @throws TypeError for what Python has no plain value for */
export function writePickle(value: unknown): Uint8Array {
  return new Pickler().whole(value);
}

/** @throws TypeError for a pickle of anything else than plain values */
export function readPickle(bytes: Uint8Array): unknown {
  // Which dicts have texts for keys is known only at their end: a first reading looks.
  const first = new Unpickler(bytes, []);
  first.whole();
  return new Unpickler(bytes, first.haveTextKeys()).whole();
}

class Pickler {
  readonly #bytes: number[] = [OP.proto, PICKLE_PROTOCOL];
  readonly #numbers = new Map<object, number>();

  whole(value: unknown): Uint8Array {
    this.#write(value, 0);
    this.#bytes.push(OP.stop);
    return Uint8Array.from(this.#bytes);
  }

  #write(value: unknown, depth: number): void {
    if (depth > DEPTH_MAX) throw typeError('cannot pickle: values inside values, too deep');
    if (value === null || value === undefined) return void this.#bytes.push(OP.none);
    if (typeof value === 'boolean') return void this.#bytes.push(value ? OP.true : OP.false);
    if (typeof value === 'string') return this.#block(OP.text, new TextEncoder().encode(value));
    if (typeof value === 'bigint') return this.#long(value);
    if (typeof value === 'number') return this.#number(value);
    if (value instanceof PyFloat) return this.#float(value.value);
    const known = typeof value === 'object' ? this.#numbers.get(value) : undefined;
    if (known !== undefined) return this.#push4(OP.get4, known);
    this.#object(value as object, depth + 1);
  }

  #object(value: object, depth: number): void {
    if (value instanceof Uint8Array) return this.#block(OP.bytes4, value);
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof Tuple) return this.#tuple([...value], depth);
    if (value instanceof Set) return this.#made('set', [[...value]], depth);
    if (value instanceof FrozenSet) return this.#made('frozenset', [[...value.items]], depth);
    if (value instanceof Complex) {
      const parts = [value.real, value.imag].map((it) => new PyFloat(it));
      return this.#made('complex', parts, depth);
    }
    if (value instanceof Map) return this.#dict(value, [...value], depth);
    const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : value;
    if (prototype !== Object.prototype && prototype !== null) {
      throw typeError(`cannot pickle '${typeof value}' of TypeScript: only plain values cross so`);
    }
    this.#dict(value, Object.entries(value), depth);
  }

  #list(list: unknown[], depth: number): void {
    this.#bytes.push(OP.list);
    this.#remember(list);
    this.#bytes.push(OP.mark);
    for (const item of list) this.#write(item, depth);
    this.#bytes.push(OP.appends);
  }

  #tuple(items: readonly unknown[], depth: number): void {
    this.#bytes.push(OP.mark);
    for (const item of items) this.#write(item, depth);
    this.#bytes.push(OP.tuple);
  }

  #dict(dict: object, entries: readonly (readonly [unknown, unknown])[], depth: number): void {
    this.#bytes.push(OP.dict);
    this.#remember(dict);
    this.#bytes.push(OP.mark);
    for (const entry of entries) for (const part of entry) this.#write(part, depth);
    this.#bytes.push(OP.setitems);
  }

  #made(name: string, args: readonly unknown[], depth: number): void {
    this.#bytes.push(OP.global, ...new TextEncoder().encode(`builtins\n${name}\n`));
    this.#tuple(args, depth);
    this.#bytes.push(OP.reduce);
  }

  #remember(value: object): void {
    this.#push4(OP.put4, this.#numbers.size);
    this.#numbers.set(value, this.#numbers.size);
  }

  #number(value: number): void {
    if (!isInteger(value)) return this.#float(value);
    if (Math.abs(value) > INT4_MAX) return this.#long(BigInt(value));
    this.#push4(OP.int4, value);
  }

  #float(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    this.#bytes.push(OP.float, ...new Uint8Array(view.buffer));
  }

  /** Little-endian, two's complement. */
  #long(value: bigint): void {
    const digits: number[] = [];
    let rest = value;
    do {
      digits.push(Number(rest & 0xffn));
      rest >>= 8n;
    } while (rest !== (digits.at(-1)! & 0x80 ? -1n : 0n));
    this.#block(OP.long4, Uint8Array.from(digits));
  }

  #block(op: number, bytes: Uint8Array): void {
    this.#push4(op, bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  #push4(op: number, value: number): void {
    this.#bytes.push(op, value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  }
}

/** The machine that a pickle is a program of: it stacks values and puts them together. */
class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #hasTextKeys: readonly boolean[];
  readonly #dicts: object[] = [];
  readonly #isDict = new Set<unknown>();
  readonly #memo = new Map<number, unknown>();
  #stack: unknown[] = [];
  readonly #outer: unknown[][] = [];
  #at = 0;

  constructor(bytes: Uint8Array, hasTextKeys: readonly boolean[]) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#hasTextKeys = hasTextKeys;
  }

  /** Of each dict, in their order: whether all its keys are texts. */
  haveTextKeys(): boolean[] {
    return this.#dicts.map(
      (it) => it instanceof Map && [...it.keys()].every((key) => typeof key === 'string'),
    );
  }

  whole(): unknown {
    for (;;) {
      const op = this.#take(1)[0]!;
      if (op === OP.stop) return this.#pop();
      this.#do(op);
    }
  }

  #do(op: number): void {
    switch (op) {
      case OP.proto:
        return void this.#take(1);
      case OP.mark:
        this.#outer.push(this.#stack);
        this.#stack = [];
        return;
      case OP.append:
      case OP.appends:
        return this.#append(op === OP.append ? [this.#pop()] : this.#sinceMark());
      case OP.setitem:
        return this.#setItems([this.#pop(), this.#pop()].reverse());
      case OP.setitems:
        return this.#setItems(this.#sinceMark());
      case OP.put1:
      case OP.put4:
        return void this.#memo.set(this.#count(op === OP.put4), this.#stack.at(-1));
      default: {
        // First the value: it may be made of what lies on the stack.
        const value = this.#value(op);
        this.#stack.push(value);
      }
    }
  }

  #value(op: number): unknown {
    switch (op) {
      case OP.none:
        return null;
      case OP.true:
      case OP.false:
        return op === OP.true;
      case OP.int1:
        return this.#take(1)[0];
      case OP.int2:
        return this.#take(2).reduceRight((sum, byte) => sum * 256 + byte, 0);
      case OP.int4:
        return this.#number4(true);
      case OP.long1:
      case OP.long4:
        return longOf(this.#block(op === OP.long4));
      case OP.float:
        this.#take(8);
        return this.#view.getFloat64(this.#at - 8);
      case OP.text:
        return new TextDecoder().decode(this.#block(true));
      case OP.bytes1:
      case OP.bytes4:
        return this.#block(op === OP.bytes4);
      case OP.list:
        return [];
      case OP.dict:
        return this.#newDict();
      default:
        return this.#made(op);
    }
  }

  #made(op: number): unknown {
    switch (op) {
      case OP.tuple0:
      case OP.tuple1:
      case OP.tuple2:
      case OP.tuple3: {
        const count = op === OP.tuple0 ? 0 : op - OP.tuple1 + 1;
        const items = Array.from({ length: count }, () => this.#pop());
        return new Tuple(items.reverse());
      }
      case OP.tuple:
        return new Tuple(this.#sinceMark());
      case OP.get1:
      case OP.get4:
        return this.#memo.get(this.#count(op === OP.get4));
      case OP.global:
        return this.#global();
      case OP.reduce: {
        const args = this.#pop();
        const make = this.#pop();
        if (typeof make !== 'function' || !(args instanceof Tuple)) throw broken();
        return (make as Make)(args.items);
      }
      default:
        throw typeError(`a pickle with more than plain values (operation ${op})`);
    }
  }

  #global(): Make {
    const name = `${this.#line()} ${this.#line()}`;
    const make = Object.hasOwn(MADE, name) ? MADE[name] : undefined;
    if (make) return make;
    const shown = name.replace(' ', '.');
    throw typeError(`${shown} is a class of Python's: take what you need of it by value`);
  }

  #newDict(): object {
    const dict = this.#hasTextKeys[this.#dicts.length] ? {} : new Map<unknown, unknown>();
    this.#dicts.push(dict);
    this.#isDict.add(dict);
    return dict;
  }

  #append(items: readonly unknown[]): void {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw broken();
    for (const item of items) list.push(item);
  }

  #setItems(parts: readonly unknown[]): void {
    const dict = this.#stack.at(-1) as object;
    if (!this.#isDict.has(dict)) throw broken();
    for (let index = 0; index + 1 < parts.length; index += 2) {
      const [key, value] = [parts[index], parts[index + 1]];
      if (dict instanceof Map) dict.set(key, value);
      else define(dict as Anything, String(key), value);
    }
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw broken();
    return this.#stack.pop();
  }

  #sinceMark(): unknown[] {
    const items = this.#stack;
    const outer = this.#outer.pop();
    if (!outer) throw broken();
    this.#stack = outer;
    return items;
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.length < count) throw broken();
    this.#at += count;
    return taken;
  }

  #number4(isSigned: boolean): number {
    this.#take(4);
    const at = this.#at - 4;
    return isSigned ? this.#view.getInt32(at, true) : this.#view.getUint32(at, true);
  }

  #count(isLong: boolean): number {
    return isLong ? this.#number4(false) : this.#take(1)[0]!;
  }

  #block(isLong: boolean): Uint8Array {
    return this.#take(this.#count(isLong)).slice();
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw broken();
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }
}

/** Also where the key is `__proto__`. */
function define(object: Anything, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function longOf(bytes: Uint8Array): number | bigint {
  const hex = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x0${hex.join('')}`));
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function broken(): Error {
  return typeError('a broken pickle');
}
