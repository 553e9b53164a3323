// Values that JavaScript has no literal for, and keyword arguments.

import { repr, show } from '#lib/node/print.ts';
import { PyFloat } from '../brine.ts';
import { showFloat, showTuple } from '../show.ts';

/** Python's tuple: crosses by value, if its items do. Frozen. */
export class Tuple<T = unknown> {
  readonly items: readonly T[];
  constructor(items: readonly T[]) {
    this.items = Object.freeze([...items]);
    Object.freeze(this);
  }
  get length(): number {
    return this.items.length;
  }
  at(index: number): T | undefined {
    return this.items.at(index);
  }
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }
  [repr](): string {
    return showTuple(this.items.map((item) => show(item)));
  }
}

/** A number that crosses as a float although it has no fraction. */
export class Float extends PyFloat {
  [repr](): string {
    return showFloat(this.value);
  }
}

/** Keyword arguments: the last argument of a call. */
export class Keywords {
  readonly values: Readonly<Record<string, unknown>>;
  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = { ...values };
  }
}
