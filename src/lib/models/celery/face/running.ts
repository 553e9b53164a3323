// A TypeScript learner's task while it runs: `self`, the methods of its class, automatic retries.

import { isStop } from '#lib/node/meter.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { addToChord, replaceTask } from '../canvas/replace.ts';
import { currentTask, type CurrentTask } from '../current-task.ts';
import { Ignore, ImproperlyConfigured, Reject, Retry } from '../errors.ts';
import { parametersOf, placed } from '../parameters.ts';
import { STANDARD_HEADERS } from '../message.ts';
import type { Runnable, RunnableErrback } from '../runnable.ts';
import type { CallContext, CallValues, Ending } from '../space.ts';
import type { Signature } from './canvas.ts';
import { resultOf } from './group-result.ts';
import { makerOf, signatureOf } from './inside.ts';
import { backoffSeconds, retry, type RetryOptions, type RetryRules } from './retry.ts';

type Callable = (...args: unknown[]) => unknown;
type Hook = (...args: unknown[]) => unknown;

/** What `self` is in a run. */
interface Self {
  readonly request: object;
  beforeStart?: Hook;
  onSuccess?: Hook;
  onFailure?: Hook;
  onRetry?: Hook;
  afterReturn?: Hook;
}

export class RunningTask implements Runnable {
  readonly #app: CeleryApp;
  readonly #rules: RetryRules;
  /** The object that `app.task` returned: `self` inherits from it. */
  readonly task: () => object;
  readonly body: Callable;
  readonly isBound: boolean;

  constructor(
    app: CeleryApp,
    task: () => object,
    given: { body: Callable; isBound: boolean; rules: RetryRules },
  ) {
    this.#app = app;
    this.task = task;
    this.#rules = given.rules;
    this.body = given.body;
    this.isBound = given.isBound;
  }

