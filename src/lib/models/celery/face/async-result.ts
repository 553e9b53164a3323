// `AsyncResult`: what is known of a task that was sent.

import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { isReady, readError, type ResultMeta } from '../backends/backend.ts';
import { COST } from '../costs.ts';
import { waitForResult } from '../results.ts';
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
    if (!this.#meta) {
      const wanted = { taskId: this.id, name: this.#sent.name, timeout };
      this.#meta = (yield* waitForResult(this.#app, wanted)).meta;
    }
    this.#app.process.spendNs(COST.resultNs);
    const value = yield* this.#valueOf(this.#meta);
    if (this.#meta.status !== 'SUCCESS' && propagate) throw value;
    return value;
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
