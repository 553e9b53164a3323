// A worker, the origin among them: keeps a queue of futures, gives away what is more than it can do
// soon, asks for work when it has none, and runs one piece of learner code at a time. Behaviour as
// observed of SCOOP 0.7 (README.md).

import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, peek, run, runWithin, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { COST, pickleNs } from '../costs.ts';
import { ReferenceBroken } from '../errors.ts';
import { Log } from '../log.ts';
import type { ObjectSpace, Opaque, Outcome } from '../space.ts';
import type { Frame } from '../wire.ts';
import { Arrivals } from './arrivals.ts';
import { BrokerLink } from './broker-link.ts';
import type { WorkerConfig } from './config.ts';
import { ConstantExists, Constants } from './constants.ts';
import { Estimates } from './estimates.ts';
import { Future, type Submission } from './future.ts';
import { LostFutures } from './lost-futures.ts';
import { FutureQueue } from './queue.ts';
import { Run } from './run.ts';
import { Sight } from './sight.ts';
import { Turns } from './turns.ts';
import { Waiter } from './waiter.ts';

/** A worker keeps so much work, and asks for more when it has less. */
const WORK_KEPT_NS = 10_000_000;

const BROKEN =
  'An instance could not find its base reference on a worker. Ensure that your objects have their ' +
  'definition available in the root scope of your program.';
const POOL_ENDS =
  'A worker exited unexpectedly. Read the worker logs for more information. SCOOP pool will now shutdown.';

export class Worker {
  readonly process: NodeProcess;
  readonly config: WorkerConfig;
  /** The program itself, at the origin. */
  readonly root = new Run(0, null, 0);
  /** `127.0.0.1:32769`. */
  name = '';
  /** Told of each of this worker's own futures that is done. */
  onsettled: (future: Future) => void = () => undefined;
  readonly #space: ObjectSpace;
  readonly #log: Log;
  readonly #constants: Constants;
  readonly #estimates = new Estimates();
  readonly #queue = new FutureQueue(this.#estimates);
  /** Of this worker's own, those that are not done, by number. */
  readonly #futures = new Map<number, Future>();
  readonly #lost: LostFutures;
  readonly #turns: Turns;
  /** Those that have begun and not ended. */
  readonly #runs = new Map<number, Run>();
  #inbox: Frame[] = [];
  #link: BrokerLink | null = null;
  #sight: Sight | null = null;
  #news = new Deferred<void>();
  #isAsking = false;
  #runCount = 0;
  #submittedCount = 0;
  #doneCount = 0;

  constructor(process: NodeProcess, space: ObjectSpace, config: WorkerConfig) {
    this.process = process;
    this.config = config;
    this.#space = space;
    this.#log = new Log(process, 'WARNING');
    this.#constants = new Constants(process);
    this.#turns = new Turns({ process, sight: () => this.#sight, onready: () => this.#tell() });
    this.#lost = new LostFutures(process, this.#futures, (frame) => this.#link?.send(frame));
  }

  /** Joins the pool. The origin's program has the first turn. */
  *join(): Body<void> {
    const { brokerHost, brokerPort, host, isOrigin } = this.config;
    const onframe = (frame: Frame): void => this.#take(frame);
    this.#link = yield* BrokerLink.open(this.process, brokerHost, brokerPort, onframe);
    this.name = `${host}:${this.#link.port}`;
    this.#log.place = `b'${this.name}'`;
    this.#sight = new Sight(this.process, this.name);
    this.#link.send({ kind: 'hello', from: this.name });
    if (isOrigin) this.#turns.give(this.root);
  }

