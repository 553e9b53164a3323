// Remote control from the worker's side (kombu/pidbox.py, `Node`): takes questions from the fan-out
// exchange `celery.pidbox`, answers those that are for it.

import { run, type Body } from '#lib/node/promise.ts';
import { CeleryError } from '../errors.ts';
import { JsonError, loads, partsOf } from '../json.ts';
import type { Message } from '../message.ts';
import { shortened } from '../previews.ts';
import { reprError } from '../python-repr.ts';
import { PIDBOX, PIDBOX_REPLY, type Bus } from '../transports/bus.ts';
import { ask, byWorker, controlMessage, type Reply } from './client.ts';
import { withTraceback } from '../worker/texts.ts';
import { answer, type ControlledWorker } from './panel.ts';

interface Call {
  method: string;
  destination: readonly string[] | null;
  ticket?: string;
  reply_to?: { exchange: string; routing_key: string };
}

/** Seconds for which a worker that starts waits for others to answer (observed). */
export const MINGLE_S = 1;

export class Mailbox {
  readonly #worker: ControlledWorker;
  #bus: Bus | null = null;

  constructor(worker: ControlledWorker) {
    this.#worker = worker;
  }

  /** A new connection, for `listen`. */
  open(): void {
    this.close();
    const { app } = this.#worker;
    this.#bus = app.createBus(app.ears);
  }

  close(): void {
    this.#bus?.close();
    this.#bus = null;
  }

  /** Says hello to the workers that are there; returns what they answer, by name. */
  *mingle(): Body<Reply> {
    const { app, hostname, revoked } = this.#worker;
    const question = {
      method: 'hello',
      arguments: { from_node: hostname, revoked: revoked.table },
      destination: null,
      timeoutS: MINGLE_S,
      isHousekeeping: true,
    };
    try {
      // By a connection of its own: the queue of answers would be polled as long as it is open.
      const replies = byWorker(yield* ask(app, question));
      const others = Object.entries(replies).filter(([name]) => name !== hostname);
      for (const [, reply] of others) revoked.update((reply as { revoked?: unknown }).revoked);
      return Object.fromEntries(others);
    } catch (error) {
      return this.#unreachable(error);
    }
  }

  /** Answers from now on. */
  *listen(): Body<void> {
    try {
      yield* this.#bus!.subscribe({
        exchange: PIDBOX,
        queue: `${this.#worker.hostname}.${PIDBOX.name}`,
        routingKey: '',
        onMessage: (message) => void run(this.#take(message)),
      });
    } catch (error) {
      this.#unreachable(error);
    }
  }

  /** A lost broker is noticed by the connection that brings the tasks: nothing is left to do here. */
  #unreachable(error: unknown): Reply {
    if (!(error instanceof CeleryError)) throw error;
    return {};
  }

  *#take({ body, headers }: Message): Body<void> {
    const { app, hostname, log } = this.#worker;
    app.hear(headers['clock']);
    const call = callOf(body);
    if (!call) return log.error(`pidbox: can't decode message body: ${shortened(body)}`);
    const { method, destination = null, ticket, reply_to: target } = call;
    if (Array.isArray(destination) && !destination.includes(hostname)) return;
    let reply: unknown;
    try {
      const given = partsOf(body).get('arguments') ?? 'null';
      reply = yield* answer(this.#worker, method, given === 'null' ? '{}' : given);
    } catch (error) {
      if (!(error instanceof CeleryError)) throw error;
      const repr = reprError(error);
      log.error(withTraceback(`pidbox command error: ${repr}`, error));
      reply = { error: repr };
    }
    if (!target || reply === undefined) return;
    yield* this.#reply({ [hostname]: reply }, target.routing_key, ticket);
  }

  *#reply(reply: Reply, routingKey: string, ticket: string | undefined): Body<void> {
    const message = controlMessage(this.#worker.app, reply, { ticket });
    try {
      yield* this.#bus?.publish({ exchange: PIDBOX_REPLY, routingKey, message }) ?? [];
    } catch (error) {
      this.#unreachable(error);
    }
  }
}

/** Null for what nobody of ours has written. */
function callOf(body: string): Call | null {
  try {
    const call = loads(body);
    return typeof call === 'object' && call !== null && 'method' in call ? (call as Call) : null;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return null;
  }
}
