// What a worker answers to remote control (celery/worker/control.py): methods by name, their replies
// and the lines they log.

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { changedSettings } from '../conf.ts';
import { CeleryError } from '../errors.ts';
import type { Log } from '../worker/log.ts';
import type { Monitoring } from '../worker/monitoring.ts';
import type { Request } from '../worker/request.ts';
import { queueInfo, statsOf, taskInfo } from './facts.ts';

/** What remote control needs of a worker. */
export interface ControlledWorker {
  readonly app: CeleryApp;
  /** `w1@h`. */
  readonly hostname: string;
  readonly log: Log;
  /** Received and not ended, in this order. */
  readonly requests: ReadonlySet<Request>;
  /** Names of the queues it consumes from. */
  readonly queues: readonly string[];
  readonly prefetchCount: number;
  readonly concurrency: number;
  /** Numbers of the pool processes. */
  readonly poolPids: readonly number[];
  /** How often each task was received, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** What it tells of itself and of its tasks. */
  readonly monitoring: Monitoring;
  /** As `SIGTERM` ends it. */
  shutDown(): void;
}

type Given = Readonly<Record<string, unknown>>;
type Method = (worker: ControlledWorker, given: Given) => unknown;

/** Python's own of that name, for a method that nobody knows. */
class KeyError extends CeleryError {
  override name = 'KeyError';
  override get pythonModule(): string {
    return 'builtins';
  }
}

const ok = (text: string): object => ({ ok: text });

export const INSPECT: Readonly<Record<string, Method>> = {
  active: (worker) => infos(worker, (request) => request.startedUs !== null),
  active_queues: ({ queues }) => queues.map(queueInfo),
  clock: ({ app }) => ({ clock: app.clock }),
  conf: ({ app }) => changedSettings(app.settings),
  ping: () => ok('pong'),
  query_task: (worker, { ids }) => queried(worker, listOf(ids)),
  registered: ({ app }) =>
    [...app.tasks.keys()]
      .filter((name) => !name.startsWith('celery.'))
      .sort()
      .map((name) => registered(app, name)),
  reserved: (worker) => infos(worker, (request) => request.startedUs === null && !isHeld(request)),
  scheduled: (worker) => scheduled(worker),
  stats: statsOf,
};

export const CONTROL: Readonly<Record<string, Method>> = {
  enable_events: (worker) => switchEvents(worker, true),
  disable_events: (worker) => switchEvents(worker, false),
  heartbeat: ({ log, monitoring }) => {
    log.debug('Heartbeat requested by remote.');
    monitoring.beatOnce();
    return undefined;
  },
  shutdown: (worker, { msg = 'Got shutdown from remote' }) => {
    worker.log.warning(String(msg));
    worker.shutDown();
    return undefined;
  },
};

/** Between workers only. */
const HIDDEN: Readonly<Record<string, Method>> = {
  hello: ({ app, hostname, log }, { from_node: from }) => {
    if (from === hostname) return undefined;
    log.info(`sync with ${String(from)}`);
    return { revoked: {}, clock: app.tick() };
  },
};

/** @throws KeyError for a method that there is not; undefined: there is nothing to answer */
export function* answer(worker: ControlledWorker, name: string, given: Given): Body<unknown> {
  yield* [];
  const methods = { ...INSPECT, ...CONTROL, ...HIDDEN };
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new KeyError(name);
  return method(worker, given);
}

function switchEvents({ log, monitoring }: ControlledWorker, isOn: boolean): object {
  const state = isOn ? 'enabled' : 'disabled';
  if (!monitoring.setTaskEvents(isOn)) return ok(`task events already ${state}`);
  log.info(`Events of group {task} ${state} by remote.`);
  return ok(`task events ${state}`);
}

function listOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);
}

function infos(worker: ControlledWorker, isWanted: (request: Request) => boolean): object[] {
  return [...worker.requests].filter(isWanted).map((request) => taskInfo(worker, request));
}

/** A task that waits for its time stays here until then. */
function isHeld({ startedUs, headers }: Request): boolean {
  return startedUs === null && headers.eta !== null;
}

/** 6: the priority of timers in kombu's hub. */
function scheduled(worker: ControlledWorker): object[] {
  return [...worker.requests].filter(isHeld).map((request) => ({
    eta: request.headers.eta,
    priority: 6,
    request: taskInfo(worker, request),
  }));
}

function queried(worker: ControlledWorker, ids: readonly string[]): object {
  const found = [...worker.requests].filter(({ headers }) => ids.includes(headers.id));
  return Object.fromEntries(
    found.map((request) => [
      request.headers.id,
      [request.startedUs === null ? 'reserved' : 'active', taskInfo(worker, request)],
    ]),
  );
}

function registered(app: CeleryApp, name: string): string {
  const limit = app.tasks.get(name)?.options.rateLimit;
  return limit === undefined ? name : `${name} [rate_limit=${limit}]`;
}
