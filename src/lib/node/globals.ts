// The global scope of one process: an allowlist (global-names.ts), in virtual time, with randomness of
// the process's own stream (KT6) and output to the process's own log.

import { AggregateError, simErrors } from './engine-errors.ts';
import { structuredClone } from './clone.ts';
import { currentProcess, type GlobalsPort } from './current.ts';
import { DateConstructor } from './date.ts';
import { REALM_GLOBALS, type GlobalName, type SimulatedGlobal } from './global-names.ts';
import { createMath } from './math.ts';
import { print } from './print.ts';
import { queueMicrotask, SimPromise } from './promise.ts';
import { TEXT_GLOBALS } from './text.ts';
import { RegExpConstructor, ThrowingFunction } from './tame.ts';

export type { GlobalsPort } from './current.ts';

const US_PER_MS = 1000;
/** Delays beyond this overflow to at once in browsers; here they simply wait. */
const DELAY_MS_MAX = 2 ** 43;
/** A timer never fires in the instant it was set: HTML's clamp of nested timers, applied always. */
const DELAY_MS_MIN = 1;

/** The values of every name in the global scope, for `linkProgram`. */
export function createGlobals(port: GlobalsPort): Readonly<Record<GlobalName, unknown>> {
  const scope: Record<string, unknown> = {};
  for (const name of REALM_GLOBALS)
    scope[name] = (globalThis as unknown as Record<string, unknown>)[name];
  Object.assign(scope, simulated(port));
  scope['globalThis'] = scope;
  Object.freeze(scope);
  return scope as Record<GlobalName, unknown>;
}

function simulated(port: GlobalsPort): Record<Exclude<SimulatedGlobal, 'globalThis'>, unknown> {
  return {
    ...simErrors,
    AggregateError,
    ...TEXT_GLOBALS,
    ...timers(port),
    Date: DateConstructor,
    Function: ThrowingFunction,
    Math: Object.freeze(createMath(() => port.random())),
    Promise: SimPromise,
    RegExp: RegExpConstructor,
    console: createConsole(port),
    crypto: createCrypto(port),
    performance: Object.freeze({ now: () => port.monotonicUs() / US_PER_MS, timeOrigin: 0 }),
    queueMicrotask,
    structuredClone: cloneDeeper,
  };
}

/** What these weigh on the stack when they call a learner's `toString` or getter (see meter.ts). */
const PRINT_WEIGHT = 3;
const CLONE_WEIGHT = 3;

function deeper<T>(weight: number, call: () => T): T {
  const { meter } = currentProcess();
  const { depth } = meter;
  meter.depth = depth + weight;
  try {
    return call();
  } finally {
    meter.depth = depth;
  }
}

const cloneDeeper = {
  structuredClone: (value: unknown): unknown => deeper(CLONE_WEIGHT, () => structuredClone(value)),
}.structuredClone;

function createConsole(port: GlobalsPort): object {
  let indent = '';
  const counts = new Map<string, number>();
  const write = (stream: 'stdout' | 'stderr', values: readonly unknown[]) => {
    const text = deeper(PRINT_WEIGHT, () => print(values));
    port.log(stream, `${indent === '' ? text : text.replace(/^/gm, indent)}\n`);
  };
  const out = (...values: unknown[]) => write('stdout', values);
  const err = (...values: unknown[]) => write('stderr', values);
  return Object.freeze({
    log: out,
    info: out,
    debug: out,
    dir: (value: unknown) => out(value),
    table: (value: unknown) => out(value),
    warn: err,
    error: err,
    trace: err,
    assert: (isHolding?: unknown, ...values: unknown[]) => {
      if (!isHolding) err('assertion failed', ...values);
    },
    count: (label: unknown = 'default') => {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      out(`${String(label)}: ${count}`);
    },
    group: (...values: unknown[]) => {
      if (values.length > 0) out(...values);
      indent += '  ';
    },
    groupEnd: () => {
      indent = indent.slice(2);
    },
  });
}

function timers(
  port: GlobalsPort,
): Record<'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval', unknown> {
  // An interval is one id for many timers of the port.
  const armed = new Map<number, number>();
  const arm = (
    callback: unknown,
    delayMs: unknown,
    args: unknown[],
    isRepeating: boolean,
  ): number => {
    if (typeof callback !== 'function') throw new simErrors.TypeError('a timer needs a function');
    const { meter } = currentProcess();
    const { at } = meter;
    const delayUs = Math.round(
      Math.min(Math.max(Number(delayMs) || 0, DELAY_MS_MIN), DELAY_MS_MAX) * US_PER_MS,
    );
    let id = 0;
    const fire = () => {
      if (isRepeating) armed.set(id, port.setTimer(delayUs, fire));
      else armed.delete(id);
      meter.at = at;
      (callback as (...args: unknown[]) => void)(...args);
    };
    id = port.setTimer(delayUs, fire);
    armed.set(id, id);
    return id;
  };
  const clear = (id: unknown) => {
    const timer = armed.get(id as number);
    if (timer === undefined) return;
    armed.delete(id as number);
    port.clearTimer(timer);
  };
  return {
    setTimeout: (callback: unknown, delayMs?: unknown, ...args: unknown[]) =>
      arm(callback, delayMs, args, false),
    setInterval: (callback: unknown, delayMs?: unknown, ...args: unknown[]) =>
      arm(callback, delayMs, args, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

/** Most bytes of one getRandomValues call, as in browsers. */
const RANDOM_BYTES_MAX = 65_536;

function createCrypto(port: GlobalsPort): object {
  const randomUUID = (): string => {
    const bytes = Array.from(port.randomBytes(16));
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join('-');
  };
  const getRandomValues = <T>(target: T): T => {
    if (!ArrayBuffer.isView(target))
      throw new simErrors.TypeError('getRandomValues needs an integer array');
    if (target.byteLength > RANDOM_BYTES_MAX) {
      throw new simErrors.RangeError(`getRandomValues fills at most ${RANDOM_BYTES_MAX} bytes`);
    }
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(
      port.randomBytes(target.byteLength),
    );
    return target;
  };
  return Object.freeze({ randomUUID, getRandomValues });
}
