// What workers do when they are told to (celery/worker/control.py, `control_command`): replies and lines
// of the log are the real ones.

import type { Body } from '#lib/node/promise.ts';
import { exitCodeOf, SIGNAL_NAMES, type SignalName } from '#lib/protocol/signals.ts';
import type { ExchangeType } from '../amqp.ts';
import { BuiltinError, NotRegistered } from '../errors.ts';
import { reprError } from '../python-repr.ts';
import type { TimeLimit } from '../worker/pool.ts';
import { rateOf } from '../worker/rate-limits.ts';
import type { Request } from '../worker/request.ts';
import { withTraceback } from '../worker/texts.ts';
import { listOf } from './inspect-methods.ts';
import type { ControlledWorker, Given, Method } from './panel.ts';

const ok = (text: string): object => ({ ok: text });
const nok = (text: string): object => ({ error: text });

export const CONTROL: Readonly<Record<string, Method>> = {
  revoke,
  terminate: (worker, { signal, task_id: ids }) =>
    revoke(worker, { task_id: ids, terminate: true, signal }),
  rate_limit: rateLimit,
  time_limit: timeLimit,
  pool_grow: (worker, given) => resize(worker, given, 'grow'),
  pool_shrink: (worker, given) => resize(worker, given, 'shrink'),
  pool_restart: () => {
    throw new BuiltinError('ValueError', 'Pool restarts not enabled');
  },
  autoscale: () => {
    throw new BuiltinError('ValueError', 'Autoscale not enabled');
  },
  enable_events: (worker) => switchEvents(worker, true),
  disable_events: (worker) => switchEvents(worker, false),
  heartbeat: ({ log, monitoring }) => {
    log.debug('Heartbeat requested by remote.');
    monitoring.beatOnce();
    return null;
  },
  add_consumer: addConsumer,
  cancel_consumer: ({ log, cancelQueue }, { queue }) => {
    log.info(`Canceling queue ${String(queue)}`);
    cancelQueue(String(queue));
    return ok(`no longer consuming from ${String(queue)}`);
  },
  shutdown: (worker, { msg = 'Got shutdown from remote' }) => {
    worker.log.warning(String(msg));
    worker.shutDown();
    return undefined;
  },
};

// Tasks.

function revoke(worker: ControlledWorker, { task_id: given, terminate, signal }: Given): object {
  const { app, log, revoked } = worker;
  const ids = [...new Set(listOf(given))];
  for (const id of ids) revoked.add(id, app.process.nowUs());
  if (terminate !== true) {
    log.info(`Tasks flagged as revoked: ${ids.join(', ')}`);
    return ok(`tasks ${ids.join(', ')} flagged as revoked`);
  }
  const name = signalNamed(signal);
  const found = known(worker, ids);
  for (const request of found) {
    log.info(`Terminating ${request.headers.id} (${(exitCodeOf(name) ?? 128) - 128})`);
    worker.terminate(request, name);
  }
  if (found.length === 0) return ok('terminate: tasks unknown');
  return ok(`terminate: ${found.map(({ headers }) => headers.id).join(', ')}`);
}

/** One request by id; what waits for its time, or for its turn in a rate limit, is not known. */
function known({ requests }: ControlledWorker, ids: readonly string[]): Request[] {
  const found = new Map<string, Request>();
  for (const request of requests) {
    const { id } = request.headers;
    if (request.stage === 'reserved' && ids.includes(id) && !found.has(id)) found.set(id, request);
  }
  return [...found.values()];
}

/** @throws BuiltinError as `signum` of celery/platforms.py does */
function signalNamed(given: unknown): SignalName {
  if (!given) return 'SIGTERM';
  if (typeof given === 'number') {
    const name = SIGNAL_NAMES.find((one) => exitCodeOf(one) === 128 + given);
    if (name) return name;
    throw new BuiltinError('OSError', '[Errno 22] Invalid argument');
  }
  if (typeof given !== 'string' || given !== given.toUpperCase()) {
    throw new BuiltinError('TypeError', 'signal name must be uppercase string.');
  }
  const full = given.startsWith('SIG') ? given : `SIG${given}`;
  const name = SIGNAL_NAMES.find((one) => one === full);
  if (name) return name;
  throw new BuiltinError('AttributeError', `module 'signal' has no attribute '${full}'`);
}

