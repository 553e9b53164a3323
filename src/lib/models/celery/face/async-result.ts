// `AsyncResult`: what is known of a task that was sent.

import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { isReady, readError, type ResultMeta } from '../backends/backend.ts';
import { nodeOfTuple, type ResultNode } from '../canvas/result-tree.ts';
import { COST } from '../costs.ts';
import { loads } from '../json.ts';
import { waitForResult } from '../results.ts';
import { checkOptions } from './context.ts';
import { revokeAll, type ResultRevokeOptions } from './control.ts';
import { resultOf, type AnyResult } from './group-result.ts';

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
  /** What came before it, in a chain. */
  parent?: AnyResult | null;
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

  /** What came before it, in a chain or as a chord's header. */
  get parent(): AnyResult | null {
    return this.#sent.parent ?? null;
  }

  /** Results of what the task has sent itself; null while nothing is known of it. */
  get children(): SimPromise<readonly AnyResult[] | null> {
    return run(this.#known()).then((meta) => this.#childrenIn(meta));
  }

  /** The same as `result`. */
  get info(): SimPromise<unknown> {
    return this.result;
  }

  get dateDone(): SimPromise<string | null> {
    return run(this.#known()).then(({ dateDone }) => dateDone);
  }

  forget(): SimPromise<void> {
    return run(this.#forget());
  }

  /** Has workers discard it when its turn comes; with `terminate`, ends it. */
  revoke(options: ResultRevokeOptions = {}): SimPromise<void> {
    return run(revokeAll(this.#app, this.id, options));
  }

  collect(): SimPromise<[AnyResult, unknown][]> {
    return run(this.#collect());
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

  /** For the engine: what it knows of the result without asking anybody. */
  node(): ResultNode {
    return { id: this.id, parent: this.parent && this.parent.node(), results: null };
  }

  leaves(): readonly AsyncResultFace[] {
    return [this];
  }

  /** Waits for it as a member of a group: its failure is thrown, and that of another ends the wait. */
  *waitIn(others: readonly AsyncResultFace[], options: GetOptions): Body<void> {
    if (this.#sent.isResultIgnored) return;
    if (!this.#meta) yield* this.#await(others, { ...options, isGroup: true });
    const meta = this.#meta as ResultMeta;
    const { propagate = true } = options;
    if (meta.status !== 'SUCCESS' && propagate) throw yield* this.#valueOf(meta);
  }

  *#await(
    watched: readonly AsyncResultFace[],
    { timeout, disableSyncSubtasks = true, isGroup = false }: GetOptions & { isGroup?: boolean },
  ): Body<void> {
    const app = this.#app;
    if (disableSyncSubtasks) app.checkMayWait();
    const { taskId, meta } = yield* waitForResult(app, {
      taskId: this.id,
      name: this.#sent.name,
      timeout,
      watched: watched.map(({ id }) => id),
      isGroup,
    });
    app.process.spendNs(COST.resultNs);
    if (taskId !== this.id) throw yield* this.#valueOf(meta);
    this.#meta = meta;
  }

  #childrenIn({ status, childrenText = '[]' }: ResultMeta): readonly AnyResult[] | null {
    if (status === 'PENDING') return null;
    return (loads(childrenText) as unknown[]).map((tuple) =>
      resultOf(this.#app, nodeOfTuple(tuple), (id, sent) => this.#another(id, sent)),
    );
  }

  /** One of the same class. */
  #another(id: string, sent: SentTask): AsyncResultFace {
    const Class = this.constructor as new (
      id: string,
      app: CeleryApp,
      sent: SentTask,
    ) => AsyncResultFace;
    return new Class(id, this.#app, sent);
  }

  *#forget(): Body<void> {
    this.#meta = null;
    if (this.parent) yield* wait(this.parent.forget());
    yield* this.#app.backend.forget(this.id);
  }

  *#collect(): Body<[AnyResult, unknown][]> {
    const found: [AnyResult, unknown][] = [];
    const stack: AnyResult[] = [this];
    for (const one of stack) {
      found.push([one, yield* wait(one.get())]);
      const children = one instanceof AsyncResultFace ? yield* wait(one.children) : one.children;
      stack.push(...(children ?? []));
    }
    return found;
  }

  *#get(options: GetOptions): Body<unknown> {
    checkOptions('option of get', options, GET_OPTIONS);
    if (this.#sent.isResultIgnored) return null;
    const { propagate = true } = options;
    if (!this.#meta) yield* this.#await(propagate ? ancestorsOf(this) : [], options);
    const meta = this.#meta as ResultMeta;
    const value = yield* this.#valueOf(meta);
    if (meta.status !== 'SUCCESS' && propagate) throw value;
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

/** The tasks before it, the first ones first. */
function ancestorsOf({ parent }: { readonly parent: AnyResult | null }): AsyncResultFace[] {
  return parent ? [...ancestorsOf(parent), ...parent.leaves()] : [];
}
