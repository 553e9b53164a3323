// Values of brine as Python would write them, for previews and for output.

import { type Brine, Complex, FrozenSet, isInteger, PyFloat, Singleton, Slice } from './brine.ts';

/** Items of a tuple that are shown. */
const ITEMS_MAX = 20;
/** Characters of a text that are shown. */
const TEXT_MAX = 80;

/** Python's `repr`, cut where it is long. */
export function show(value: Brine): string {
  if (value === null) return 'None';
  if (value === true || value === false) return value ? 'True' : 'False';
  if (typeof value === 'number') return isInteger(value) ? String(value) : showFloat(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return `b${quoted(latin(value), '~')}`;
  if (value instanceof PyFloat) return showFloat(value.value);
  if (value instanceof Complex) {
    const sign = value.imag < 0 ? '' : '+';
    return `(${showReal(value.real)}${sign}${showReal(value.imag)}j)`;
  }
  if (value instanceof Singleton) return value.name;
  if (value instanceof Slice) return `slice(${value.parts.map(show).join(', ')})`;
  if (value instanceof FrozenSet) return `frozenset({${items(value.items)}})`;
  return showTuple((value as readonly Brine[]).map(show));
}

/** A tuple of texts that are shown already. */
export function showTuple(shown: readonly string[]): string {
  if (shown.length === 1) return `(${shown[0]},)`;
  return `(${cut(shown)})`;
}

/** A float as Python writes it. */
export function showFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/**
 * Python's `repr` of a text.
 *
 * @param last the last character that is shown as it is
 */
export function quoted(text: string, last = '\u{10ffff}'): string {
  const short = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  const mark = short.includes("'") && !short.includes('"') ? '"' : "'";
  let shown = '';
  for (const sign of short) {
    if (sign === mark || sign === '\\') shown += `\\${sign}`;
    else if (sign === '\n') shown += '\\n';
    else if (sign === '\r') shown += '\\r';
    else if (sign === '\t') shown += '\\t';
    else if (sign < ' ' || sign === '\x7f' || sign > last)
      shown += `\\x${hex(sign.codePointAt(0)!)}`;
    else shown += sign;
  }
  return mark + shown + mark;
}

function items(values: readonly Brine[]): string {
  return cut(values.map(show));
}

function cut(shown: readonly string[]): string {
  const kept = shown.slice(0, ITEMS_MAX).join(', ');
  return shown.length > ITEMS_MAX ? `${kept}, …` : kept;
}

function showReal(value: number): string {
  return showFloat(value).replace(/\.0$/, '');
}

function latin(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, TEXT_MAX + 1)].map((byte) => String.fromCharCode(byte));
  return shown.join('');
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}
