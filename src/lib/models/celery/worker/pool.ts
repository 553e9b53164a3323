// The pools of a worker: `prefork` spreads tasks over processes of its own, `solo` runs them in the
// main process, one after the other.

import { FrameReader } from '../amqp.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { Child, NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { done } from '../coroutines.ts';
import { COST } from '../costs.ts';
import type { Log } from './log.ts';
import { sendPool, type Report } from './pool-protocol.ts';
import type { Request } from './request.ts';
import { runTask, type TaskOutcome } from './run-task.ts';
import type { TaskHost } from './task-call.ts';

export interface PoolEvents {
  started(request: Request, pid: number): void;
  done(request: Request, outcome: TaskOutcome): void;
  /** The pool process died over this task; `text` is WorkerLostError's. */
  lost(request: Request, text: string): void;
  /** Pool processes cannot be started at all. */
  failed(): void;
}

export interface Pool {
  readonly name: 'prefork' | 'solo';
  /** Numbers of its processes. */
  readonly pids: readonly number[];
  start(): void;
  /** Takes a task; returns when the next one may be taken. */
  apply(request: Request): Body<void>;
  /** Forgets what has not begun: its deliveries cannot be acknowledged any more. */
  clearWaiting(): void;
  /** Resolves when nothing runs. */
  idle(): SimPromise<void>;
  stop(): void;
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** `signal 9 (SIGKILL)` or `exitcode 1`, as billiard words the end of a process. */
export function endText(end: { code: number; signal: string | null }): string {
  const byName = Object.entries(SIGNALS).find(([, name]) => name === end.signal)?.[0];
  const number = byName === undefined ? end.code - 128 : Number(byName);
  const name = SIGNALS[number];
  return name === undefined ? `exitcode ${end.code}` : `signal ${number} (${name})`;
}

interface Slot {
  /** Number in `ForkPoolWorker-N`. */
  index: number;
  child: Child;
  pid: number;
  running: { request: Request; job: number; isStarted: boolean } | null;
}

export class PreforkPool implements Pool {
  readonly name = 'prefork';
  readonly #process: NodeProcess;
  readonly #log: Log;
  readonly #events: PoolEvents;
  readonly #size: number;
  readonly #argvOf: (index: number) => readonly string[];
  #slots: Slot[] = [];
  #waiting: Request[] = [];
  #spawnCount = 0;
  #jobCount = 0;
  #isStopping = false;
  #idle: Deferred<void> | null = null;

  constructor(options: {
    process: NodeProcess;
    log: Log;
    events: PoolEvents;
    size: number;
    argvOf: (index: number) => readonly string[];
  }) {
    this.#process = options.process;
    this.#log = options.log;
    this.#events = options.events;
    this.#size = options.size;
    this.#argvOf = options.argvOf;
  }

  get pids(): number[] {
    return this.#slots.map(({ pid }) => pid);
  }

  start(): void {
    for (let index = 0; index < this.#size; index++) this.#fork();
  }

  apply(request: Request): Body<void> {
    this.#waiting.push(request);
    this.#dispatch();
    return done();
  }

  clearWaiting(): void {
    this.#waiting = [];
  }

  idle(): SimPromise<void> {
    if (this.#slots.every(({ running }) => running === null)) return SimPromise.resolve();
    this.#idle ??= new Deferred<void>();
    return this.#idle.promise;
  }

  stop(): void {
    this.#isStopping = true;
    for (const { child } of this.#slots) child.pipe.close();
  }

  #fork(): void {
    const index = ++this.#spawnCount;
    const child = this.#process.spawn(this.#argvOf(index));
    const slot: Slot = { index, child, pid: 0, running: null };
    this.#slots.push(slot);
    run(this.#readReports(slot, child.pipe));
    child.exited.then((end) => this.#ended(slot, end));
  }

  *#readReports(slot: Slot, pipe: Connection): Body<void> {
    const reader = new FrameReader<Report>();
    try {
      for (;;) {
        const bytes = yield* wait(pipe.receive());
        if (bytes === null) return;
        for (const report of reader.push(bytes)) this.#take(slot, report);
      }
    } catch {
      // A reset tells no more than the end of the process does, which is reported by itself.
    }
  }

  #take(slot: Slot, report: Report): void {
    if (report.type === 'up') {
      slot.pid = report.pid;
      return;
    }
    const { running } = slot;
    if (running?.job !== report.job) return;
    if (report.type === 'started') {
      running.isStarted = true;
      this.#events.started(running.request, slot.pid);
      return;
    }
    slot.running = null;
    this.#events.done(running.request, report);
    this.#dispatch();
    this.#settleIdle();
  }

  /** The last of the idle processes first: observed, for no reason one could rely on. */
  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#isStopping) {
      const slot = this.#slots.findLast(({ running }) => running === null);
      if (!slot) return;
      this.#give(slot, this.#waiting.shift()!);
    }
  }

  #give(slot: Slot, request: Request): void {
    this.#process.spendNs(COST.dispatchNs);
    const job = this.#jobCount++;
    slot.running = { request, job, isStarted: false };
    sendPool(slot.child.pipe, { type: 'job', job, ...request.call }, request.preview);
  }

  #ended(slot: Slot, end: { code: number; signal: string | null }): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    if (this.#isStopping) return;
    this.#process.spendNs(COST.forkNs);
    const how = endText(end);
    this.#log.error(`Process 'ForkPoolWorker-${slot.index}' pid:${slot.pid} exited with '${how}'`);
    if (slot.pid === 0) return this.#events.failed();
    this.#fork();
    const { running } = slot;
    if (running?.isStarted) {
      this.#events.lost(running.request, `Worker exited prematurely: ${how} Job: ${running.job}.`);
    } else if (running) {
      // Written to the pipe but never begun: it goes to another process.
      this.#waiting.unshift(running.request);
    }
    this.#dispatch();
    this.#settleIdle();
  }

  #settleIdle(): void {
    if (!this.#idle || this.#slots.some(({ running }) => running !== null)) return;
    this.#idle.resolve();
    this.#idle = null;
  }
}

/** Simplified: while a body waits, the connection to the broker still lives (the real one is deaf). */
export class SoloPool implements Pool {
  readonly name = 'solo';
  readonly #host: TaskHost;
  readonly #events: PoolEvents;
  #running: SimPromise<void> | null = null;

  constructor(host: TaskHost, events: PoolEvents) {
    this.#host = host;
    this.#events = events;
  }

  get pids(): number[] {
    return [this.#host.app.process.spec.pid];
  }

  start(): void {
    // There is nothing to start.
  }

  *apply(request: Request): Body<void> {
    this.#running = run(this.#run(request));
    yield* wait(this.#running);
    this.#running = null;
  }

  clearWaiting(): void {
    // Nothing waits here.
  }

  idle(): SimPromise<void> {
    return this.#running ?? SimPromise.resolve();
  }

  stop(): void {
    // The process ends with its main program.
  }

  *#run(request: Request): Body<void> {
    this.#events.started(request, this.#host.app.process.spec.pid);
    this.#events.done(request, yield* runTask(this.#host, request.call));
  }
}
