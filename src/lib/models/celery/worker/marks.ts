// How tasks end that could not say so themselves: the main process stores it, and does what follows
// from it (`mark_as_failure` and `mark_as_revoked` of celery/backends/base.py).

import { isStop } from '#lib/node/meter.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { doneTime } from '../app.ts';
import { writeError, type ResultTarget } from '../backends/backend.ts';
import { COST } from '../costs.ts';
import { NotRegistered, TaskRevokedError, type CeleryError } from '../errors.ts';
import { readBody, type Message } from '../message.ts';
import { shortened } from '../previews.ts';
import type { CallContext, SignalFacts, WireError } from '../space.ts';
import type { Delivery } from '../transports/transport.ts';
import { Followers } from './followers.ts';
import type { Request } from './request.ts';
import type { TaskHost } from './task-call.ts';

type Status = 'FAILURE' | 'REVOKED';

export class Marks {
  readonly #host: TaskHost;

  constructor(host: TaskHost) {
    this.#host = host;
  }

  /**
   * The task has failed: its chord, the rest of its chain and its errbacks hear of it.
   *
   * @returns whether all of it could be done; if not, the log tells why
   */
  failed(request: Request, error: CeleryError): Body<boolean> {
    return this.#guarded(this.#fail(request, error));
  }

  /** Nobody runs it any more: its chord hears of it. */
  revoked(request: Request, reason: 'revoked' | 'expired' | 'terminated'): Body<boolean> {
    return this.#guarded(this.#revoke(request, reason));
  }

  /** This worker knows no such task. Nobody looks at what was to follow it, as in Celery. */
  unknown({ message }: Delivery, name: string): Body<boolean> {
    return this.#guarded(this.#refuse(message, name));
  }

  *#refuse(message: Message, name: string): Body<void> {
    const exc = new NotRegistered(name);
    yield* this.#store(message, 'FAILURE', exc);
    const { headers } = message;
    yield* this.#signal('task_unknown', { name, id: headers['id'], exc: exc.message });
  }

  *#fail(request: Request, error: CeleryError): Body<void> {
    const wire = yield* this.#store(request.delivery.message, 'FAILURE', error);
    yield* this.#followers(request).failed({ error, wire, traceback: null });
    const { positionalText, keywordsText } = readBody(request.delivery.message.body);
    yield* this.#signal('task_failure', {
      sender: request.task.callable,
      task_id: request.headers.id,
      exception: error,
      args_text: positionalText,
      kwargs_text: keywordsText,
    });
  }

  *#revoke(request: Request, reason: string): Body<void> {
    const error = new TaskRevokedError(reason);
    const wire = yield* this.#store(request.delivery.message, 'REVOKED', error);
    yield* this.#followers(request).revoked(wire);
    yield* this.#signal('task_revoked', {
      sender: request.task.callable,
      request: { id: request.headers.id, task: request.headers.task },
      terminated: reason === 'terminated',
      signum: null,
      expired: reason === 'expired',
    });
  }

  *#signal(name: string, facts: SignalFacts): Body<void> {
    const { space } = this.#host.app;
    if (space.hears(name)) yield* wait(space.signal(name, facts));
  }

  #followers({ call }: Request): Followers {
    const { app, hostname } = this.#host;
    const context: CallContext = { ...call, hostname, run: app.runCount++ };
    return new Followers(this.#host, context);
  }

  *#store({ headers, properties }: Message, status: Status, error: CeleryError): Body<WireError> {
    const { space, backend, process } = this.#host.app;
    const taskId = String(headers['id']);
    process.spendNs(COST.resultNs);
    process.state(shortened(`task/${taskId}`), status);
    const wire = yield* wait(space.encodeError(error));
    if (headers['ignore_result'] === true) return wire;
    const { correlationId, replyTo } = properties;
    const target: ResultTarget = { taskId, correlationId, replyTo };
    const meta = { resultText: writeError(wire), traceback: null, dateDone: doneTime(process) };
    yield* backend.store(target, { status, ...meta });
    return wire;
  }

  /** What fails here, in the cluster or in an errback, is lost (billiard's `safe_apply_callback`). */
  *#guarded(work: Body<unknown>): Body<boolean> {
    try {
      yield* work;
      return true;
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      const repr = yield* wait(this.#host.app.space.reprError(error));
      this.#host.log.error(`Pool callback raised exception: ${repr}`);
      return false;
    }
  }
}
