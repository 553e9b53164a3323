// A worker's main process: connects to the broker, receives tasks, hands them to the pool,
// acknowledges, and stops as signals say. Order and texts are those of Celery 5.2.6 (SEMANTICS 1.1,
// 1.4, 1.7 to 1.9).

import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { SignalName } from '#lib/protocol/signals.ts';
import { AmqpChannelError } from '../amqp-client.ts';
import { wallUsOf, type CeleryApp } from '../app.ts';
import { embedBeat } from '../beat/command.ts';
import type { Reply } from '../control/client.ts';
import { Mailbox } from '../control/mailbox.ts';
import type { ControlledWorker } from '../control/panel.ts';
import { done } from '../coroutines.ts';
import { COST, serialiseNs } from '../costs.ts';
import { ImproperlyConfigured, TimeLimitExceeded, WorkerLostError } from '../errors.ts';
import { shortened } from '../previews.ts';
import { reprError } from '../python-repr.ts';
import { hostOf } from '../ids.ts';
import {
  ConnectFailure,
  type Consumer,
  type Delivery,
  type Loss,
} from '../transports/transport.ts';
import { banner } from './banner.ts';
import { childArgv, type ChildConfig } from './child.ts';
import { Log } from './log.ts';
import type { WorkerCommand } from './options.ts';
import { SoloPool, ThreadsPool } from './inline-pools.ts';
import { limitsFor, takeNewLimits } from './limits.ts';
import { Marks } from './marks.ts';
import { Monitoring } from './monitoring.ts';
import { PreforkPool, type Pool, type PoolEvents, type TimeLimit } from './pool.ts';
import { RateLimits } from './rate-limits.ts';
import { Request } from './request.ts';
import { Revoked } from './revoked.ts';
import type { TaskOutcome } from './run-task.ts';
import type { TaskHost } from './task-call.ts';
import { TaskQueues } from './task-queues.ts';
import {
  CANCEL_TASKS_WARNING,
  connectionErrorText,
  CONNECTION_LOST,
  handlerErrorText,
  unknownTaskText,
} from './texts.ts';

const RETRY_STEP_S = 2;
const RETRY_MAX_S = 32;
/** A start-up message is background; this keeps the run alive meanwhile (KT7). */
const GUARD_US = 60_000_000;

type Ending = 'warm' | 'cold';

export class Worker {
  readonly #app: CeleryApp;
  readonly #process: NodeProcess;
  readonly #command: WorkerCommand;
  readonly #log: Log;
  readonly #hostname: string;
  readonly #concurrency: number;
  readonly #queues: TaskQueues;
  readonly #pool: Pool;
  readonly #marks: Marks;
  #consumer: Consumer | null = null;
  readonly #prefetchMultiplier: number;
  #prefetchCount: number;
  #hasBeenReady = false;
  /** Set by the first signal that asks for an end. */
  #ending: Ending | null = null;
  #interruptCount = 0;
  readonly #endingAsked = new Deferred<void>();
  readonly #coldAsked = new Deferred<void>();
  readonly #inbox: Delivery[] = [];
  #isServing = false;
  readonly #etaTimers = new Set<number>();
  /** Tasks received and not ended: they wait, for their time or for a process, or run. */
  readonly requests = new Set<Request>();
  readonly #counts = new Map<string, number>();
  readonly #mailbox: Mailbox;
  readonly #monitoring: Monitoring;
  readonly revoked = new Revoked();
  readonly rateLimits: RateLimits;
  /** See `ControlledWorker`. */
  readonly #newTimeLimits: ControlledWorker['newTimeLimits'] = new Map();

