// A number over time that stands still between its changes: how many wait, how many are at work. Kept as
// columns with the area under them, so that the mean of any stretch costs two look-ups.

import { Column } from './columns.ts';

/** The number is 0 before the first change. */
export class Steps {
  readonly #times = new Column(new Float64Array(16));
  readonly #values = new Column(new Float64Array(16));
  /** Up to each change: the sum of value × microseconds. */
  readonly #areas = new Column(new Float64Array(16));

  get length(): number {
    return this.#times.length;
  }

  /** The latest value. */
  get last(): number {
    return this.length === 0 ? 0 : this.#values.data[this.length - 1]!;
  }

  /** When it changed. */
  times(): Float64Array {
    return this.#times.data.subarray(0, this.length);
  }

  /** From `tUs` on, which is not before the latest change, the number is `value`. */
  set(tUs: number, value: number): void {
    const { length, last } = this;
    if (value === last) return;
    const before = length - 1;
    if (before >= 0 && this.#times.data[before] === tUs) {
      this.#values.data[before] = value;
      return;
    }
    const sinceUs = before < 0 ? tUs : this.#times.data[before]!;
    const area = before < 0 ? 0 : this.#areas.data[before]! + last * (tUs - sinceUs);
    this.#times.push(tUs);
    this.#values.push(value);
    this.#areas.push(area);
  }

  /** The same by a difference. */
  change(tUs: number, by: number): void {
    this.set(tUs, this.last + by);
  }

  /** Adds all changes of another one. */
  blend(other: Steps): void {
    const own = this.#taken();
    let [a, b] = [0, 0];
    while (a < own.times.length || b < other.length) {
      const [ownUs, otherUs] = [own.times[a] ?? Infinity, other.#times.data[b] ?? Infinity];
      const isOther = b < other.length && otherUs < ownUs;
      const tUs = isOther ? otherUs : ownUs;
      if (isOther) b++;
      else a++;
      const values = [own.values[a - 1] ?? 0, b === 0 ? 0 : other.#values.data[b - 1]!];
      this.set(tUs, values[0]! + values[1]!);
    }
  }

  valueAt(tUs: number): number {
    const position = this.#times.lastAtMost(tUs);
    return position < 0 ? 0 : this.#values.data[position]!;
  }

  /** The highest value in a stretch, its ends included. */
  maxIn(fromUs: number, toUs: number): number {
    let position = this.#times.lastAtMost(fromUs);
    let max = position < 0 ? 0 : this.#values.data[position]!;
    for (position++; position < this.length && this.#times.data[position]! <= toUs; position++) {
      max = Math.max(max, this.#values.data[position]!);
    }
    return max;
  }

  /** The mean over a stretch, which is longer than nothing. */
  meanIn(fromUs: number, toUs: number): number {
    return (this.#areaTo(toUs) - this.#areaTo(fromUs)) / (toUs - fromUs);
  }

  #areaTo(tUs: number): number {
    const position = this.#times.lastAtMost(tUs);
    if (position < 0) return 0;
    const sinceUs = tUs - this.#times.data[position]!;
    return this.#areas.data[position]! + this.#values.data[position]! * sinceUs;
  }

  #taken(): { times: Float64Array; values: Float64Array } {
    const { length } = this;
    const taken = {
      times: this.#times.data.slice(0, length),
      values: this.#values.data.slice(0, length),
    };
    for (const column of [this.#times, this.#values, this.#areas]) column.length = 0;
    return taken;
  }
}
