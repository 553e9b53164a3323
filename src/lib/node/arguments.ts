// What a program may hand to the module `node`. Types are gone when it runs, so each value is
// checked here, where an error still names the program's own line, and never later: what a packet
// cannot carry (runtime/packet-reader.ts) must not depend on whether there is a packet (NODE3).

import { simErrors } from './engine-errors.ts';

const PORT_MAX = 65_535;
/** Names of hosts, of kinds of messages and of effects, in characters. */
const NAME_LENGTH_MAX = 200;
/** About 31 years, in seconds: everything that ends in the run's own time is far below. */
const SECONDS_MAX = 1e9;

const SHORT_LENGTH_MAX = 32;

const encoder = new TextEncoder();

function shown(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

/** @throws RangeError for anything but a whole number from 1 to 65 535 */
export function portOf(value: unknown): number {
  const isPort = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PORT_MAX;
  if (!isPort) {
    throw new simErrors.RangeError(
      `a port is a whole number from 1 to ${PORT_MAX}: ${shown(value)}`,
    );
  }
  return value as number;
}

/**
 * @param what what is named, for the message
 * @throws TypeError for anything but text, RangeError above 200 characters
 */
export function nameOf(what: string, value: unknown): string {
  if (typeof value !== 'string') throw new simErrors.TypeError(`${what} is text: ${shown(value)}`);
  if (value.length > NAME_LENGTH_MAX) {
    throw new simErrors.RangeError(
      `${what} has at most ${NAME_LENGTH_MAX} characters: ${shown(value)}`,
    );
  }
  return value;
}

/** @throws RangeError for anything but a number of seconds up to 1e9; a negative one counts as 0 */
export function secondsOf(value: unknown): number {
  if (typeof value !== 'number' || !(value <= SECONDS_MAX)) {
    throw new simErrors.RangeError(`seconds are a number up to ${SECONDS_MAX}: ${shown(value)}`);
  }
  return Math.max(value, 0);
}

/**
 * The bytes of what a program sends, its own to change afterwards.
 *
 * @throws TypeError for anything but text or a Uint8Array
 */
export function bytesOf(value: unknown): Uint8Array {
  if (typeof value === 'string') return encode(value);
  if (value instanceof Uint8Array) return value.slice();
  throw new simErrors.TypeError(`data is text or a Uint8Array: ${shown(value)}`);
}

/** A short word in ASCII, as most messages of lessons are, costs the encoder ten times as much. */
function encode(text: string): Uint8Array {
  if (text.length > SHORT_LENGTH_MAX) return encoder.encode(text);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return encoder.encode(text);
    bytes[index] = code;
  }
  return bytes;
}

/** @throws RangeError for anything but a whole number from 1 on, or nothing */
export function sizeOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new simErrors.RangeError(`a size is a whole number of bytes from 1 on: ${shown(value)}`);
}

/**
 * An exit code as the operating system keeps it: its lowest 8 bits.
 *
 * @throws TypeError for anything but a whole number
 */
export function exitCodeOf(value: unknown): number {
  if (Number.isSafeInteger(value)) return (((value as number) % 256) + 256) % 256;
  throw new simErrors.TypeError(`an exit code is a whole number: ${shown(value)}`);
}

/** @throws TypeError for anything but a function */
export function functionOf<F>(what: string, value: F): F {
  if (typeof value === 'function') return value;
  throw new simErrors.TypeError(`${what} is a function: ${shown(value)}`);
}
