// Values of Python that TypeScript has no type for, on their way over Pyro's wire.

import { repr, show } from '#lib/node/print.ts';

/** A Python float, also where its value is whole: `float(4)` travels as `4.0`. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return pythonFloat(this.value);
  }

  [repr](): string {
    return this.toString();
  }
}

/** A Python tuple: an array that says so. */
export class Tuple extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static holding(items: Iterable<unknown>): Tuple {
    const tuple = new Tuple();
    for (const item of items) tuple.push(item);
    return tuple;
  }

  [repr](): string {
    const inner = Array.from(this, (item) => show(item)).join(', ');
    return this.length === 1 ? `(${inner},)` : `(${inner})`;
  }
}

/** A complex number. */
export class Complex {
  readonly real: number;
  readonly imag: number;

  constructor(real: number, imag: number) {
    this.real = real;
    this.imag = imag;
  }

  toString(): string {
    const sign = this.imag < 0 || Object.is(this.imag, -0) ? '' : '+';
    return `(${this.real}${sign}${this.imag}j)`;
  }

  [repr](): string {
    return this.toString();
  }
}

/** Keyword arguments for a remote method. */
export class Keywords {
  readonly values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = { ...values };
  }
}

/** As Python's `repr` writes a float: the shortest digits that give it back. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e16 || (magnitude < 1e-4 && magnitude > 0)) {
    // JavaScript changes to exponents elsewhere, and writes them shorter.
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
