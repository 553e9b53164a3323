// `AsyncResult`: what is known of a task that was sent.

import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from '../app.ts';
import { isReady, readError, type ResultMeta } from '../backends/backend.ts';
import { COST } from '../costs.ts';
import { TimeoutError } from '../errors.ts';
import { shortened } from '../previews.ts';
import { checkOptions } from './context.ts';

export interface GetOptions {
  timeout?: number;
  propagate?: boolean;
  disableSyncSubtasks?: boolean;
}

const GET_OPTIONS = ['timeout', 'propagate', 'disableSyncSubtasks'] as const;

/** What the sender knows beyond the id. */
export interface SentTask {
  name: string;
  isResultIgnored: boolean;
}

export class AsyncResultFace {
  readonly id: string;
  readonly #app: CeleryApp;
  readonly #sent: SentTask;
  #meta: ResultMeta | null = null;

  constructor(app: CeleryApp, id: string, sent: SentTask) {
    this.id = id;
    this.#app = app;
    this.#sent = sent;
  }

  get(options: GetOptions = {}): SimPromise<unknown> {
    return run(this.#get(options));
  }

  get state(): SimPromise<string> {
    return run(this.#known()).then(({ status }) => status);
  }

  get status(): SimPromise<string> {
    return this.state;
  }

  ready(): SimPromise<boolean> {
    return run(this.#known()).then(isReady);
  }

  successful(): SimPromise<boolean> {
    return this.state.then((state) => state === 'SUCCESS');
  }

  failed(): SimPromise<boolean> {
    return this.state.then((state) => state === 'FAILURE');
  }

  get result(): SimPromise<unknown> {
    return run(this.#result());
  }

  get traceback(): SimPromise<string | null> {
    return run(this.#known()).then(({ traceback }) => traceback);
  }

  toString(): string {
    return this.id;
  }

  *#get(options: GetOptions): Body<unknown> {
    checkOptions('option of get', options, GET_OPTIONS);
    const { timeout, propagate = true, disableSyncSubtasks = true } = options;
    if (this.#sent.isResultIgnored) return null;
    if (disableSyncSubtasks) this.#app.checkMayWait();
    this.#meta ??= yield* this.#app.backend.wait(this.id, (promise) =>
      this.#waiting(promise, timeout),
    );
    this.#app.process.spendNs(COST.resultNs);
    const value = yield* this.#valueOf(this.#meta);
    if (this.#meta.status !== 'SUCCESS' && propagate) throw value;
    return value;
  }

  /** Waits, says for what (KT8), and gives up in time. */
  *#waiting<T>(promise: SimPromise<T>, timeout: number | undefined): Body<T> {
    const { process, brokerUrl, backend } = this.#app;
    const what = shortened(`result of ${this.#sent.name}[${this.id}]`);
    const by = [...new Set([brokerUrl.host, ...backend.hosts])];
    if (timeout === undefined) return yield* wait(process.waitFor(promise, { what, by }));
    const delayUs = usFromSeconds(timeout);
    const late = SimPromise.withResolvers<never>();
    const timer = process.setTimer(
      delayUs,
      () => late.reject(new TimeoutError('The operation timed out.')),
      { label: 'timeout of get' },
    );
    const dueUs = process.nowUs() + delayUs;
    try {
      const first: SimPromise<unknown> = SimPromise.race<unknown>([promise, late.promise]);
      return (yield* wait(process.waitFor(first, { what, by, dueUs }))) as T;
    } finally {
      process.clearTimer(timer);
    }
  }

  *#known(): Body<ResultMeta> {
    if (this.#meta) return this.#meta;
    const meta = yield* this.#app.backend.meta(this.id);
    if (isReady(meta)) this.#meta = meta;
    return meta;
  }

  *#result(): Body<unknown> {
    return yield* this.#valueOf(yield* this.#known());
  }

  *#valueOf({ status, resultText }: ResultMeta): Body<unknown> {
    const { space } = this.#app;
    const isError = status === 'FAILURE' || status === 'REVOKED' || status === 'RETRY';
    return yield* wait(
      isError ? space.decodeError(readError(resultText)) : space.decode(resultText),
    );
  }
}