  constructor(app: CeleryApp, command: WorkerCommand) {
    const { options } = command;
    this.#app = app;
    this.#process = app.process;
    this.#command = command;
    this.#log = new Log(app.process, options.level, 'MainProcess');
    this.#hostname = hostnameOf(app.process, options.hostname);
    this.#concurrency =
      options.concurrency || app.settings.workerConcurrency || app.process.spec.cores;
    this.#queues = new TaskQueues(app.settings, options.queues);
    this.#prefetchMultiplier = options.prefetchMultiplier ?? app.settings.workerPrefetchMultiplier;
    this.#prefetchCount = this.#prefetchMultiplier * this.#concurrency;
    this.#pool = this.#createPool();
    this.#marks = new Marks(this.#host);
    this.rateLimits = new RateLimits(app.process, (request) => void run(this.#reserve(request)));
    this.#monitoring = new Monitoring({ ...this.#host, requests: this.requests }, options);
    this.#mailbox = new Mailbox(this.#controlled());
  }

  #terminate(request: Request, signal: SignalName): void {
    if (request.startedUs === null) request.terminateWith = signal;
    else if (this.#pool.terminate(request, signal)) void run(this.#announce(request, 'terminated'));
  }

  /** Runs until a signal ends it; returns the exit code. */
  *run(): Body<number> {
    const facts = {
      hostname: this.#hostname,
      concurrency: this.#concurrency,
      pool: this.#pool.name,
      queues: this.#queues.names,
      isSendingTaskEvents: this.#monitoring.isSendingTaskEvents,
    };
    this.#process.write('stdout', banner(this.#app, facts), false);
    this.#listen();
    yield* wait(this.#app.space.redirectOutput(this.#log));
    yield* this.#signal('worker_init');
    this.#pool.start();
    this.#startBeat();
    while (!this.#ending) {
      const release = this.#keepForeground('start-up');
      const lost = yield* this.#connect();
      release();
      if (!lost) break;
      const loss = yield* wait(SimPromise.race<Loss | void>([lost, this.#endingAsked.promise]));
      if (loss) yield* this.#recover(loss);
    }
    return yield* this.#shutDown();
  }

  #startBeat(): void {
    const { isBeatEmbedded, level, schedule } = this.#command.options;
    if (!isBeatEmbedded) return;
    const beat = embedBeat(this.#app, { level, schedule });
    this.#endingAsked.promise.then(() => beat.stop());
  }

  /** What remote control sees of it and may do to it. */
  #controlled(): ControlledWorker {
    const prefetchCount = (): number => this.#prefetchCount;
    return {
      app: this.#app,
      hostname: this.#hostname,
      log: this.#log,
      requests: this.requests,
      revoked: this.revoked,
      rateLimits: this.rateLimits,
      queues: this.#queues,
      concurrency: this.#concurrency,
      pool: this.#pool,
      counts: this.#counts,
      monitoring: this.#monitoring,
      newTimeLimits: this.#newTimeLimits,
      get prefetchCount() {
        return prefetchCount();
      },
      terminate: (request, signal) => this.#terminate(request, signal),
      widenWindow: (count) => this.#widenWindow(count * this.#prefetchMultiplier),
      addQueue: (name) => this.#consumer?.addQueue(this.#queues.get(name)) ?? done(),
      cancelQueue: (name) => {
        if (this.#queues.delete(name)) this.#consumer?.cancelQueue(name);
      },
      shutDown: () => this.#ask('warm'),
    };
  }

  // Coming up.

  get #host(): TaskHost {
    return { app: this.#app, log: this.#log, hostname: this.#hostname };
  }

  #createPool(): Pool {
    const events: PoolEvents = {
      mayRun: (request) => this.#mayRun(request),
      started: (request, pid) => this.#started(request, pid),
      softLimit: ({ headers: { task, id } }, { text }) =>
        this.#log.warning(`Soft time limit (${text}s) exceeded for ${task}[${id}]`),
      hardLimit: (request, limit) => void run(this.#tooLong(request, limit)),
      done: (request, outcome) => this.#done(request, outcome),
      lost: (request, text) => void run(this.#lost(request, text)),
      failed: () => void this.#giveUp("WorkerLostError('Could not start worker processes')"),
    };
    const { app, broker, resultBackend, options } = this.#command;
    if (options.pool === 'solo') return new SoloPool(this.#host, events);
    if (options.pool === 'threads') return new ThreadsPool(this.#host, events, this.#concurrency);
    const config: ChildConfig = {
      ...{ app, broker, resultBackend },
      level: options.level,
      hostname: this.#hostname,
    };
    return new PreforkPool({
      process: this.#process,
      log: this.#log,
      events,
      size: this.#concurrency,
      argvOf: (index) => childArgv(config, index),
      limitsOf: limitsFor(options, this.#app.settings),
      jobsMax: options.maxTasksPerChild ?? this.#app.settings.workerMaxTasksPerChild,
    });
  }

  /**
   * Connects, trying again as long as the settings say, and starts to consume.
   *
   * @returns a promise of the connection's loss, or null when the worker is asked to end first
   */
  *#connect(): Body<SimPromise<Loss> | null> {
    const consumer = yield* this.#connectWithRetries();
    if (!consumer) return null;
    this.#consumer = consumer;
    const loss = new Deferred<Loss>();
    this.#log.info(`Connected to ${this.#app.transportDescription}`);
    this.#mailbox.open();
    yield* this.#monitoring.start();
    yield* this.#mingle();
    yield* this.#monitoring.listen();
    if (this.#ending) return null;
    takeNewLimits(this.#app, this.#newTimeLimits);
    yield* this.#consume(consumer, loss);
    void run(this.#mailbox.listen());
    if (!this.#hasBeenReady) {
      yield* this.#signal('worker_ready');
      this.#log.info(`${this.#hostname} ready.`);
    }
    this.#hasBeenReady = true;
    this.#show('online');
    return loss.promise;
  }

  /** Waits for others' answers, but not past the wish to end. */
  *#mingle(): Body<void> {
    if (this.#command.options.isWithoutMingle) return;
    this.#log.info('mingle: searching for neighbors');
    const replies = yield* wait(
      SimPromise.race<Reply | void>([run(this.#mailbox.mingle()), this.#endingAsked.promise]),
    );
    const names = Object.keys(replies ?? {});
    if (names.length === 0) return this.#log.info('mingle: all alone');
    this.#log.info(`mingle: sync with ${names.length} nodes`);
    this.#log.info('mingle: sync complete');
  }

  *#consume(consumer: Consumer, loss: Deferred<Loss>): Body<void> {
    try {
      yield* consumer.start({
        queues: this.#queues.specs,
        prefetchCount: this.#prefetchCount,
        onDelivery: (delivery) => this.#deliver(delivery),
        onLost: (cause) => loss.resolve(cause),
      });
    } catch (error) {
      // Queues that are there with other properties, or cannot be: no retry will help.
      if (error instanceof AmqpChannelError || error instanceof ImproperlyConfigured) {
        return void this.#giveUp(reprError(error));
      }
      if (!(error instanceof Error) || error.name !== 'ConnectionError') throw error;
      loss.resolve({ text: `ConnectionError: ${error.message}` });
    }
  }

  *#connectWithRetries(): Body<Consumer | null> {
    const retryMax = this.#app.settings.brokerConnectionMaxRetries;
    for (let attempt = 1; !this.#ending; attempt++) {
      const consumer = this.#app.createConsumer();
      try {
        yield* consumer.connect();
        return consumer;
      } catch (error) {
        if (!(error instanceof ConnectFailure)) throw error;
        if (attempt > retryMax) return this.#giveUp(`OperationalError('${error.message}')`);
        const waitS = Math.min(attempt * RETRY_STEP_S, RETRY_MAX_S);
        this.#log.error(
          connectionErrorText(this.#app.transportDescription, error.message, {
            waitS,
            attempt,
            retryMax,
          }),
        );
        yield* this.#sleep(waitS * 1e6, 'broker retry');
      }
    }
    return null;
  }

  /** The broker is gone: what has not begun is dropped here, because it will be delivered again. */
  *#recover({ text }: Loss): Body<void> {
    this.#show('cut off');
    this.#log.warning(`${CONNECTION_LOST}\nTraceback (most recent call last):\n${text}`);
    this.#forgetWaiting();
    yield* this.#closeConsumer();
    for (const timer of this.#etaTimers) this.#process.clearTimer(timer);
    this.#widenWindow(-this.#etaTimers.size);
    this.#etaTimers.clear();
    this.#log.warning(CANCEL_TASKS_WARNING);
  }

  *#closeConsumer(): Body<void> {
    const consumer = this.#consumer;
    this.#consumer = null;
    this.#mailbox.close();
    this.#monitoring.stop();
    if (!consumer) return;
    const { restorableCount } = consumer;
    if (restorableCount > 0) {
      this.#log.warning(`Restoring ${restorableCount} unacknowledged message(s)`);
    }
    yield* consumer.close();
  }

  // Tasks.

  #deliver(delivery: Delivery): void {
    this.#inbox.push(delivery);
    if (!this.#isServing) run(this.#serve());
  }

  *#serve(): Body<void> {
    this.#isServing = true;
    const { ears } = this.#app;
    const isInline = this.#pool.name === 'solo';
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      if (isInline) ears.shut();
      yield* this.#receive(next);
      if (isInline) ears.open();
    }
    this.#isServing = false;
  }

  *#receive(delivery: Delivery): Body<void> {
    const { headers, body } = delivery.message;
    this.#process.spendNs(COST.receiveNs + serialiseNs(body.length));
    const name = String(headers['task']);
    const task = this.#app.tasks.get(name);
    if (!task) return yield* this.#refuse(delivery, name);
    const request = new Request(this.#app, this.#consumer!, delivery, task);
    this.#log.info(`Task ${request.title} received`);
    this.#process.state(shortened(`task/${request.headers.id}`), 'RECEIVED');
    this.requests.add(request);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (!this.#mayRun(request)) return;
    yield* this.#signal('task_received', { request: { id: request.headers.id, name } });
    this.#monitoring.received(request);
    const etaUs = request.headers.eta === null ? null : wallUsOf(request.headers.eta);
    if (etaUs !== null) this.#hold(request, etaUs - this.#process.wallUs());
    else if (!this.rateLimits.hold(request)) yield* this.#reserve(request);
  }

  /** From now on it is the pool's. */
  #reserve(request: Request): Body<void> {
    request.stage = 'reserved';
    return this.#pool.apply(request);
  }

  // Revoked, expired, ended.

  /** Asked when a task arrives and when its turn has come: what nobody wants any more is dropped. */
  #mayRun(request: Request): boolean {
    const { id } = request.headers;
    if (!this.requests.has(request)) return false;
    const { isExpired } = request;
    if (isExpired) this.revoked.add(id, this.#process.nowUs());
    if (!this.revoked.has(id)) return true;
    this.#log.info(`Discarding revoked task: ${request.title}`);
    void run(this.#announce(request, isExpired ? 'expired' : 'revoked'));
    return false;
  }

  *#announce(request: Request, reason: 'revoked' | 'expired' | 'terminated'): Body<void> {
    this.requests.delete(request);
    this.#monitoring.revoked(request.headers.id, reason);
    yield* this.#marks.revoked(request, reason);
    request.discard();
  }

  #started(request: Request, pid: number): void {
    request.started(pid);
    this.#monitoring.started(request);
    if (request.terminateWith) this.#terminate(request, request.terminateWith);
  }

  /** Its failure is marked twice, as in Celery: errbacks are called by each (`request.py`). */
  *#tooLong(request: Request, { text }: TimeLimit): Body<void> {
    const error = new TimeLimitExceeded(Number(text));
    this.requests.delete(request);
    request.ended('failure');
    const isMarked = yield* this.#marks.failed(request, error);
    yield* this.#monitoring.failed(request, error);
    if (isMarked) this.#log.error(handlerErrorText(`TimeLimitExceeded(${text})`, error));
    this.#log.error(`Hard time limit (${text}s) exceeded for ${request.title}`);
    yield* this.#marks.failed(request, error);
  }

  /** A task with an ETA waits in memory, unacknowledged; the window grows by one meanwhile. */
  #hold(request: Request, delayUs: number): void {
    request.stage = 'scheduled';
    this.#widenWindow(1);
    const timer = this.#process.setTimer(
      delayUs,
      () => {
        this.#etaTimers.delete(timer);
        this.#widenWindow(-1);
        request.stage = 'received';
        if (!this.rateLimits.hold(request)) run(this.#reserve(request));
      },
      { label: shortened(`eta of ${request.title}`) },
    );
    this.#etaTimers.add(timer);
  }

  /** A window of 0 has no end and needs no widening. */
  #widenWindow(delta: number): void {
    if (this.#prefetchCount === 0) return;
    this.#prefetchCount += delta;
    this.#consumer?.setPrefetchCount(this.#prefetchCount);
  }

  *#refuse(delivery: Delivery, name: string): Body<void> {
    this.#log.error(unknownTaskText(name, delivery.message.body));
    this.#consumer?.reject(delivery, false);
    yield* this.#marks.unknown(delivery, name);
  }

  #done(request: Request, outcome: TaskOutcome): void {
    const { end, storeError } = outcome;
    this.requests.delete(request);
    if (storeError !== null) this.#log.error(`Pool callback raised exception: ${storeError}`);
    request.ended(end);
    if (storeError === null) this.#monitoring.ended(request, outcome);
  }

  *#lost(request: Request, text: string): Body<void> {
    const error = new WorkerLostError(text);
    const isRequeued = request.lost();
    this.requests.delete(request);
    if (!isRequeued && !(yield* this.#marks.failed(request, error))) return;
    if (isRequeued) this.#monitoring.rejected(request.headers.id, true);
    else yield* this.#monitoring.failed(request, error);
    const repr = yield* wait(this.#app.space.reprError(error));
    this.#log.error(handlerErrorText(repr, error));
  }

  /** Programs may listen to what happens here (`celery.signals`). */
  *#signal(name: string, given: Readonly<Record<string, unknown>> = {}): Body<void> {
    yield* wait(this.#app.space.signal(name, { sender: this.#hostname, ...given }));
  }

  /** Tells the trace how it stands (src/lib/trace/work.ts). */
  #show(state: 'online' | 'cut off' | 'offline'): void {
    this.#process.state(shortened(`worker/${this.#hostname}`), {
      ...{ state, pool: this.#pool.name, size: this.#concurrency },
      ...{ prefetch: this.#prefetchCount, queues: this.#queues },
    });
  }

  // Going down.

  #listen(): void {
    this.#process.onSignal('SIGTERM', () => this.#ask('warm'));
    this.#process.onSignal('SIGQUIT', () => this.#ask('cold'));
    this.#process.onSignal('SIGINT', () => {
      if (++this.#interruptCount > 1) return this.#ask('cold');
      this.#log.say('worker: Hitting Ctrl+C again will terminate all running tasks!');
      this.#ask('warm');
    });
  }

  #ask(ending: Ending): void {
    if (this.#ending === 'cold' || this.#ending === ending) return;
    this.#ending = ending;
    const name = ending === 'warm' ? 'Warm' : 'Cold';
    this.#log.say(`worker: ${name} shutdown (MainProcess)`);
    void run(this.#signal('worker_shutting_down', { how: name, exitcode: 0 }));
    this.#endingAsked.resolve();
    if (ending === 'cold') this.#coldAsked.resolve();
  }

  /** Warm: what runs may finish. Cold: it is lost. What has not begun goes back to its queue. */
  *#shutDown(): Body<number> {
    const release = this.#keepForeground('shutdown');
    this.#consumer?.cancel();
    for (const timer of this.#etaTimers) this.#process.clearTimer(timer);
    this.#forgetWaiting();
    yield* wait(SimPromise.race([this.#pool.idle(), this.#coldAsked.promise]));
    this.#pool.stop();
    yield* this.#closeConsumer();
    yield* this.#signal('worker_shutdown');
    this.#show('offline');
    release();
    return this.#ending === 'cold' && this.#interruptCount > 1 ? 1 : 0;
  }

  /** What has not begun goes back to its queue, or is delivered again. */
  #forgetWaiting(): void {
    this.#inbox.length = 0;
    this.#pool.clearWaiting();
    this.rateLimits.clear();
    for (const request of this.requests)
      if (request.startedUs === null) this.requests.delete(request);
  }

  #giveUp(problem: string): null {
    this.#log.critical(`Unrecoverable error: ${problem}`);
    this.#process.exit(1);
    return null;
  }

  /** Sleeps, but not past the wish to end. */
  *#sleep(delayUs: number, label: string): Body<void> {
    const sleep = this.#process.sleepUs(delayUs, { label });
    yield* wait(SimPromise.race([sleep, this.#endingAsked.promise]));
  }

  /** Keeps the run alive until the returned function is called (KT7). */
  #keepForeground(label: string): () => void {
    let timer = 0;
    const arm = (): void => {
      timer = this.#process.setTimer(GUARD_US, arm, { label });
    };
    arm();
    return () => this.#process.clearTimer(timer);
  }
}

/** `celery@node`, or `-n`'s value with %h, %n and %d filled in. */
function hostnameOf(process: NodeProcess, given: string): string {
  const host = hostOf(process);
  const name = (given || 'celery@%h').replace(/%([hnd%])/g, (_, letter: string) =>
    letter === 'h' ? host : letter === 'n' ? host : letter === '%' ? '%' : '',
  );
  return name.includes('@') ? name : `${name}@${host}`;
}
