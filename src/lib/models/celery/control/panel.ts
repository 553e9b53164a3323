// What a worker answers to remote control (celery/worker/control.py): methods by name. What they need of
// the worker, and what they log and reply; the methods stand in inspect-methods.ts and
// control-methods.ts.

import type { Body } from '#lib/node/promise.ts';
import type { SignalName } from '#lib/protocol/signals.ts';
import type { CeleryApp } from '../app.ts';
import { BuiltinError } from '../errors.ts';
import { loads, partsOf } from '../json.ts';
import type { OwnLimits } from '../worker/limits.ts';
import type { Log } from '../worker/log.ts';
import type { Monitoring } from '../worker/monitoring.ts';
import type { Pool } from '../worker/pool.ts';
import type { RateLimits } from '../worker/rate-limits.ts';
import type { Request } from '../worker/request.ts';
import type { Revoked } from '../worker/revoked.ts';
import type { TaskQueues } from '../worker/task-queues.ts';
import { checkArguments } from './commands.ts';
import { CONTROL } from './control-methods.ts';
import { INSPECT } from './inspect-methods.ts';

/** What remote control needs of a worker. */
export interface ControlledWorker {
  readonly app: CeleryApp;
  /** `w1@h`. */
  readonly hostname: string;
  readonly log: Log;
  /** Received and not ended, in this order. */
  readonly requests: ReadonlySet<Request>;
  readonly revoked: Revoked;
  readonly rateLimits: RateLimits;
  /** What it consumes from. */
  readonly queues: TaskQueues;
  readonly prefetchCount: number;
  readonly concurrency: number;
  readonly pool: Pool;
  /** How often each task was received, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** What it tells of itself and of its tasks. */
  readonly monitoring: Monitoring;
  /** Time limits that tasks have from the next connection to the broker on. */
  readonly newTimeLimits: Map<string, OwnLimits>;
  /** Sends a signal to the process that runs a task, or will as soon as one does. */
  terminate(request: Request, signal: SignalName): void;
  /** So many processes more (or fewer) have more deliveries in hand. */
  widenWindow(processCount: number): void;
  /** Begins, or ceases, to consume from a queue of `queues`. */
  addQueue(name: string): Body<void>;
  cancelQueue(name: string): void;
  /** As `SIGTERM` ends it. */
  shutDown(): void;
}

export type Given = Readonly<Record<string, unknown>>;
/**
 * Does what a command says.
 *
 * @param texts the arguments as JSON, in which a float is one
 * @returns the reply, plain data; undefined: nothing is sent
 */
export type Method = (
  worker: ControlledWorker,
  given: Given,
  texts: ReadonlyMap<string, string>,
) => unknown;

/** Between workers only. */
const HIDDEN: Readonly<Record<string, Method>> = {
  hello: ({ app, hostname, log, revoked }, { from_node: from, revoked: theirs }) => {
    if (from === hostname) return undefined;
    log.info(`sync with ${String(from)}`);
    revoked.update(theirs);
    return { revoked: revoked.table, clock: app.tick() };
  },
};

/**
 * Does what a command says and returns the reply.
 *
 * @param argumentsText JSON of an object
 * @throws CeleryError what the asker is to be told of as an error
 */
export function* answer(
  worker: ControlledWorker,
  name: string,
  argumentsText: string,
): Body<unknown> {
  const methods = { ...INSPECT, ...CONTROL, ...HIDDEN };
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new BuiltinError('KeyError', name);
  const given = loads(argumentsText) as Given | null;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new BuiltinError('TypeError', `${name}() argument after ** must be a mapping`);
  }
  checkArguments(name, given);
  const reply = method(worker, given, partsOf(argumentsText));
  return isBody(reply) ? yield* reply : reply;
}

function isBody(reply: unknown): reply is Body<unknown> {
  return typeof reply === 'object' && reply !== null && 'next' in reply;
}