  /** Runs futures for ever. */
  *serve(): Body<never> {
    for (;;) {
      yield* this.#turns.untilFree();
      yield* this.#update();
      this.#askForWork();
      if (this.#turns.resumeNext()) continue;
      const future = this.#queue.take();
      if (future) this.#start(future);
      else yield* this.#idle();
    }
  }

  // For the faces.

  /** Makes futures of calls, and gives away what is too much for this worker. */
  submit(by: Run | null, submissions: readonly Submission[]): Future[] {
    const futures = submissions.map((submission) => this.#make(by, submission));
    this.#sight?.submitted(futures);
    this.#tell();
    return futures;
  }

  /** @throws (rejects with) the language's PicklingError; the future it is about has failed with it */
  *giveAway(): Body<void> {
    while (this.#hasTooMuch()) yield* this.#send(this.#queue.takeOldest()!);
  }

  /**
   * Lets other futures run until `count` of these are done.
   *
   * @param timeoutUs null for ever
   * @returns whether they are done
   */
  *wait(
    by: Run | null,
    futures: readonly Future[],
    count: number,
    timeoutUs: number | null,
  ): Body<boolean> {
    const pending = futures.filter((future) => !future.isDone);
    const left = count - (futures.length - pending.length);
    if (left <= 0) return true;
    const waiter = new Waiter(by ?? new Run(-1, null, 0), left);
    for (const future of pending) future.waiters.push(waiter);
    const what =
      pending.length === 1 ? `the result of ${pending[0]!.text}` : ofMany(left, pending.length);
    yield* this.#turns.await(waiter, what, timeoutUs, this.#others);
    // Those that are not done must not remember it.
    for (const { waiters } of pending) remove(waiters, waiter);
    return !waiter.isTimedOut;
  }

  /** Futures in the order in which they end. */
  arrivals(futures: readonly Future[]): Arrivals {
    return new Arrivals(futures, (waiter) => this.#turns.satisfy(waiter));
  }

  /**
   * Lets other futures run until the next one is done.
   *
   * @returns null when that takes too long, or there is none
   */
  *next(by: Run | null, arrivals: Arrivals, timeoutUs: number | null): Body<Future | null> {
    if (!arrivals.hasNext && arrivals.leftCount > 0) {
      const waiter = new Waiter(by ?? new Run(-1, null, 0), 1);
      arrivals.waiter = waiter;
      const what = ofMany(1, arrivals.leftCount);
      yield* this.#turns.await(waiter, what, timeoutUs, this.#others);
      if (waiter.isTimedOut) arrivals.waiter = null;
    }
    return arrivals.take() ?? null;
  }

  /** Looks whether a future is done; one that still waits here goes to another worker. */
  *look(future: Future): Body<boolean> {
    if (this.config.size > 1 && future.state === 'queued' && this.#queue.remove(future)) {
      yield* this.#send(future);
    }
    yield* this.#update();
    return future.isDone;
  }

  /** @returns whether it will not run */
  cancel(future: Future): boolean {
    if (future.state === 'cancelled') return true;
    if (future.state !== 'queued' || !this.#queue.remove(future)) return false;
    future.state = 'cancelled';
    this.#settle(future);
    return true;
  }

  /** @throws ConstantExists */
  setConstants(values: ReadonlyMap<string, Opaque>): void {
    for (const name of values.keys()) {
      if (this.#constants.has(name)) throw new ConstantExists(name);
    }
    for (const [name, value] of values) {
      const body = this.#space.encodeValue(value);
      this.#constants.set(name, body);
      this.#link?.send({ kind: 'variable', name, body });
    }
  }

  /** @returns null when it does not come in time */
  *constant(name: string, timeoutUs: number | null): Body<{ value: Opaque } | null> {
    const bytes = yield* this.#constants.get(name, timeoutUs, this.#link?.peer ?? '');
    return bytes && { value: this.#space.decodeValue(bytes) };
  }

  /** By its number, or null: it has ended. */
  runNumbered(number: number): Run | null {
    return number === 0 ? this.root : (this.#runs.get(number) ?? null);
  }

  // The queue.

  #make(by: Run | null, submission: Submission): Future {
    this.process.spendNs(COST.submitNs);
    const number = ++this.#submittedCount;
    const future = new Future([this.name, number], submission);
    future.depth = by && by.number > 0 ? by.depth + 1 : 0;
    this.#futures.set(number, future);
    this.#queue.add(future);
    return future;
  }

  #hasTooMuch(): boolean {
    const queue = this.#queue;
    return this.config.size > 1 && queue.length > 1 && queue.durationNs > WORK_KEPT_NS;
  }

  *#send(future: Future): Body<void> {
    const { id, text, key } = future;
    future.state = 'sent';
    try {
      future.task ??= yield* soon(this.#space.encodeCall(future.call));
    } catch (error) {
      this.#failToSend(future, error);
      throw error;
    }
    this.#link?.send({ kind: 'task', id, call: text, key, body: future.task });
    this.#sight?.future(future, 'sent');
  }

  #failToSend(future: Future, error: unknown): void {
    if (isStop(error) || error instanceof InvariantError) throw error;
    const problem = this.#space.problemOf(error);
    this.#log.write('scoopzmq', 'WARNING', `Pickling Error: ${problem}`);
    this.#complete(future, { isError: true, value: error, text: problem });
  }

  #askForWork(): void {
    const isEnough = this.#queue.length > 0 && this.#queue.durationNs >= WORK_KEPT_NS;
    if (this.#isAsking || isEnough || this.config.size === 1) return;
    this.#isAsking = true;
    this.#link!.send({ kind: 'request' });
  }

  // What arrives.

  #take(frame: Frame): void {
    if (frame.kind === 'variable') return this.#constants.set(frame.name ?? '', frame.body!);
    if (frame.kind === 'shutdown') return this.#leave();
    if (frame.kind === 'welcome') return;
    this.#inbox.push(frame);
    this.#tell();
  }

  /** Something can be done: for a worker that has nothing to do. */
  #tell(): void {
    this.#news.resolve();
  }

  *#update(): Body<void> {
    while (this.#inbox.length > 0) {
      // Taking results in is work too: it is what keeps an origin from sharing out more.
      if (!this.#turns.isTaken) this.#sight?.worker('busy');
      const frames = this.#inbox;
      this.#inbox = [];
      for (const frame of frames) yield* this.#handle(frame);
    }
    yield* quietly(this.giveAway());
  }

  *#handle(frame: Frame): Body<void> {
    const { kind, body } = frame;
    this.process.spendNs(kind === 'answer' ? COST.switchNs : pickleNs(body!.length));
    if (kind === 'task') return this.#receive(frame);
    if (kind === 'answer') return this.#hearOfLost(frame);
    const [worker, number] = frame.id!;
    const future = worker === this.name ? this.#futures.get(number) : undefined;
    // It was run twice: the first result counts.
    if (!future) return;
    const outcome = this.#space.decodeOutcome(body!, frame.isError === true, frame.outcome ?? '');
    this.process.spendNs(COST.collectNs);
    this.#estimates.note(future.key, (frame.ranUs ?? 0) * 1000);
    yield* this.#collect(future, outcome);
  }

  #receive({ id, call: text = '', key = '', body }: Frame): void {
    this.#isAsking = false;
    const [worker, number] = id!;
    const isOwn = worker === this.name;
    const future = isOwn ? this.#futures.get(number) : new Future(id!, { call: null, text, key });
    // It is done by now, or it runs here: it was sent twice.
    if (!future || (isOwn && future.state !== 'sent')) return;
    future.state = 'queued';
    future.task = body!;
    this.#queue.add(future);
  }

  #hearOfLost({ ids = [] }: Frame): void {
    for (const future of this.#lost.heard(ids)) {
      const text = `Lost track of future ${future.title}. Resending it...`;
      this.#log.write('scoopzmq', 'WARNING', text);
      this.#sight?.future(future, 'lost');
      run(quietly(this.#send(future)));
    }
  }

  *#collect(future: Future, outcome: Outcome): Body<void> {
    const { watcher } = future;
    if (future.isDone) return;
    future.outcome = outcome;
    future.state = 'done';
    future.doneIndex = this.#doneCount++;
    if (watcher) yield* wait(this.#space.callBack(watcher));
    this.#settle(future);
  }

  #complete(future: Future, outcome: Outcome): void {
    run(this.#collect(future, outcome));
  }

  #settle(future: Future): void {
    this.#futures.delete(future.id[1]);
    this.onsettled(future);
    if (future.state === 'cancelled') this.#sight?.future(future, 'cancelled');
    for (const waiter of future.waiters.splice(0))
      if (--waiter.left === 0) this.#turns.satisfy(waiter);
    for (const arrivals of future.arrivals.splice(0)) arrivals.settled(future);
  }

  // Runs.

  /** Who could end a wait for futures. */
  get #others(): string[] {
    return this.#link?.isUp ? [this.#link.peer] : [];
  }

