// What the Python package `scoop` asks of the engine. A process that is no worker never asks: the
// package falls back by itself.

import { isOurMistake } from '#lib/node/engine-errors.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, type SimPromise, type Body } from '#lib/node/promise.ts';
import type { Given, PythonEngine, PythonPort } from '#lib/node/python-port.ts';
import { assert, InvariantError } from '#lib/protocol/errors.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { readWorkerConfig } from '../worker/config.ts';
import type { Arrivals } from '../worker/arrivals.ts';
import type { Future } from '../worker/future.ts';
import { type Run } from '../worker/run.ts';
import { Worker } from '../worker/worker.ts';
import { PythonSpace, toldOf, type Told } from './python-space.ts';

/** As `submit` of python/scoop/_engine.py describes a call. */
interface SubmittedCall {
  number: number;
  text: string;
  key: string;
}

export class ScoopEngine implements PythonEngine {
  readonly #worker: Worker | null;
  readonly #process: NodeProcess;
  /** By number: those of which Python has not been told that they are done. */
  readonly #futures = new Map<number, Future>();
  /** Of loops over futures as they end; by number. */
  readonly #arrivals = new Map<number, Arrivals>();
  #arrivalsCount = 0;
  /** Done by now. */
  #news: Future[] = [];

  constructor(process: NodeProcess, python: PythonPort) {
    const config = readWorkerConfig(process.spec.argv);
    this.#process = process;
    this.#worker = config && new Worker(process, new PythonSpace(python), config);
    if (this.#worker) this.#worker.onsettled = (future) => this.#news.push(future);
  }

  tell(what: string, given: Given): unknown {
    try {
      return { value: this.#tell(what, given) };
    } catch (error) {
      return failed(error);
    }
  }

  ask(what: string, given: Given): SimPromise<unknown> {
    return run(this.#ask(what, given)).then((value) => ({ value }), failed);
  }

  main(): SimPromise<unknown> {
    assert(false, 'a worker is a program of its own');
  }

  get #pool(): Worker {
    assert(this.#worker, 'only workers ask');
    return this.#worker;
  }

  #tell(what: string, given: Given): unknown {
    const worker = this.#worker;
    switch (what) {
      case 'scoop.config':
        return worker && worker.config;
      case 'scoop.state':
        return this.#future(given).state;
      case 'scoop.cancel':
        return this.#pool.cancel(this.#future(given));
      case 'scoop.watch':
        return void (this.#future(given).watcher = this.#future(given));
      case 'scoop.arrivals':
        return this.#beginArrivals(given);
      case 'scoop.set':
        return this.#pool.setConstants(new Map(Object.entries(given['values'] as Given)));
      default:
        throw new InvariantError(`the engine knows no ${what}`);
    }
  }

  *#ask(what: string, given: Given): Body<unknown> {
    switch (what) {
      case 'scoop.join':
        return yield* this.#join();
      case 'scoop.serve':
        return yield* this.#pool.serve();
      case 'scoop.submit':
        return yield* this.#submit(given);
      case 'scoop.wait':
        return yield* this.#wait(given);
      case 'scoop.next':
        return yield* this.#next(given);
      case 'scoop.look':
        yield* this.#pool.look(this.#future(given));
        return this.#told();
      case 'scoop.get': {
        const found = yield* this.#pool.constant(String(given['name']), timeoutUs(given));
        return found && found.value;
      }
      default:
        throw new InvariantError(`the engine knows no ${what}`);
    }
  }

  *#join(): Body<string> {
    const worker = this.#pool;
    this.#process.onSignal('SIGTERM', () => this.#process.exit(0));
    // Ctrl-C reaches the whole group: cleaning up is the launcher's.
    this.#process.onSignal('SIGINT', () => undefined);
    yield* worker.join();
    if (worker.config.isOrigin) run(worker.serve());
    return worker.name;
  }

  *#submit(given: Given): Body<null> {
    const calls = given['calls'] as readonly SubmittedCall[];
    const submissions = calls.map(({ number, text, key }) => ({ call: { number }, text, key }));
    const futures = this.#pool.submit(this.#runOf(given), submissions);
    for (const future of futures) this.#futures.set(future.id[1], future);
    yield* this.#pool.giveAway();
    return null;
  }

  *#wait(given: Given): Body<{ isInTime: boolean; done: Told[] }> {
    const numbers = given['futures'] as readonly number[];
    const futures = numbers.map((number) => this.#futures.get(number)!);
    const count = Number(given['count']);
    const isInTime = yield* this.#pool.wait(this.#runOf(given), futures, count, timeoutUs(given));
    return { isInTime, done: this.#told() };
  }

  #beginArrivals(given: Given): number {
    const numbers = given['futures'] as readonly number[];
    const futures = numbers.map((number) => this.#futures.get(number)!);
    this.#arrivals.set(++this.#arrivalsCount, this.#pool.arrivals(futures));
    return this.#arrivalsCount;
  }

  *#next(given: Given): Body<{ number: number | null; done: Told[] }> {
    const arrivals = this.#arrivals.get(Number(given['arrivals']))!;
    const next = yield* this.#pool.next(this.#runOf(given), arrivals, timeoutUs(given));
    if (arrivals.leftCount === 0) this.#arrivals.delete(Number(given['arrivals']));
    return { number: next && next.id[1], done: this.#told() };
  }

  /** What is new since Python was told last. */
  #told(): Told[] {
    const news = this.#news;
    this.#news = [];
    for (const { id } of news) this.#futures.delete(id[1]);
    return news.map(toldOf);
  }

  #future(given: Given): Future {
    return this.#futures.get(Number(given['number']))!;
  }

  /** Python says itself which run a stack belongs to. */
  #runOf(given: Given): Run | null {
    return this.#pool.runNumbered(Number(given['run']));
  }
}

function timeoutUs(given: Given): number | null {
  const timeout = given['timeout'] as number | null;
  return timeout === null ? null : usFromSeconds(Math.max(0, timeout));
}

/** What the learner did wrong; anything else is ours and fails the run (NODE8). */
function failed(error: unknown): { error: { name: string; text: string } } {
  if (isStop(error) || error instanceof InvariantError) throw error;
  const { name, message } = error as Error;
  if (!(error instanceof Error) || (isOurMistake(error) && name !== 'TypeError')) throw error;
  return { error: { name, text: message } };
}
