// `apply` and `taskAlwaysEager`: tasks that run here and now, with their hooks and signals as in a
// worker. Nothing is stored, and nothing sent but what is linked to them (celery/app/task.py, `apply`).

import { isStop } from '#lib/node/meter.ts';
import { runWithin, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { syncSubtask, type CeleryApp } from '../app.ts';
import { CurrentTask, currentTask } from '../current-task.ts';
import { Retry } from '../errors.ts';
import { hostOf, uuid } from '../ids.ts';
import { bodyText, headersOf } from '../message.ts';
import type { Runnable } from '../runnable.ts';
import type { CallContext, CallValues, Ending } from '../space.ts';
import { AsyncResultFace, type GetOptions } from './async-result.ts';
import { checkOptions } from './context.ts';
import { signatureOf } from './inside.ts';

export interface EagerOptions {
  kwargs?: Readonly<Record<string, unknown>>;
  taskId?: string;
  /** Throw what the task throws; by default as `taskEagerPropagates` says. */
  throw?: boolean;
  link?: unknown;
  linkError?: unknown;
}

/** The others of a call have no meaning here. */
const EAGER_OPTIONS = ['kwargs', 'taskId', 'throw', 'link', 'linkError'] as const;

/** A task to be run. */
interface Eager {
  app: CeleryApp;
  name: string;
  runnable: Runnable;
  call: CallValues;
  options: EagerOptions;
  retries: number;
}

/** The result of a task that has run here. */
export class EagerResultFace extends AsyncResultFace {
  readonly #state: Ending['state'];
  readonly #value: unknown;
  readonly #traceback: string | null;

  constructor(app: CeleryApp, id: string, ending: Pick<Ending, 'state' | 'value' | 'traceback'>) {
    super(app, id, { name: 'task', isResultIgnored: false });
    this.#state = ending.state;
    this.#value = ending.value;
    this.#traceback = ending.traceback;
  }

  override get(options: GetOptions = {}): SimPromise<unknown> {
    if (options.disableSyncSubtasks !== false && currentTask()?.isJoinDenied) {
      return SimPromise.reject(syncSubtask());
    }
    const isThrown = this.#state === 'FAILURE' && options.propagate !== false;
    return isThrown ? SimPromise.reject(this.#value) : SimPromise.resolve<unknown>(this.#value);
  }

  override get state(): SimPromise<string> {
    return SimPromise.resolve<string>(this.#state);
  }

  override ready(): SimPromise<boolean> {
    return SimPromise.resolve<boolean>(true);
  }

  override get result(): SimPromise<unknown> {
    return SimPromise.resolve<unknown>(this.#value);
  }

  override get traceback(): SimPromise<string | null> {
    return SimPromise.resolve<string | null>(this.#traceback);
  }

  override get dateDone(): SimPromise<null> {
    return SimPromise.resolve<null>(null);
  }

  override get children(): SimPromise<null> {
    return SimPromise.resolve<null>(null);
  }

  override forget(): SimPromise<void> {
    return SimPromise.resolve();
  }

  override *waitIn(): Body<void> {
    yield* [];
  }
}

/**
 * Runs a task here.
 *
 * @param isInsteadOfSending it must not wait for others that were sent
 * @throws what the task throws, with `throw`; what sending a linked task throws
 */
export function* applyEagerly(
  task: Omit<Eager, 'retries'>,
  isInsteadOfSending = false,
): Body<EagerResultFace> {
  if (!isInsteadOfSending) checkOptions('option of apply', task.options, EAGER_OPTIONS);
  const { app, options } = task;
  const taskId = options.taskId ?? uuid(app.process);
  let next: Eager = { ...task, retries: 0 };
  for (;;) {
    const current = new CurrentTask(contextOf(next, taskId));
    current.isJoinDenied = isInsteadOfSending || (currentTask()?.isJoinDenied ?? false);
    const ending = yield* wait(runWithin(current, once(next, current.context)));
    if (!(ending.value instanceof Retry)) return new EagerResultFace(app, taskId, ending);
    next = { ...next, call: ending.value.again ?? next.call, retries: next.retries + 1 };
  }
}

function* once({ app, runnable, call, options }: Eager, context: CallContext): Body<Ending> {
  const base = { callable: runnable, call, context, traceback: null };
  let value: unknown;
  try {
    value = yield* wait(runnable.run(call, context));
    for (const one of listOf(options.link)) yield* wait(sent(one, value));
  } catch (error) {
    if (isStop(error) || error instanceof InvariantError) throw error;
    return yield* failed(app, { ...base, state: 'FAILURE', value: error }, options);
  }
  return yield* told({ ...base, state: 'SUCCESS', value });
}

function* failed(app: CeleryApp, given: Ending, options: EagerOptions): Body<Ending> {
  const { value: error } = given;
  if (options.throw ?? app.settings.taskEagerPropagates) {
    // Only those who listen to the end of runs hear of it.
    yield* wait(runnableOf(given).returned({ ...given, state: 'IGNORED' }));
    throw error;
  }
  const verdict = app.space.verdictOf(error);
  if (verdict?.kind === 'ignore' || verdict?.kind === 'reject') {
    const state = verdict.kind === 'ignore' ? 'IGNORED' : 'REJECTED';
    yield* wait(runnableOf(given).returned({ ...given, state }));
    return { ...given, state };
  }
  const traceback = yield* wait(app.space.renderError(error));
  const ending: Ending = { ...given, traceback, state: verdict ? 'RETRY' : 'FAILURE' };
  if (!verdict) yield* callErrbacks(app, ending, listOf(options.linkError));
  return yield* told(ending);
}

function* callErrbacks(
  app: CeleryApp,
  { value, traceback, call, context }: Ending,
  errbacks: readonly unknown[],
): Body<void> {
  for (const one of errbacks) {
    const known = app.tasks.get(signatureOf(one).task)?.callable as Runnable | undefined;
    const errback = { failed: call, context, told: [value, traceback] as const, more: NONE };
    const isCalled = known !== undefined && (yield* wait(known.errback(errback)));
    if (!isCalled) yield* wait(sent(one, context.headers.id));
  }
}

const NONE: CallValues = { positional: [], keywords: {} };

function listOf(signatures: unknown): readonly unknown[] {
  if (signatures === undefined || signatures === null) return [];
  return Array.isArray(signatures) ? (signatures as unknown[]) : [signatures];
}

/** Sends a signature, or runs it here as the settings say. */
function sent(signature: unknown, value: unknown): SimPromise<unknown> {
  signatureOf(signature);
  const { applyAsync } = signature as { applyAsync(args: readonly unknown[]): SimPromise<unknown> };
  return applyAsync.call(signature, [value]);
}

function* told(ending: Ending): Body<Ending> {
  yield* wait(runnableOf(ending).ended(ending));
  yield* wait(runnableOf(ending).returned(ending));
  return ending;
}

function runnableOf({ callable }: Ending): Runnable {
  return callable as Runnable;
}

/** What a message would tell the task. */
function contextOf({ app, name, retries }: Eager, taskId: string): CallContext {
  const headers = headersOf({
    ...{ language: 'js' as const, task: name, id: taskId, eta: null, parentId: null, rootId: null },
    ...{ argsRepr: '', kwargsRepr: '', origin: '', isResultIgnored: false, retries },
  });
  return {
    ...{
      run: app.runCount++,
      headers,
      body: bodyText({ positionalText: '[]', keywordsText: '{}' }),
    },
    ...{ correlationId: taskId, replyTo: '', queue: '', priority: 0, redelivered: null },
    hostname: hostOf(app.process),
    isEager: true,
  };
}