  #start(future: Future): void {
    this.process.spendNs(COST.switchNs);
    future.state = 'running';
    const started = new Run(++this.#runCount, future, future.depth);
    this.#runs.set(started.number, started);
    this.#turns.give(started);
    this.#sight?.future(future, 'running');
    const ended = runWithin(started, this.#perform(future, started));
    ended.catch((error: unknown) => this.process.die(error));
  }

  *#perform(future: Future, by: Run): Body<void> {
    try {
      const { call, task } = future;
      const outcome = yield* wait(this.#space.call(call ?? this.#space.decodeCall(task!), by));
      const ranNs = this.#turns.measure(by);
      this.#estimates.note(future.key, ranNs);
      this.#sight?.future(future, outcome.isError ? 'failed' : 'done');
      yield* this.#finish(future, outcome, ranNs / 1000);
    } catch (error) {
      if (!(error instanceof ReferenceBroken)) throw error;
      this.#breakPool(error);
    } finally {
      by.isOver = true;
      this.#runs.delete(by.number);
      this.#turns.release(by);
    }
  }

  *#finish(future: Future, outcome: Outcome, ranUs: number): Body<void> {
    if (future.id[0] === this.name) return yield* this.#collect(future, outcome);
    const { id, text: call } = future;
    const { body, told } = yield* this.#pickled(outcome);
    const { isError, text } = told;
    this.#link!.send({ kind: 'reply', id, call, isError, outcome: text, ranUs, body });
  }

