// Replaces what CPython reads of the world outside (clocks, randomness, the time zone, and when the
// engine collects garbage) in the global scope of its worker, before it starts. Python itself needs no
// patch: time, datetime, os.urandom, random, uuid and tempfile all come down to these few functions.

import { EPOCH_MS } from '#lib/protocol/time.ts';

/** Where time and chance come from. Times are virtual, in microseconds. */
export interface World {
  /** Since the start of the run. */
  nowUs(): number;
  /** Since 1970. */
  wallUs(): number;
  /** A float in [0, 1). */
  random(): number;
  randomBytes(count: number): Uint8Array;
}

/** The world in which the snapshot is made: time stands still, every draw is the same. */
export const STILL_WORLD: World = {
  nowUs: () => 0,
  wallUs: () => EPOCH_MS * 1000,
  random: () => 0.5,
  randomBytes: (count) => new Uint8Array(count).fill(0x5a),
};

let current: World = STILL_WORLD;

/** From now on, time and chance are this world's. */
export function enterWorld(world: World): void {
  current = world;
}

const LOCAL_PARTS = [
  'Date',
  'Day',
  'FullYear',
  'Hours',
  'Milliseconds',
  'Minutes',
  'Month',
  'Seconds',
] as const;

/**
 * Never calls back. Pyodide would free Python's objects when the engine's collector finds that nobody
 * here holds them, which is at another moment in each engine and each run: the addresses of all later
 * objects, and with them the order of sets, would tell.
 */
class Forgetful implements FinalizationRegistry<unknown> {
  readonly [Symbol.toStringTag] = 'FinalizationRegistry';
  register(): void {}
  unregister(): boolean {
    return false;
  }
}

/** Takes the real world out of this global scope, for good. */
export function leaveRealWorld(): void {
  const wallMs = (): number => current.wallUs() / 1000;
  const RealDate = Date;
  // No subclass: nothing may lead to the real one.
  const virtualDate = function (...given: unknown[]): unknown {
    return Reflect.construct(RealDate, given.length === 0 ? [wallMs()] : given, new.target);
  };
  const { parse, UTC, prototype } = RealDate;
  Object.assign(virtualDate, { now: wallMs, parse, UTC });
  Object.defineProperty(virtualDate, 'prototype', { value: prototype, writable: false });
  prototype.constructor = virtualDate;
  prototype.getTimezoneOffset = () => 0;
  // UTC for everybody.
  const parts = prototype as unknown as Record<string, unknown>;
  for (const part of LOCAL_PARTS) parts[`get${part}`] = parts[`getUTC${part}`];
  globalThis.Date = virtualDate as unknown as DateConstructor;
  globalThis.FinalizationRegistry = Forgetful;
  performance.now = () => current.nowUs() / 1000;
  Math.random = () => current.random();
  crypto.getRandomValues = (array) => {
    const bytes = array as unknown as Uint8Array;
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    view.set(current.randomBytes(view.length));
    return array;
  };
}
