// Pools without processes of their own: `solo` runs tasks in the main process, one after the other,
// `threads` several at a time. Neither knows time limits, nor can end a task that runs.

import { run, Deferred, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { done } from '../coroutines.ts';
import { BuiltinError, NotImplementedError } from '../errors.ts';
import type { Pool, PoolEvents } from './pool.ts';
import type { Request } from './request.ts';
import { runTask } from './run-task.ts';
import type { TaskHost } from './task-call.ts';

/** While a body runs its process is deaf. */
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
    while (this.#running) yield* wait(this.#running);
    if (!this.#events.mayRun(request)) return;
    const { ears } = this.#host.app;
    ears.shut();
    this.#running = run(runInline(this.#host, this.#events, request));
    yield* wait(this.#running);
    this.#running = null;
    ears.open();
  }

  clearWaiting(): void {
    // Nothing waits here.
  }

  /** The wish to end reaches the body that runs, as an exception that ends the process: it is lost. */
  idle(): SimPromise<void> {
    this.#host.app.ears.release();
    return SimPromise.resolve();
  }

  terminate(): never {
    throw noKill('solo');
  }

  grow(): never {
    throw fixedSize('grow');
  }

  shrink(): never {
    throw fixedSize('shrink');
  }

  stop(): void {
    // The process ends with its main program.
  }
}

export class ThreadsPool implements Pool {
  readonly name = 'threads';
  readonly #host: TaskHost;
  readonly #events: PoolEvents;
  readonly #size: number;
  #waiting: Request[] = [];
  #runningCount = 0;
  #idle: Deferred<void> | null = null;

  constructor(host: TaskHost, events: PoolEvents, size: number) {
    this.#host = host;
    this.#events = events;
    this.#size = size;
  }

  get pids(): number[] {
    return [this.#host.app.process.spec.pid];
  }

  start(): void {
    // Threads begin with their tasks.
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
    if (this.#runningCount === 0) return SimPromise.resolve();
    this.#idle ??= new Deferred<void>();
    return this.#idle.promise;
  }

  terminate(): never {
    throw noKill('thread');
  }

  grow(): never {
    throw fixedSize('grow');
  }

  shrink(): never {
    throw fixedSize('shrink');
  }

  stop(): void {
    this.#waiting = [];
  }

  #dispatch(): void {
    while (this.#runningCount < this.#size && this.#waiting.length > 0) {
      const request = this.#waiting.shift()!;
      if (this.#events.mayRun(request)) run(this.#run(request));
    }
  }

  *#run(request: Request): Body<void> {
    this.#runningCount++;
    yield* runInline(this.#host, this.#events, request);
    this.#runningCount--;
    this.#dispatch();
    if (this.#runningCount > 0) return;
    this.#idle?.resolve();
    this.#idle = null;
  }
}

function* runInline(host: TaskHost, events: PoolEvents, request: Request): Body<void> {
  events.started(request, host.app.process.spec.pid);
  events.done(request, yield* runTask(host, request.call));
}

function noKill(module: string): NotImplementedError {
  return new NotImplementedError(
    `<class 'celery.concurrency.${module}.TaskPool'> does not implement kill_job`,
  );
}

function fixedSize(method: string): BuiltinError {
  return new BuiltinError('AttributeError', `'TaskPool' object has no attribute '${method}'`);
}
