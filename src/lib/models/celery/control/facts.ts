// What a worker tells of itself and of its tasks, with the keys of the real one (SEMANTICS 1.13).

import { EPOCH_MS } from '#lib/protocol/time.ts';
import type { CeleryApp } from '../app.ts';
import { changedSettings, snakeCase } from '../conf.ts';
import { pythonFloat, RawJson } from '../json.ts';
import { readBody } from '../message.ts';
import { pythonRepr, reprTuple } from '../python-repr.ts';
import type { QueueSpec } from '../routing.ts';
import type { Request } from '../worker/request.ts';
import type { ControlledWorker } from './panel.ts';

/** A task, as `active`, `reserved` and `scheduled` list it. */
export function taskInfo(
  { hostname }: ControlledWorker,
  request: Request,
  isDescribed = false,
): object {
  const { headers, delivery, startedUs, pid } = request;
  const { positionalText, keywordsText } = readBody(delivery.message.body);
  return {
    id: headers.id,
    name: headers.task,
    args: isDescribed ? headers.argsrepr : new RawJson(positionalText),
    kwargs: isDescribed ? headers.kwargsrepr : new RawJson(keywordsText),
    type: headers.task,
    hostname,
    time_start:
      startedUs === null ? null : new RawJson(pythonFloat(EPOCH_MS / 1e3 + startedUs / 1e6)),
    acknowledged: request.isAcknowledged,
    delivery_info: {
      exchange: '',
      routing_key: delivery.queue,
      priority: delivery.message.properties.priority,
      redelivered: delivery.redelivered,
    },
    worker_pid: pid,
  };
}

/** A queue, as `active_queues` lists it. */
export function queueInfo({
  name,
  exchange,
  exchangeType,
  routingKey,
  ...spec
}: QueueSpec): object {
  return {
    name,
    exchange: {
      ...{ name: exchange, type: exchangeType, arguments: null, durable: true, passive: false },
      ...{ auto_delete: false, delivery_mode: null, no_declare: false },
    },
    routing_key: routingKey,
    ...{ queue_arguments: null, binding_arguments: null, consumer_arguments: null },
    ...{ durable: true, exclusive: false, auto_delete: false, no_ack: false },
    ...{ alias: null, bindings: [], no_declare: null, expires: null, message_ttl: null },
    ...{ max_length: null, max_length_bytes: null, max_priority: spec.maxPriority || null },
  };
}

/** A task, as `registered` lists it: with those of its attributes that are set. */
export function registeredInfo(
  { app, rateLimits }: ControlledWorker,
  name: string,
  items: readonly string[],
): string {
  const { options } = app.tasks.get(name)!;
  const attributes: Readonly<Record<string, unknown>> = {
    ...{ name, max_retries: 3, serializer: 'json' },
    ...Object.fromEntries(
      Object.entries(options).map(([key, value]) => [snakeCase(key), value as unknown]),
    ),
    rate_limit: rateLimits.limitOf(name, options.rateLimit),
  };
  const shown = items.length > 0 ? items : ['exchange', 'routing_key', 'rate_limit'];
  const fields = shown
    .filter((key) => (attributes[key] ?? null) !== null)
    .map((key) => `${key}=${textOf(attributes[key])}`);
  return fields.length > 0 ? `${name} [${fields.join(' ')}]` : name;
}

/** `stats`. What a simulated process does not have (`rusage`) is not there. */
export function statsOf(worker: ControlledWorker): object {
  const { app, prefetchCount, counts } = worker;
  return {
    total: Object.fromEntries(counts),
    pid: app.process.spec.pid,
    clock: String(app.clock),
    uptime: Math.floor(app.process.nowUs() / 1e6),
    pool: poolInfo(worker),
    broker: brokerInfo(worker),
    prefetch_count: prefetchCount,
  };
}

function poolInfo({ concurrency, pool }: ControlledWorker): object {
  switch (pool.name) {
    case 'prefork':
      return {
        ...{ 'max-concurrency': concurrency, processes: pool.pids },
        ...{ 'max-tasks-per-child': 'N/A', 'put-guarded-by-semaphore': false, timeouts: [0, 0] },
      };
    case 'solo':
      return {
        ...{ 'max-concurrency': 1, processes: pool.pids, 'max-tasks-per-child': null },
        ...{ 'put-guarded-by-semaphore': true, timeouts: [] },
      };
    case 'threads':
      return { 'max-concurrency': concurrency, threads: concurrency };
  }
}

function brokerInfo({ app }: ControlledWorker): object {
  const { scheme, host, port, database } = app.brokerUrl;
  return {
    hostname: host,
    userid: scheme === 'redis' ? null : 'guest',
    virtual_host: scheme === 'redis' ? String(database) : '/',
    port,
    ...{ insist: false, ssl: false, transport: scheme === 'redis' ? 'redis' : 'amqp' },
    connect_timeout: app.settings.brokerConnectionTimeout,
    transport_options: {},
    login_method: scheme === 'redis' ? null : 'PLAIN',
    uri_prefix: null,
    heartbeat: app.settings.brokerHeartbeat,
    failover_strategy: 'round-robin',
    alternates: [],
  };
}

/** Settings under Python's names: those that were changed, or all. */
export function configuration(app: CeleryApp, isWhole: boolean): object {
  const {
    broker_url: broker,
    result_backend: results,
    ...changed
  } = changedSettings(app.settings, isWhole);
  const hidden = (url: string): string => url.replace(':**@', ':********@');
  return {
    ...(broker === undefined ? {} : { broker_url: hidden(app.transportDescription) }),
    ...(results === undefined ? {} : { result_backend: hidden(app.backend.description) }),
    deprecated_settings: null,
    ...changed,
    include: modulesOf(app),
  };
}

/** Where the tasks of a worker come from. */
function modulesOf({ tasks }: CeleryApp): string[] {
  const names = [...tasks.keys()].filter((name) => !name.startsWith('celery.'));
  const modules = names.map((name) => name.slice(0, name.lastIndexOf('.')));
  return [...new Set(modules), 'celery.app.builtins'];
}

/** What people put into a report of a bug. */
export function bugReport(app: CeleryApp): string {
  const { scheme } = app.brokerUrl;
  const settings = Object.entries(configuration(app, false)).map(([name, value]) =>
    name === 'include'
      ? `include: \n    ${reprTuple(value as string[])}`
      : `${name}: ${pythonRepr(value)}`,
  );
  return `
software -> celery:5.2.6 (dawn-chorus) kombu:5.2.4 py:3.11.2
            billiard:4.1.0 ${scheme === 'redis' ? 'redis:4.3.4' : 'py-amqp:5.1.1'}
platform -> system:Linux arch:64bit, ELF
            kernel version:6.1.0 imp:CPython
loader   -> celery.loaders.app.AppLoader
settings -> transport:${scheme === 'redis' ? 'redis' : 'pyamqp'} results:${app.backend.description}

${settings.join('\n')}
`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}
