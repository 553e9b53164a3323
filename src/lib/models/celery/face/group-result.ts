// `GroupResult`: the results of a group, and how results are made of what the engine knows of them.

import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { nodeOfTuple, tupleText, type ResultNode } from '../canvas/result-tree.ts';
import { TimeoutError } from '../errors.ts';
import { loads } from '../json.ts';
import type { AsyncResultFace, GetOptions, SentTask } from './async-result.ts';
import { revokeAll, type ResultRevokeOptions } from './control.ts';

export type AnyResult = AsyncResultFace | GroupResultFace;
export type CreateResult = (id: string, sent: SentTask) => AsyncResultFace;

/** The results that the engine names. */
export function resultOf(app: CeleryApp, node: ResultNode, create: CreateResult): AnyResult {
  const parent = node.parent && resultOf(app, node.parent, create);
  if (!node.results) return create(node.id, { name: 'task', isResultIgnored: false, parent });
  const results = node.results.map((one) => resultOf(app, one, create));
  return new GroupResultFace(app, node.id, results, parent);
}

/** What `save` kept, or null. */
export function* restored(
  app: CeleryApp,
  id: string,
  create: CreateResult,
): Body<AnyResult | null> {
  const text = yield* app.backend.restoreGroup(id);
  return text === null ? null : resultOf(app, nodeOfTuple(loads(text)), create);
}

export class GroupResultFace {
  readonly id: string;
  readonly results: readonly AnyResult[];
  readonly parent: AnyResult | null;
  readonly #app: CeleryApp;

  constructor(
    app: CeleryApp,
    id: string,
    results: readonly AnyResult[],
    parent: AnyResult | null = null,
  ) {
    this.#app = app;
    this.id = id;
    this.results = results;
    this.parent = parent;
  }

  get children(): readonly AnyResult[] {
    return this.results;
  }

  /** Values in order; throws what the first to fail has thrown, as soon as it has. */
  get(options: GetOptions = {}): SimPromise<unknown[]> {
    return run(this.#get(options));
  }

  /** The same, but waits for one after the other: a failure shows when its turn comes. */
  join(options: GetOptions = {}): SimPromise<unknown[]> {
    return run(this.#join(options));
  }

  *#get(options: GetOptions): Body<unknown[]> {
    const { process } = this.#app;
    const dueUs = process.nowUs() + (options.timeout ?? 0) * 1e6;
    const leaves = this.leaves();
    for (const [index, leaf] of leaves.entries()) {
      const leftS = (dueUs - process.nowUs()) / 1e6;
      if (options.timeout !== undefined && leftS < 0) {
        throw new TimeoutError('The operation timed out.');
      }
      const others = options.propagate === false ? [] : leaves.slice(index + 1);
      const limit = options.timeout === undefined ? {} : { timeout: leftS };
      yield* leaf.waitIn(others, { ...options, ...limit });
    }
    const values: unknown[] = [];
    for (const result of this.results) values.push(yield* wait(result.get(options)));
    return values;
  }

  *#join(options: GetOptions): Body<unknown[]> {
    const { process } = this.#app;
    const dueUs = process.nowUs() + (options.timeout ?? 0) * 1e6;
    const values: unknown[] = [];
    for (const result of this.results) {
      const leftS = (dueUs - process.nowUs()) / 1e6;
      if (options.timeout !== undefined && leftS <= 0) {
        throw new TimeoutError('join operation timed out');
      }
      const limit = options.timeout === undefined ? {} : { timeout: leftS };
      values.push(yield* wait(result.get({ ...options, ...limit })));
    }
    return values;
  }

  ready(): SimPromise<boolean> {
    return run(this.#every((one) => one.ready()));
  }

  waiting(): SimPromise<boolean> {
    return this.ready().then((isReady) => !isReady);
  }

  successful(): SimPromise<boolean> {
    return run(this.#every((one) => one.successful()));
  }

  failed(): SimPromise<boolean> {
    return run(this.#count((one) => one.failed())).then((count) => count > 0);
  }

  completedCount(): SimPromise<number> {
    return run(this.#count((one) => one.successful()));
  }

  *#every(test: (one: AnyResult) => SimPromise<boolean>): Body<boolean> {
    return (yield* this.#count(test)) === this.results.length;
  }

  *#count(test: (one: AnyResult) => SimPromise<boolean>): Body<number> {
    let count = 0;
    for (const one of this.results) if (yield* wait(test(one))) count++;
    return count;
  }

  forget(): SimPromise<void> {
    return run(this.#forget());
  }

  *#forget(): Body<void> {
    for (const one of this.results) yield* wait(one.forget());
  }

  /** Revokes all of them, with one command. */
  revoke(options: ResultRevokeOptions = {}): SimPromise<void> {
    const ids = this.leaves().map(({ id }) => id);
    return run(revokeAll(this.#app, ids, options));
  }

  save(): SimPromise<void> {
    return run(this.#app.backend.saveGroup(this.id, tupleText(this.node())));
  }

  delete(): SimPromise<void> {
    return run(this.#app.backend.deleteGroup(this.id));
  }

  toString(): string {
    return this.id;
  }

  /** For the engine: what `resultOf` was given. */
  node(): ResultNode {
    const results = this.results.map((one) => one.node());
    return { id: this.id, parent: this.parent && this.parent.node(), results };
  }

  /** The tasks in it, those of groups in it among them. */
  leaves(): readonly AsyncResultFace[] {
    return this.results.flatMap((one) => one.leaves());
  }
}