  /** What cannot be pickled becomes the error that says so. */
  *#pickled(outcome: Outcome): Body<{ body: Uint8Array; told: Outcome }> {
    try {
      return { body: yield* wait(this.#space.encodeOutcome(outcome)), told: outcome };
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError || outcome.isError) throw error;
      const told = { isError: true, value: error, text: this.#space.problemOf(error) };
      return { body: yield* wait(this.#space.encodeOutcome(told)), told };
    }
  }

  *#idle(): Body<void> {
    this.#sight?.worker(this.#turns.hasSuspended ? 'waiting' : 'idle');
    this.#news = new Deferred<void>();
    const timer = this.#link!.isUp ? this.#lost.watch() : 0;
    yield* wait(this.#news.promise);
    if (timer > 0) this.process.clearTimer(timer);
  }

  // The end.

  #breakPool(error: ReferenceBroken): void {
    this.#log.write('scoopzmq', 'ERROR', `${BROKEN}\n${error.message}`);
    const words = `scoop._comm.scoopexceptions.ReferenceBroken: ${error.message}\n`;
    this.process.write('stderr', words, false);
    this.#link!.send({ kind: 'shutdown' });
    this.process.exit(1);
  }

  #leave(): void {
    if (this.config.isOrigin) this.#log.write('scoopzmq', 'ERROR', POOL_ENDS);
    this.process.exit(this.config.isOrigin ? 1 : 0);
  }
}

/** The value at once if it is here: what a program does in one go leaves in one go. */
function* soon<T>(promise: Parameters<typeof peek<T>>[0]): Body<T> {
  const seen = peek(promise);
  return seen.state === 'fulfilled' ? seen.value : yield* wait(promise);
}

/** Of what cannot be pickled the submitter learns from its future. */
function* quietly(body: Body<void>): Body<void> {
  try {
    yield* body;
  } catch (error) {
    if (isStop(error) || error instanceof InvariantError) throw error;
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

function ofMany(count: number, all: number): string {
  return all === 1 ? 'a future' : `${count} of ${all} futures`;
}
