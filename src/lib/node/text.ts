// Text and bytes for simulated processes: TextEncoder, TextDecoder (UTF-8 only), atob and btoa, in
// plain JavaScript. The platform's own would bring objects of another realm into a Node vm context,
// and their errors are the platform's.

import { simErrors } from './engine-errors.ts';

const REPLACEMENT = 0xfffd;

/** UTF-8 of a text; lone surrogates become U+FFFD. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return Uint8Array.from(bytes);
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

class SimTextEncoder {
  get encoding(): string {
    return 'utf-8';
  }
  encode(text: unknown = ''): Uint8Array {
    return utf8(String(text));
  }
}

/** Smallest code point and number of following bytes by lead byte; undefined for no lead byte. */
function leadOf(byte: number): { bits: number; more: number; least: number } | undefined {
  if (byte >= 0xc2 && byte <= 0xdf) return { bits: byte & 0x1f, more: 1, least: 0x80 };
  if (byte >= 0xe0 && byte <= 0xef) return { bits: byte & 0x0f, more: 2, least: 0x800 };
  if (byte >= 0xf0 && byte <= 0xf4) return { bits: byte & 0x07, more: 3, least: 0x10000 };
  return undefined;
}

/** Whether the bytes so far could begin a character: WHATWG replaces the longest such prefix at once. */
function canContinue(least: number, count: number, code: number, more: number): boolean {
  if (count !== 1) return true;
  const full = code << (6 * (more - 1));
  const top = full | ((1 << (6 * (more - 1))) - 1);
  return top >= least && full <= 0x10ffff && !(full >= 0xd800 && top <= 0xdfff);
}

/** @returns code points, with -1 for each malformed sequence */
function* codePoints(bytes: Uint8Array): Generator<number> {
  for (let i = 0; i < bytes.length;) {
    const byte = bytes[i++]!;
    if (byte < 0x80) {
      yield byte;
      continue;
    }
    const lead = leadOf(byte);
    if (lead === undefined) {
      yield -1;
      continue;
    }
    let code = lead.bits;
    let count = 0;
    while (count < lead.more && i < bytes.length && (bytes[i]! & 0xc0) === 0x80) {
      const next = (code << 6) | (bytes[i]! & 0x3f);
      if (!canContinue(lead.least, count + 1, next, lead.more)) break;
      code = next;
      count++;
      i++;
    }
    yield count === lead.more ? code : -1;
  }
}

interface DecoderOptions {
  fatal?: boolean;
  ignoreBOM?: boolean;
}

class SimTextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  constructor(label: unknown = 'utf-8', options: DecoderOptions = {}) {
    if (!/^\s*(?:utf-?8|unicode-1-1-utf-8)\s*$/i.test(String(label))) {
      throw new simErrors.RangeError(`unknown encoding: ${String(label)}; only utf-8 is available`);
    }
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }
  get encoding(): string {
    return 'utf-8';
  }
  decode(input?: ArrayBuffer | ArrayBufferView): string {
    const bytes = bytesOf(input);
    const parts: string[] = [];
    for (const code of codePoints(bytes)) {
      if (code < 0 && this.fatal) throw new simErrors.TypeError('bytes are not valid UTF-8');
      parts.push(String.fromCodePoint(code < 0 ? REPLACEMENT : code));
    }
    if (parts[0] === '\ufeff' && !this.ignoreBOM) parts.shift();
    return parts.join('');
  }
}

function bytesOf(input: unknown): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (ArrayBuffer.isView(input))
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  throw new simErrors.TypeError('decode needs a Uint8Array or ArrayBuffer');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function btoa(text: unknown): string {
  const source = String(text);
  let result = '';
  for (let i = 0; i < source.length; i += 3) {
    const group = [0, 1, 2].map((offset) => source.charCodeAt(i + offset));
    if (group.some((code) => code > 255)) {
      throw new simErrors.RangeError(
        'btoa takes characters up to U+00FF: encode the text to bytes first',
      );
    }
    const [a, b, c] = group as [number, number, number];
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    for (let k = 0; k < 4; k++) {
      const isPadding = (k === 2 && Number.isNaN(b)) || (k === 3 && Number.isNaN(c));
      result += isPadding ? '=' : BASE64[(bits >> (18 - 6 * k)) & 63];
    }
  }
  return result;
}

function atob(text: unknown): string {
  let source = String(text).replace(/[\t\n\f\r ]/g, '');
  if (source.length % 4 === 0) source = source.replace(/={1,2}$/, '');
  if (source.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(source)) {
    throw new simErrors.SyntaxError('text is not valid base64');
  }
  let result = '';
  let bits = 0;
  let count = 0;
  for (const character of source) {
    bits = ((bits << 6) | BASE64.indexOf(character)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      result += String.fromCharCode((bits >> count) & 255);
    }
  }
  return result;
}

function renamed<T extends object>(value: T, name: string): T {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  return value;
}

/** The text globals of a simulated process, one set for the realm. */
export const TEXT_GLOBALS = {
  TextEncoder: renamed(SimTextEncoder, 'TextEncoder'),
  TextDecoder: renamed(SimTextDecoder, 'TextDecoder'),
  atob,
  btoa,
} as const;