function rateLimit(
  { app, log, rateLimits }: ControlledWorker,
  { task_name: given, rate_limit: limit }: Given,
): object {
  const name = String(given);
  const text = limit === null || limit === undefined ? '' : String(limit);
  try {
    rateOf(text);
  } catch (error) {
    if (!(error instanceof BuiltinError) || error.name !== 'ValueError') throw error;
    return nok(`Invalid rate limit string: ${reprError(error)}`);
  }
  if (!app.tasks.has(name)) return unknownTask(log, 'Rate limit attempt', name);
  rateLimits.change(name, text === '' ? null : text);
  if (!limit) {
    log.info(`Rate limits disabled for tasks of type ${name}`);
    return ok('rate limit disabled successfully');
  }
  log.info(`New rate limit for tasks of type ${name}: ${text}.`);
  return ok('new rate limit set successfully');
}

/** As in 5.2.6 the limits hold from the next connection to the broker on (worker/strategy.py). */
function timeLimit(
  { app, log, newTimeLimits }: ControlledWorker,
  { task_name: given }: Given,
  texts: ReadonlyMap<string, string>,
): object {
  const name = String(given);
  if (!app.tasks.has(name)) return unknownTask(log, 'Change time limit attempt', name);
  const [soft, hard] = [limitOf(texts.get('soft')), limitOf(texts.get('hard'))];
  newTimeLimits.set(name, {
    softTimeLimit: soft?.seconds ?? 0,
    timeLimit: hard?.seconds ?? 0,
  });
  log.info(
    `New time limits for tasks of type ${name}: ` +
      `soft=${soft?.text ?? 'None'} hard=${hard?.text ?? 'None'}`,
  );
  return ok('time limits set successfully');
}

function limitOf(text = 'null'): TimeLimit | null {
  return text === 'null' ? null : { seconds: Number(text), text };
}

function unknownTask(log: ControlledWorker['log'], what: string, name: string): object {
  log.error(withTraceback(`${what} for unknown task ${name}`, new NotRegistered(name)));
  return nok('unknown task');
}

// Pool and queues.

function resize(worker: ControlledWorker, { n = 1 }: Given, how: 'grow' | 'shrink'): object {
  if (typeof n !== 'number' || !Number.isInteger(n)) {
    const type = typeof n === 'string' ? 'str' : typeof n === 'number' ? 'float' : 'NoneType';
    throw new BuiltinError('TypeError', `'${type}' object cannot be interpreted as an integer`);
  }
  worker.pool[how](n);
  worker.widenWindow(how === 'grow' ? n : -n);
  return ok(`pool will ${how}`);
}

const EXCHANGE_TYPES: ReadonlySet<string> = new Set(['direct', 'topic', 'fanout', 'headers']);

function* addConsumer(
  { queues, log, addQueue }: ControlledWorker,
  { queue, exchange, exchange_type: type, routing_key: key }: Given,
): Body<object> {
  const name = String(queue);
  if (typeof type === 'string' && !EXCHANGE_TYPES.has(type)) {
    throw new BuiltinError('KeyError', type);
  }
  const isNew = queues.add(name, {
    ...(typeof exchange === 'string' ? { exchange } : {}),
    ...(typeof type === 'string' ? { exchangeType: type as ExchangeType } : {}),
    ...(typeof key === 'string' ? { routingKey: key } : {}),
  });
  if (isNew) {
    yield* addQueue(name);
    log.info(`Started consuming from ${name}`);
  }
  return ok(`add consumer ${name}`);
}

// Events.

function switchEvents({ log, monitoring }: ControlledWorker, isOn: boolean): object {
  const state = isOn ? 'enabled' : 'disabled';
  if (!monitoring.setTaskEvents(isOn)) return ok(`task events already ${state}`);
  log.info(`Events of group {task} ${state} by remote.`);
  return ok(`task events ${state}`);
}
