// The pool of a worker with processes of its own: `prefork`. Others stand in inline-pools.ts.

import { FrameReader } from '../amqp.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { Child, NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { SignalName } from '#lib/protocol/signals.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { done } from '../coroutines.ts';
import { COST } from '../costs.ts';
import { BuiltinError } from '../errors.ts';
import type { Log } from './log.ts';
import { sendPool, type Report } from './pool-protocol.ts';
import type { Request } from './request.ts';
import type { TaskOutcome } from './run-task.ts';

export interface PoolEvents {
  /** Asked when its turn has come: a task that was revoked or is too old is discarded. */
  mayRun(request: Request): boolean;
  /** @param pid of the process that runs it */
  started(request: Request, pid: number): void;
  done(request: Request, outcome: TaskOutcome): void;
  /** The pool process died over this task; `text` is WorkerLostError's. */
  lost(request: Request, text: string): void;
  /** It has run for too long, and is told so. */
  softLimit(request: Request, limit: TimeLimit): void;
  /** It has run for longer still: its pool process is killed. */
  hardLimit(request: Request, limit: TimeLimit): void;
  /** Pool processes cannot be started at all. */
  failed(): void;
}

export interface Pool {
  readonly name: 'prefork' | 'solo' | 'threads';
  /** Numbers of its processes. */
  readonly pids: readonly number[];
  start(): void;
  /** Takes a task; returns when the next one may be taken. */
  apply(request: Request): Body<void>;
  /** Forgets what has not begun: its deliveries cannot be acknowledged any more. */
  clearWaiting(): void;
  /** Resolves when nothing runs. */
  idle(): SimPromise<void>;
  /**
   * Sends a signal to the process that runs a task, which is given up.
   *
   * @returns false while it has not begun
   * @throws NotImplementedError where tasks have no process of their own
   */
  terminate(request: Request, signal: SignalName): boolean;
  /**
   * Has so many processes more, or idle ones fewer.
   *
   * @throws BuiltinError when there are none to grow, or not so many idle ones
   */
  grow(count: number): void;
  shrink(count: number): void;
  stop(): void;
}

/** What a task may take, as it was written: `1`, `1.0`. */
export interface TimeLimit {
  seconds: number;
  text: string;
}

export interface TimeLimits {
  hard: TimeLimit | null;
  soft: TimeLimit | null;
}

/** How often the pool looks for processes that were ended on purpose, and replaces them (observed). */
const MAINTENANCE_US = 5_000_000;

/** Remote control makes no pool larger than that: each process may be an interpreter of 100 MB. */
const POOL_SIZE_MAX = 32;

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
  /** Its task was given up: it is about to die. `shown`: the log tells of it. */
  doom: 'shown' | 'silent' | null;
  timers: number[];
  jobCount: number;
}

export class PreforkPool implements Pool {
  readonly name = 'prefork';
  readonly #process: NodeProcess;
  readonly #log: Log;
  readonly #events: PoolEvents;
  #size: number;
  readonly #argvOf: (index: number) => readonly string[];
  readonly #limitsOf: (request: Request) => TimeLimits;
  /** Tasks after which a process is replaced; 0: never. */
  readonly #jobsMax: number;
  #startedUs = 0;
  #slots: Slot[] = [];
  #waiting: Request[] = [];
  #spawnCount = 0;
  #jobCount = 0;
  #isStopping = false;
  #idle: Deferred<void> | null = null;
  #maintenanceTimer = 0;
  /** Ended on purpose, and not replaced yet. */
  readonly #missing: { slot: Slot; how: string }[] = [];

  constructor(options: {
    process: NodeProcess;
    log: Log;
    events: PoolEvents;
    size: number;
    argvOf: (index: number) => readonly string[];
    limitsOf: (request: Request) => TimeLimits;
    jobsMax: number;
  }) {
    this.#process = options.process;
    this.#log = options.log;
    this.#events = options.events;
    this.#size = options.size;
    this.#argvOf = options.argvOf;
    this.#limitsOf = options.limitsOf;
    this.#jobsMax = options.jobsMax;
  }

  get pids(): number[] {
    return this.#slots.map(({ pid }) => pid);
  }

  start(): void {
    this.#startedUs = this.#process.nowUs();
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
    for (const slot of this.#slots) {
      this.#clearTimers(slot);
      slot.child.pipe.close();
    }
  }

  terminate(request: Request, signal: SignalName): boolean {
    const slot = this.#slots.find(({ running }) => running?.request === request);
    if (!slot?.running?.isStarted) return false;
    this.#giveUp(slot, 'silent', signal);
    return true;
  }

  grow(count: number): void {
    if (this.#size + count > POOL_SIZE_MAX) {
      throw new BuiltinError('BlockingIOError', '[Errno 11] Resource temporarily unavailable');
    }
    this.#size += Math.max(count, 0);
    this.#maintainLater();
  }

