// What a worker tells of itself and of its tasks, with the keys of the real one (SEMANTICS 1.13).

import { EPOCH_MS } from '#lib/protocol/time.ts';
import { loads, pythonFloat, RawJson } from '../json.ts';
import { readBody } from '../message.ts';
import type { Request } from '../worker/request.ts';
import type { ControlledWorker } from './panel.ts';

/** A task, as `active`, `reserved` and `scheduled` list it. */
export function taskInfo({ hostname }: ControlledWorker, request: Request): object {
  const { headers, delivery, startedUs, pid } = request;
  const { positionalText, keywordsText } = readBody(delivery.message.body);
  return {
    id: headers.id,
    name: headers.task,
    args: loads(positionalText),
    kwargs: loads(keywordsText),
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
export function queueInfo(name: string): object {
  return {
    name,
    exchange: {
      ...{ name, type: 'direct', arguments: null, durable: true, passive: false },
      ...{ auto_delete: false, delivery_mode: null, no_declare: false },
    },
    routing_key: name,
    ...{ queue_arguments: null, binding_arguments: null, consumer_arguments: null },
    ...{ durable: true, exclusive: false, auto_delete: false, no_ack: false },
    ...{ alias: null, bindings: [], no_declare: null, expires: null, message_ttl: null },
    ...{ max_length: null, max_length_bytes: null, max_priority: null },
  };
}

/** `stats`. What a simulated process does not have (`rusage`) is not there. */
export function statsOf(worker: ControlledWorker): object {
  const { app, concurrency, poolPids, prefetchCount, counts } = worker;
  return {
    total: Object.fromEntries(counts),
    pid: app.process.spec.pid,
    clock: String(app.clock),
    uptime: Math.floor(app.process.nowUs() / 1e6),
    pool: {
      'max-concurrency': concurrency,
      processes: poolPids,
      'max-tasks-per-child': 'N/A',
      'put-guarded-by-semaphore': false,
      timeouts: [0, 0],
    },
    broker: brokerInfo(worker),
    prefetch_count: prefetchCount,
  };
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
