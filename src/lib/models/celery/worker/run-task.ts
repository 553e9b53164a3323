// Runs one task, in a pool process or (pool solo) in the main process: Celery's `trace_task`. Order
// as there: STARTED, the body, the result is stored, then the "succeeded" line.

import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { isoOf, type CeleryApp, type TaskDefinition } from '../app.ts';
import { writeError, type ResultMeta, type ResultTarget } from '../backends/backend.ts';
import { COST } from '../costs.ts';
import { CeleryError, EncodeError } from '../errors.ts';
import { dumps, pythonFloat } from '../json.ts';
import { readBody, type TaskHeaders } from '../message.ts';
import { callPreview, shortened } from '../previews.ts';
import { reprError } from '../python-repr.ts';
import type { Opaque } from '../space.ts';
import type { Log } from './log.ts';

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

export interface TaskOutcome {
  isFailure: boolean;
  /** The result could not be stored: what was raised, else null. */
  storeError: string | null;
}

export interface TaskHost {
  app: CeleryApp;
  log: Log;
  /** `w1@w1`. */
  hostname: string;
}

/** Runs a task to its end. Never throws what the learner's code threw. */
export function* runTask(host: TaskHost, call: TaskCall): Body<TaskOutcome> {
  const run = new TaskRun(host, call);
  try {
    return yield* run.run();
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
    return run.failedOutside(error);
  }
}

/** ISO time without a zone, as `date_done` has it. */
export function doneTime(process: NodeProcess): string {
  return isoOf(process.wallUs()).replace('+00:00', '');
}

class TaskRun {
  readonly #host: TaskHost;
  readonly #headers: TaskHeaders;
  readonly #call: TaskCall;
  readonly #task: TaskDefinition;
  readonly #target: ResultTarget;
  readonly #isIgnored: boolean;

  constructor(host: TaskHost, call: TaskCall) {
    this.#host = host;
    this.#call = call;
    this.#headers = call.headers;
    this.#task = host.app.tasks.get(call.headers.task)!;
    this.#target = {
      taskId: call.headers.id,
      correlationId: call.correlationId,
      replyTo: call.replyTo,
    };
    this.#isIgnored = call.headers.ignore_result;
  }

  *run(): Body<TaskOutcome> {
    const { app } = this.#host;
    const { process } = app;
    process.spendNs(COST.startNs);
    if (app.option(this.#task, 'trackStarted')) yield* this.#store(this.#startedMeta());
    const beganUs = process.nowUs();
    this.#state('STARTED');
    app.currentTask = { taskId: this.#headers.id, rootId: this.#headers.root_id };
    const outcome = yield* this.#body();
    app.currentTask = null;
    return 'value' in outcome
      ? yield* this.#succeed(outcome.value, outcome.text, beganUs)
      : yield* this.#fail(outcome.error);
  }

  /** The result store failed: Celery warns, and the result is lost (SEMANTICS 1.9). */
  failedOutside(error: CeleryError): TaskOutcome {
    const storeError = reprError(error);
    this.#host.log.warning(
      `RuntimeWarning: Exception raised outside body: ${storeError}:\n` +
        `${error.pythonModule}.${error.name}: ${error.message}\n`,
    );
    return { isFailure: true, storeError };
  }

  /** The learner's code; what it throws is an outcome, not our error. */
  *#body(): Body<{ value: Opaque; text: string } | { error: unknown }> {
    const { app } = this.#host;
    const { process, space } = app;
    const { task, argsrepr, kwargsrepr } = this.#headers;
    const preview = callPreview(task, argsrepr, kwargsrepr);
    const endSpan = process.span(shortened(task), preview.slice(task.length));
    try {
      const texts = readBody(this.#call.body);
      const call = yield* wait(space.decodeCall(texts.positionalText, texts.keywordsText));
      const context = { ...this.#call, hostname: this.#host.hostname };
      const value = yield* wait(space.call(this.#task.callable, call, context));
      process.effect(preview, this.#headers.id);
      return { value, text: yield* this.#encoded(value) };
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      return { error };
    } finally {
      endSpan();
    }
  }

  /** A result that JSON cannot carry is a failure of the task. */
  *#encoded(value: Opaque): Body<string> {
    if (this.#isIgnored) return 'null';
    try {
      return yield* wait(this.#host.app.space.encode(value));
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      throw new EncodeError(reprError({ name: 'TypeError', message: error.message }));
    }
  }

  *#succeed(value: Opaque, resultText: string, beganUs: number): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { task, id } = this.#headers;
    yield* this.#store({ ...this.#doneMeta('SUCCESS'), resultText });
    this.#state('SUCCESS');
    const runtime = pythonFloat((app.process.nowUs() - beganUs) / 1e6);
    const repr = yield* wait(app.space.repr(value));
    log.info(`Task ${task}[${id}] succeeded in ${runtime}s: ${repr}`);
    return { isFailure: false, storeError: null };
  }

  *#fail(error: unknown): Body<TaskOutcome> {
    const { app, log } = this.#host;
    const { space } = app;
    const { task, id } = this.#headers;
    const traceback = yield* wait(space.renderError(error));
    const resultText = writeError(yield* wait(space.encodeError(error)));
    yield* this.#store({ ...this.#doneMeta('FAILURE'), resultText, traceback });
    this.#state('FAILURE');
    const repr = yield* wait(space.reprError(error));
    log.error(`Task ${task}[${id}] raised unexpected: ${repr}\n${traceback}`);
    return { isFailure: true, storeError: null };
  }

  #state(state: string): void {
    this.#host.app.process.state(shortened(`task/${this.#headers.id}`), state);
  }

  *#store(meta: ResultMeta): Body<void> {
    if (this.#isIgnored) return;
    const { app } = this.#host;
    app.process.spendNs(COST.resultNs);
    yield* app.backend.store(this.#target, meta);
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
