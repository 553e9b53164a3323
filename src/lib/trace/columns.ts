// Growing typed arrays: a trace of a million events is a few flat blocks of memory, not a million
// objects.

type Cells = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;

/** A list of numbers of one width. `data` is longer than `length`; what lies beyond is garbage. */
export class Column<A extends Cells> {
  data: A;
  length = 0;

  /** @param empty an array of the wanted type; its length is the first capacity */
  constructor(empty: A) {
    this.data = empty;
  }

  push(value: number): number {
    if (this.length === this.data.length) this.#resize(Math.ceil(this.length * 1.5) + 16);
    this.data[this.length] = value;
    return this.length++;
  }

  /** Gives back what growing took in advance. */
  trim(): void {
    if (this.data.length > this.length) this.#resize(this.length);
  }

  get byteLength(): number {
    return this.data.byteLength;
  }

  /**
   * The position of the last value that is at most `value`, or -1. The list must be ascending.
   *
   * @param end positions from here on do not count
   */
  lastAtMost(value: number, end: number = this.length): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.data[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #resize(capacity: number): void {
    const Type = this.data.constructor as new (length: number) => A;
    const data = new Type(capacity);
    data.set(this.data.subarray(0, Math.min(this.length, capacity)));
    this.data = data;
  }
}

export type IntColumn = Column<Int32Array>;

export function intColumn(capacity = 16): IntColumn {
  return new Column(new Int32Array(capacity));
}