  /** One at least goes, as in billiard. */
  shrink(count: number): void {
    const idle = this.#slots.filter(({ running, doom }) => running === null && !doom);
    for (const slot of idle.slice(0, Math.max(count, 1))) {
      this.#size--;
      this.#remove(slot);
    }
    if (idle.length >= Math.max(count, 1)) return;
    throw new BuiltinError('ValueError', "Can't shrink pool. All processes busy!");
  }

  #fork(): void {
    const index = ++this.#spawnCount;
    const child = this.#process.spawn(this.#argvOf(index));
    const slot: Slot = {
      ...{ index, child, pid: 0, running: null, doom: null },
      ...{ timers: [], jobCount: 0 },
    };
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
    if (running?.job !== report.job) {
      // Its task was given up, and it has survived.
      if (report.type === 'done') slot.doom = null;
      return this.#dispatch();
    }
    if (report.type === 'started') return this.#begun(slot, running);
    this.#clearTimers(slot);
    slot.running = null;
    this.#events.done(running.request, report);
    if (++slot.jobCount === this.#jobsMax) this.#retire(slot);
    this.#dispatch();
    this.#settleIdle();
  }

  #begun(slot: Slot, running: NonNullable<Slot['running']>): void {
    running.isStarted = true;
    const { hard, soft } = this.#limitsOf(running.request);
    if (soft) this.#arm(slot, soft, () => this.#warn(slot, soft));
    if (hard) this.#arm(slot, hard, () => this.#kill(slot, hard));
    this.#events.started(running.request, slot.pid);
  }

  // Time limits.

  #arm(slot: Slot, { seconds }: TimeLimit, act: () => void): void {
    slot.timers.push(this.#process.setTimer(usFromSeconds(seconds), act, { label: 'time limit' }));
  }

  #clearTimers(slot: Slot): void {
    for (const timer of slot.timers) this.#process.clearTimer(timer);
    slot.timers = [];
  }

  #warn(slot: Slot, limit: TimeLimit): void {
    this.#events.softLimit(slot.running!.request, limit);
    slot.child.kill('SIGUSR1');
  }

  #kill(slot: Slot, limit: TimeLimit): void {
    const { request } = slot.running!;
    this.#giveUp(slot, 'shown', 'SIGKILL');
    this.#events.hardLimit(request, limit);
  }

  #giveUp(slot: Slot, doom: Slot['doom'], signal: SignalName): void {
    this.#clearTimers(slot);
    slot.running = null;
    slot.doom = doom;
    slot.child.kill(signal);
    this.#settleIdle();
  }

  /** It has done its share: another one takes its place. */
  #retire(slot: Slot): void {
    this.#remove(slot);
    if (!this.#isStopping) this.#fork();
  }

  #remove(slot: Slot): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    slot.child.pipe.close();
  }

  /** What was ended on purpose is missed at the next round only; so is what a larger pool wants. */
  #maintainLater(): void {
    if (this.#maintenanceTimer !== 0) return;
    const ageUs = this.#process.nowUs() - this.#startedUs;
    const leftUs = MAINTENANCE_US - (ageUs % MAINTENANCE_US);
    const label = 'pool maintenance';
    this.#maintenanceTimer = this.#process.setTimer(leftUs, () => this.#maintain(), { label });
  }

  #maintain(): void {
    this.#maintenanceTimer = 0;
    if (this.#isStopping) return;
    for (const { slot, how } of this.#missing.splice(0)) {
      if (slot.doom === 'shown') this.#tellExit(slot, how);
    }
    while (this.#slots.length < this.#size) {
      this.#process.spendNs(COST.forkNs);
      this.#fork();
    }
    this.#dispatch();
  }

  #tellExit(slot: Slot, how: string): void {
    this.#log.error(`Process 'ForkPoolWorker-${slot.index}' pid:${slot.pid} exited with '${how}'`);
  }

  /** The last of the idle processes first: observed, for no reason one could rely on. */
  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#isStopping) {
      const slot = this.#slots.findLast(({ running, doom }) => running === null && !doom);
      if (!slot) return;
      const request = this.#waiting.shift()!;
      if (this.#events.mayRun(request)) this.#give(slot, request);
    }
  }

  #give(slot: Slot, request: Request): void {
    this.#process.spendNs(COST.dispatchNs);
    const job = this.#jobCount++;
    slot.running = { request, job, isStarted: false };
    sendPool(slot.child.pipe, { type: 'job', job, ...request.call }, request.preview);
  }

  #ended(slot: Slot, end: { code: number; signal: string | null }): void {
    this.#clearTimers(slot);
    if (!this.#slots.includes(slot)) return;
    this.#slots = this.#slots.filter((other) => other !== slot);
    if (this.#isStopping) return;
    const how = endText(end);
    if (slot.doom) {
      this.#missing.push({ slot, how });
      return this.#maintainLater();
    }
    this.#process.spendNs(COST.forkNs);
    this.#tellExit(slot, how);
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