  run(call: CallValues, context: CallContext): SimPromise<unknown> {
    return run(this.#run(call, context));
  }

  /** Called as a function, without a message. */
  direct(call: CallValues): unknown {
    return this.body(...this.#arguments(this.#selfOf(call, null), call));
  }

  ended(ending: Ending): SimPromise<void> {
    return run(this.#ended(ending));
  }

  returned(ending: Ending): SimPromise<void> {
    return run(this.#returned(ending));
  }

  *#ended({ state, value, traceback, call, context }: Ending): Body<void> {
    const self = this.#selfOf(call, context);
    const [args, kwargs] = [call.positional, call.keywords];
    const { id } = context.headers;
    if (state === 'SUCCESS') {
      yield* calling(self, self.onSuccess, [value, id, args, kwargs]);
      return yield* this.#signal('task_success', { result: value });
    }
    const einfo = { traceback };
    if (state === 'RETRY') {
      const cause = value instanceof Retry ? value.exc : value;
      yield* calling(self, self.onRetry, [cause, id, args, kwargs, einfo]);
      return yield* this.#signal('task_retry', { request: self.request, reason: value, einfo });
    }
    yield* calling(self, self.onFailure, [value, id, args, kwargs, einfo]);
    const failure = { task_id: id, exception: value, args, kwargs, traceback, einfo };
    yield* this.#signal('task_failure', failure);
  }

  *#returned({ state, value, traceback, call, context }: Ending): Body<void> {
    const self = this.#selfOf(call, context);
    const [args, kwargs] = [call.positional, call.keywords];
    const { id } = context.headers;
    const info = state === 'SUCCESS' ? null : { traceback };
    if (state === 'SUCCESS' || state === 'FAILURE') {
      yield* calling(self, self.afterReturn, [state, value, id, args, kwargs, info]);
    }
    const told = { task_id: id, task: self, args, kwargs, retval: value, state };
    yield* this.#signal('task_postrun', told);
  }

  *#signal(name: string, facts: Readonly<Record<string, unknown>>): Body<void> {
    const { space } = this.#app;
    if (space.hears(name)) yield* wait(space.signal(name, { sender: this, ...facts }));
  }

  errback(call: RunnableErrback): SimPromise<boolean> {
    return run(this.#errback(call));
  }

  *#errback({ failed, context, told, more }: RunnableErrback): Body<boolean> {
    if (this.isBound || parametersOf(this.body).length < 2) return false;
    const before = told ? [requestOf(failed, context), ...told] : [];
    const call = { ...more, positional: [...before, ...more.positional] };
    yield* wait(this.body(...placed(this.body, call)));
    return true;
  }

  *#run(call: CallValues, context: CallContext): Body<unknown> {
    const self = this.#selfOf(call, context);
    const task = currentTask();
    if (task) task.self = self;
    const { id } = context.headers;
    const { positional: args, keywords: kwargs } = call;
    yield* this.#signal('task_prerun', { task_id: id, task: self, args, kwargs });
    yield* calling(self, self.beforeStart, [id, args, kwargs]);
    try {
      return yield* wait(this.body(...this.#arguments(self, call)));
    } catch (error) {
      if (isStop(error) || !this.#isTriedAgain(error)) throw error;
      return yield* this.#tryAgain(call, context, error);
    }
  }

  #isTriedAgain(error: unknown): boolean {
    if (error instanceof Retry || error instanceof Ignore || error instanceof Reject) return false;
    const isOf = (classes: readonly unknown[]): boolean =>
      classes.some((one) => typeof one === 'function' && error instanceof one);
    return isOf(this.#rules.autoretryFor) && !isOf(this.#rules.dontAutoretryFor);
  }

  /** As Celery's autoretry.py: the wait doubles, and chance spreads it over all that is less. */
  *#tryAgain(call: CallValues, context: CallContext, exc: unknown): Body<never> {
    const rules = this.#rules;
    const { process } = this.#app;
    const wait =
      rules.retryBackoff === 0
        ? {}
        : {
            countdown: backoffSeconds(rules, context.headers.retries, () => process.random()),
          };
    return yield* retry(
      this.#app,
      rules,
      { call, context },
      { ...rules.retryKwargs, ...wait, exc },
    );
  }

  *#replace(sig: unknown): Body<never> {
    yield* replaceTask(this.#app, runningTask('replace'), signatureOf(sig));
    throw new Ignore('Replaced by new task');
  }

  /** The result of the new member, or with `lazy` the signature, which is left to be sent. */
  *#addToChord(sig: unknown, isLazy: boolean): Body<unknown> {
    const task = runningTask('addToChord');
    const sent = yield* addToChord(this.#app, task, signatureOf(sig), isLazy);
    return sent ? resultOf(this.#app, sent, makerOf(sig).create) : sig;
  }

  #arguments(self: object, call: CallValues): unknown[] {
    const positional = this.isBound ? [self, ...call.positional] : call.positional;
    return placed(this.body, { positional, keywords: call.keywords });
  }

  #selfOf(call: CallValues, context: CallContext | null): Self {
    const app = this.#app;
    const own = {
      request: requestOf(call, context),
      retry: (options: RetryOptions = {}) =>
        run(retry(app, this.#rules, { call, context }, options)),
      replace: (sig: unknown) => run(context?.isEager ? applied(sig) : this.#replace(sig)),
      addToChord: (sig: unknown, lazy = false) => run(this.#addToChord(sig, lazy)),
      updateState: (options: StateOptions = {}) => run(updateState(app, context, options)),
    };
    return Object.assign(Object.create(this.task()) as object, own);
  }
}

/** @throws ImproperlyConfigured outside of a task that came by message */
function runningTask(method: string): CurrentTask {
  const task = currentTask();
  if (task) return task;
  throw new ImproperlyConfigured(`${method} needs a task that runs in a worker`);
}

/** What takes the place of a task that runs where it was called: its value is the task's. */
function* applied(sig: unknown): Body<unknown> {
  signatureOf(sig);
  const result = yield* wait((sig as Signature).apply());
  return yield* wait(result.get());
}

/** Calls a method of the task's class, if it has it. */
function* calling(self: Self, hook: Hook | undefined, args: unknown[]): Body<void> {
  if (hook) yield* wait(hook.apply(self, args));
}

export interface StateOptions {
  state?: string;
  meta?: unknown;
  taskId?: string;
}

function* updateState(
  app: CeleryApp,
  context: CallContext | null,
  { state, meta = null, taskId = context?.headers.id }: StateOptions,
): Body<void> {
  if (taskId === undefined) {
    throw new ImproperlyConfigured('updateState needs a taskId outside of a worker');
  }
  yield* app.updateState(taskId, state ?? 'PENDING', yield* wait(app.space.encode(meta)));
}

/** `self.request`, in camelCase. */
function requestOf(call: CallValues, context: CallContext | null): object {
  const isEager = context?.isEager ?? false;
  const common = { args: call.positional, kwargs: call.keywords, isEager };
  if (!context) return { ...common, id: null, retries: 0, calledDirectly: true };
  const { headers } = context;
  const added = Object.entries(headers).filter(([name]) => !STANDARD_HEADERS.has(name));
  return {
    // What a sender has added stands beside the others, under its own names.
    ...Object.fromEntries(added),
    ...common,
    id: headers.id,
    task: headers.task,
    retries: headers.retries,
    eta: headers.eta,
    expires: headers.expires,
    timelimit: headers.timelimit,
    rootId: headers.root_id,
    parentId: headers.parent_id,
    group: headers.group,
    groupIndex: headers.group_index,
    origin: headers.origin,
    lang: headers.lang,
    shadow: headers.shadow,
    ignoreResult: headers.ignore_result,
    correlationId: context.correlationId,
    replyTo: context.replyTo,
    hostname: context.hostname,
    deliveryInfo: {
      ...(isEager ? { isEager } : {}),
      exchange: '',
      routingKey: context.queue,
      priority: context.priority,
      redelivered: context.redelivered,
    },
    calledDirectly: false,
  };
}
