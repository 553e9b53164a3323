// A process without a kernel: clock, timers and output, enough to run a compiled program in tests and
// in the comparison of engines. Not part of the product.

import { setCurrent, type CurrentProcess, type GlobalsPort } from '#lib/node/current.ts';
import { traceback } from '#lib/node/engine-errors.ts';
import { createGlobals } from '#lib/node/globals.ts';
import { linkProgram, placesOf, type CompiledModules, type Exports } from '#lib/node/link.ts';
import { isStop, lineOf, Meter, TURN_BUDGET_NS } from '#lib/node/meter.ts';
import { show } from '#lib/node/print.ts';
import { JobQueue, SimPromise } from '#lib/node/promise.ts';

/** How a program ended, and what it wrote. */
export interface Outcome {
  /** Lines of output; those of stderr begin with `! `. */
  readonly lines: string[];
  /** Traceback, the meter's stop, or null. */
  readonly failure: string | null;
  /** CPU time of all turns. */
  readonly usedNs: number;
  readonly nowUs: number;
  /** Lines at which coroutines are still suspended. */
  readonly suspendedAt: string[];
}

/** Turns after which a program is taken to run for ever. */
const TURNS_MAX = 10_000;

class BenchProcess implements CurrentProcess, GlobalsPort {
  readonly queue = new JobQueue();
  readonly meter = new Meter();
  readonly port = this;
  readonly lines: string[] = [];
  readonly budgetNs: number;
  nowUs = 0;
  usedNs = 0;
  #timers: { id: number; dueUs: number; callback: () => void }[] = [];
  #timerCount = 0;
  #draws = 0;

  constructor(budgetNs: number) {
    this.budgetNs = budgetNs;
  }

  monotonicUs(): number {
    return this.nowUs;
  }
  wallUs(): number {
    return Date.UTC(2026, 0, 1) * 1000 + this.nowUs;
  }
  random(): number {
    this.#draws++;
    return ((Math.imul(this.#draws, 0x9e3779b1) >>> 0) % 1_000_003) / 1_000_003;
  }
  randomBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => Math.floor(this.random() * 256));
  }
  setTimer(delayUs: number, callback: () => void): number {
    const id = ++this.#timerCount;
    this.#timers.push({ id, dueUs: this.nowUs + delayUs, callback });
    return id;
  }
  clearTimer(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }
  log(stream: 'stdout' | 'stderr', text: string): void {
    for (const line of text.replace(/\n$/, '').split('\n'))
      this.lines.push(stream === 'stderr' ? `! ${line}` : line);
  }

  /** The next timer's callback, with the clock set to its time. */
  nextTimer(): (() => void) | null {
    if (this.#timers.length === 0) return null;
    const next = this.#timers.reduce((a, b) =>
      b.dueUs < a.dueUs || (b.dueUs === a.dueUs && b.id < a.id) ? b : a,
    );
    this.clearTimer(next.id);
    this.nowUs = next.dueUs;
    return next.callback;
  }

  /** One turn: `begin`, then every job. Throws what ends the process. */
  turn(begin: () => void): void {
    this.meter.beginTurn(this.budgetNs);
    try {
      begin();
      this.queue.run();
    } finally {
      this.usedNs += this.meter.usedNs;
    }
    if (this.meter.stop !== null) throw this.meter.stop;
    const [unhandled] = this.queue.takeUnhandled();
    if (unhandled !== undefined) throw unhandled.reason;
  }
}

/** What a test program may import: `sleep` from 'node', `used` (ticks of this turn) from 'bench'. */
function builtinsOf(process: BenchProcess): Record<string, Exports> {
  const sleep = (seconds: number) =>
    new SimPromise<void>((resolve) => void process.setTimer(seconds * 1e6, resolve));
  return { node: { sleep }, bench: { used: () => process.meter.n } };
}

/**
 * Runs a compiled program until nothing is left to do.
 *
 * @param program what the compiled text evaluates to
 * @param budgetNs what a turn may take
 */
export function runCompiled(
  program: CompiledModules,
  entry: string,
  budgetNs: number = TURN_BUDGET_NS,
): Outcome {
  const process = new BenchProcess(budgetNs);
  const places = placesOf(program);
  let failure: string | null = null;
  const previous = setCurrent(process);
  try {
    const linked = linkProgram(program, entry, {
      globals: createGlobals(process),
      builtins: builtinsOf(process),
      meter: process.meter,
    });
    process.turn(() => void linked.run());
    for (let turns = 0; turns < TURNS_MAX; turns++) {
      const callback = process.nextTimer();
      if (callback === null) break;
      process.turn(callback);
    }
  } catch (error) {
    failure = isStop(error)
      ? `stopped: ${error.reason} at line ${lineOf(error.at)}`
      : traceback(error, places, show);
  } finally {
    setCurrent(previous);
  }
  const suspendedAt = process.queue.suspended().map((it) => places.place(it.at) ?? '?');
  const { lines, usedNs, nowUs } = process;
  return { lines, failure, usedNs, nowUs, suspendedAt };
}
