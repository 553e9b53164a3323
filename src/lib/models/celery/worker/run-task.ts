// Runs one task, in a pool process or (pools solo, threads) in the main process: Celery's
// `trace_task`. Order as there: STARTED, the body, the result is stored, `on_success`, then the
// "succeeded" line, `after_return`.

import { isStop } from '#lib/node/meter.ts';
import { runWithin, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { doneTime, type TaskDefinition } from '../app.ts';
import { writeError, type ResultMeta, type ResultTarget } from '../backends/backend.ts';
import { COST } from '../costs.ts';
import { CurrentTask } from '../current-task.ts';
import { EncodeError } from '../errors.ts';
import { dumps, pythonFloat, RawJson } from '../json.ts';
import { readBody, type TaskHeaders } from '../message.ts';
import { callPreview, shortened } from '../previews.ts';
import { reprError } from '../python-repr.ts';
import type { CallContext, CallValues, Ending, Opaque, Verdict } from '../space.ts';
import { Followers } from './followers.ts';
import type { TaskHost } from './task-call.ts';

/** A task as it came with its message. */
export interface TaskCall {
  headers: TaskHeaders;
  /** JSON text of `[args, kwargs, embed]`. */
  body: string;
  correlationId: string;
  replyTo: string;
  queue: string;
  priority: number;
  /** See `Delivery`. */
  redelivered: boolean | null;
}

/** What the main process has to do with the message. */
export type TaskEnd = EndFacts['end'];

/** How it ended, as events tell it. */
export type EndFacts =
  /** `8`; seconds, as Python prints a float. */
  | { end: 'success'; result: string; runtime: string }
  /** `ValueError('boom 7')`. */
  | { end: 'failure' | 'retry'; exception: string; traceback: string }
  | { end: 'ignore' | 'reject' | 'requeue' };

export type TaskOutcome = EndFacts & {
  /** The result could not be stored: what was raised, else null. */
  storeError: string | null;
};

type BodyOutcome = { call: CallValues } & ({ value: Opaque; text: string } | { error: unknown });

const NO_CALL: CallValues = { positional: [], keywords: {} };

/** Runs a task to its end. Never throws what the learner's code threw. */
export function* runTask(host: TaskHost, call: TaskCall): Body<TaskOutcome> {
  const run = new TaskRun(host, call);
  try {
    return yield* wait(runWithin(run.task, run.run()));
  } catch (error) {
    if (isStop(error) || error instanceof InvariantError) throw error;
    return yield* run.failedOutside(error);
  }
}

class TaskRun {
  readonly #host: TaskHost;
  readonly #headers: TaskHeaders;
  readonly #context: CallContext;
  readonly #definition: TaskDefinition;
  readonly #target: ResultTarget;
  readonly #isIgnored: boolean;
  /** What the code of the body belongs to. */
  readonly task: CurrentTask;
  readonly #followers: Followers;

  constructor(host: TaskHost, call: TaskCall) {
    this.#host = host;
    this.#context = { ...call, hostname: host.hostname, run: host.app.runCount++ };
    this.task = new CurrentTask(this.#context);
    this.#headers = call.headers;
    this.#definition = host.app.tasks.get(call.headers.task)!;
    this.#target = {
      taskId: call.headers.id,
      correlationId: call.correlationId,
      replyTo: call.replyTo,
    };
    this.#isIgnored = call.headers.ignore_result;
    this.#followers = new Followers(host, this.#context);
  }

  *run(): Body<TaskOutcome> {
    const { app } = this.#host;
    const { process } = app;
    process.spendNs(COST.startNs);
    if (app.option(this.#definition, 'trackStarted')) yield* this.#store(this.#startedMeta());
    const beganUs = process.nowUs();
    this.#state('STARTED');
    app.running.set(this.#headers.id, this.#context);
    app.runs.set(this.#context.run, this.task);
    const outcome = yield* this.#body();
    try {
      if ('value' in outcome) return yield* this.#succeed(outcome, beganUs);
      const verdict = app.space.verdictOf(outcome.error);
      if (verdict === null) return yield* this.#fail(outcome);
      if (verdict.kind === 'retry') return yield* this.#retried(outcome, verdict);
      return yield* this.#leave(outcome, verdict);
    } finally {
      app.runs.delete(this.#context.run);
      app.running.delete(this.#headers.id);
    }
  }

  /** The result store failed: Celery warns, and the result is lost (SEMANTICS 1.9). */
  *failedOutside(error: unknown): Body<TaskOutcome> {
    const { space } = this.#host.app;
    const storeError = yield* wait(space.reprError(error));
    const traceback = yield* wait(space.renderError(error));
    this.#host.log.warning(
      `celery/app/trace.py:660: RuntimeWarning: Exception raised outside body: ${storeError}:\n${traceback}\n\n  warn(RuntimeWarning(\n`,
    );
    // No word of Celery's: its own tools would show it as started for ever.
    this.#state('UNSTORED');
    return { end: 'failure', storeError, exception: storeError, traceback };
  }

  /** The learner's code; what it throws is an outcome, not our error. */
  *#body(): Body<BodyOutcome> {
    const { app } = this.#host;
    const { process, space } = app;
    const { task, argsrepr, kwargsrepr } = this.#headers;
    const preview = callPreview(task, argsrepr, kwargsrepr);
    const endSpan = process.span(shortened(task), preview.slice(task.length));
    let call = NO_CALL;
    try {
      const texts = readBody(this.#context.body);
      call = yield* wait(space.decodeCall(texts.positionalText, texts.keywordsText));
      app.runningBody = space.call(this.#definition.callable, call, this.#context);
      const value = yield* wait(app.runningBody);
      process.effect(preview, this.#headers.id);
      return { call, value, text: yield* this.#encoded(value) };
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      return { call, error };
    } finally {
      app.runningBody = null;
      endSpan();
    }
  }

  /** A result that JSON cannot carry is a failure of the task. */
  *#encoded(value: Opaque): Body<string> {
    if (this.#isIgnored && !this.#followers.wantsResult) return 'null';
    try {
      return yield* wait(this.#host.app.space.encode(value));
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      throw new EncodeError(reprError({ name: 'TypeError', message: error.message }));
    }
  }

  *#succeed(
    outcome: BodyOutcome & { value: Opaque; text: string },
    beganUs: number,
  ): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { value, text: resultText, call } = outcome;
    try {
      yield* this.#followers.succeeded(resultText);
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      return yield* this.#failFollowing({ call, error });
    }
    yield* this.#store({ ...this.#doneMeta('SUCCESS'), resultText });
    yield* this.#followers.stored(resultText);
    this.#state('SUCCESS');
    const runtime = pythonFloat((app.process.nowUs() - beganUs) / 1e6);
    const result = yield* wait(app.space.repr(value));
    const ending = this.#ending('SUCCESS', outcome.call, value);
    yield* wait(app.space.ended(ending));
    log.info(`${this.#title} succeeded in ${runtime}s: ${result}`);
    yield* wait(app.space.returned(ending));
    return { end: 'success', storeError: null, result, runtime };
  }

  /** What was to follow could not be sent: the task counts as failed, although its body returned. */
  *#failFollowing(outcome: BodyOutcome & { error: unknown }): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const repr = yield* wait(app.space.reprError(outcome.error));
    log.warning(`RuntimeWarning: Exception raised outside body: ${repr}:\n`);
    return yield* this.#fail(outcome);
  }

  *#fail({ call, error }: BodyOutcome & { error: unknown }): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { space } = app;
    const traceback = yield* wait(space.renderError(error));
    const wire = yield* wait(space.encodeError(error));
    yield* this.#store({
      ...this.#doneMeta('FAILURE'),
      resultText: writeError(wire),
      traceback: `${traceback}\n`,
    });
    yield* this.#followers.failed({ error, wire, traceback });
    this.#state('FAILURE');
    const ending = this.#ending('FAILURE', call, error, traceback);
    yield* wait(space.ended(ending));
    const exception = yield* wait(space.reprError(error));
    log.error(`${this.#title} raised unexpected: ${exception}\n${traceback}`);
    yield* wait(space.returned(ending));
    return { end: 'failure', storeError: null, exception, traceback: `${traceback}\n` };
  }

  /** The next attempt is in its queue already. */
  *#retried(
    { call, error }: BodyOutcome & { error: unknown },
    { cause }: Verdict & { kind: 'retry' },
  ): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { space } = app;
    const traceback = yield* wait(space.renderError(error));
    const resultText = cause === null ? 'null' : writeError(yield* wait(space.encodeError(cause)));
    yield* this.#store({
      status: 'RETRY',
      resultText,
      traceback: `${traceback}\n`,
      dateDone: null,
    });
    this.#state('RETRY');
    const ending = this.#ending('RETRY', call, error, traceback);
    yield* wait(space.ended(ending));
    log.info(`${this.#title} retry: ${yield* wait(space.textOf(error))}`);
    yield* wait(space.returned(ending));
    const exception = cause === null ? 'None' : yield* wait(space.reprError(cause));
    return { end: 'retry', storeError: null, exception, traceback: `${traceback}\n` };
  }

  /** `Ignore` and `Reject`: no state is stored. */
  *#leave(
    { call, error }: BodyOutcome & { error: unknown },
    verdict: Verdict & { kind: 'ignore' | 'reject' },
  ): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { space } = app;
    if (verdict.kind === 'ignore') {
      log.info(`${this.#title} ignored`);
      yield* wait(space.returned(this.#ending('IGNORED', call, error)));
      return { end: 'ignore', storeError: null };
    }
    const traceback = yield* wait(space.renderError(error));
    log.warning(`${this.#title} ${yield* wait(space.reprError(error))}\n${traceback}`);
    yield* wait(space.returned(this.#ending('REJECTED', call, error)));
    return { end: verdict.requeue ? 'requeue' : 'reject', storeError: null };
  }

  #ending(
    state: Ending['state'],
    call: CallValues,
    value: Opaque,
    traceback: string | null = null,
  ): Ending {
    const { callable } = this.#definition;
    return { state, value, traceback, callable, call, context: this.#context };
  }

  /** As log lines begin. */
  get #title(): string {
    return `Task ${this.#headers.task}[${this.#headers.id}]`;
  }

  #state(state: string): void {
    this.#host.app.process.state(shortened(`task/${this.#headers.id}`), state);
  }

  *#store(meta: ResultMeta): Body<void> {
    if (this.#isIgnored) return;
    const { app } = this.#host;
    app.process.spendNs(COST.resultNs);
    const childrenText = `[${this.task.children.join(', ')}]`;
    yield* app.backend.store(this.#target, { ...meta, childrenText, details: this.#details() });
  }

  /** What is kept beside the result: more with `result_extended`. */
  #details(): Record<string, unknown> {
    const { headers, body, queue } = this.#context;
    const { positionalText, keywordsText } = readBody(body);
    const extended = {
      name: headers.task,
      args: new RawJson(positionalText),
      kwargs: new RawJson(keywordsText),
      worker: this.#host.hostname,
      retries: headers.retries,
      queue,
    };
    return {
      ...(headers.group === null ? {} : { group_id: headers.group }),
      ...(headers.parent_id === null ? {} : { parent_id: headers.parent_id }),
      ...(this.#host.app.settings.resultExtended ? extended : {}),
    };
  }

  #startedMeta(): ResultMeta {
    const { app, hostname } = this.#host;
    const resultText = dumps({ pid: app.process.spec.pid, hostname });
    return { status: 'STARTED', resultText, traceback: null, dateDone: null };
  }

  #doneMeta(status: string): ResultMeta {
    const dateDone = doneTime(this.#host.app.process);
    return { status, resultText: 'null', traceback: null, dateDone };
  }
}
