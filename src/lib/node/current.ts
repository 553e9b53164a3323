// The process whose turn it is. Many simulated processes may share one realm and one thread (NODE3),
// and only one of them runs at a time, so a single register says which queue, meter and ports the
// realm-wide classes (SimPromise, SimDate) serve. One class per process would be the tidier shape, but
// it makes every call site megamorphic: measured five times slower.

import type { Meter } from './meter.ts';
import type { JobQueue } from './promise.ts';

/** What the globals of a process need from the world. Times are virtual, in microseconds. */
export interface GlobalsPort {
  /** Microseconds since the process's machine was started; never stepped, never skewed. */
  monotonicUs(): number;
  /** Microseconds since 1970-01-01T00:00:00Z as the machine's wall clock has it. */
  wallUs(): number;
  /** The next draw of the process's own stream, in [0, 1). */
  random(): number;
  /** `count` bytes of the process's own stream. */
  randomBytes(count: number): Uint8Array;
  /** Arms a timer and names it; `callback` runs as a turn of its own. */
  setTimer(delayUs: number, callback: () => void): number;
  /** Forgets a timer; unknown ids are ignored. */
  clearTimer(id: number): void;
  /** Text for the process's output; `text` ends with a newline. */
  log(stream: 'stdout' | 'stderr', text: string): void;
}

/** The parts of a process that realm-wide code reaches through the register. */
export interface CurrentProcess {
  readonly queue: JobQueue;
  readonly meter: Meter;
  /** Null where a test has no clock. */
  readonly port: GlobalsPort | null;
}

let current: CurrentProcess | null = null;

/**
 * Says whose turn it is. The host calls this before it enters a process, and puts the returned
 * predecessor back afterwards.
 */
export function setCurrent(process: CurrentProcess | null): CurrentProcess | null {
  const previous = current;
  current = process;
  return previous;
}

/** The process whose turn it is, or null between turns. */
export function processInTurn(): CurrentProcess | null {
  return current;
}

/**
 * The process whose turn it is.
 *
 * @throws TypeError when no process is running: a simulated promise was touched outside a turn.
 */
export function currentProcess(): CurrentProcess {
  if (current === null) throw new TypeError('no process is running: call setCurrent first');
  return current;
}
