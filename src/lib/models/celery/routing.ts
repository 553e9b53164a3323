// Which queue a task goes to, and by which exchange (celery/app/routes.py, `send_task_message` of
// celery/app/amqp.py): options of the call, then `taskRoutes`, then the default queue.

import type { ExchangeType } from './amqp.ts';
import type { Settings } from './conf.ts';
import { ImproperlyConfigured } from './errors.ts';

/** An entry of `taskQueues`; what is absent is the queue's own name, and a direct exchange. */
export interface QueueSetting {
  name: string;
  exchange?: string;
  exchangeType?: ExchangeType;
  routingKey?: string;
  /** RabbitMQ's `x-max-priority`. */
  maxPriority?: number;
}

export type QueueSpec = Required<QueueSetting>;

/** An entry of `taskRoutes`. */
export interface RouteSetting {
  queue?: string;
  exchange?: string;
  routingKey?: string;
  priority?: number;
}

/** Where a message is sent. */
export interface Route {
  /** Declared before the first message. */
  queue: QueueSpec;
  /** '': straight into the queue that the key names. */
  exchange: string;
  routingKey: string;
  priority: number | undefined;
}

const QUEUE_KEYS = new Set(['name', 'exchange', 'exchangeType', 'routingKey', 'maxPriority']);
const ROUTE_KEYS = new Set(['queue', 'exchange', 'routingKey', 'priority']);
const TYPES = new Set<unknown>(['direct', 'topic', 'fanout', 'headers']);

/** @throws ImproperlyConfigured for what is no list of queues */
export function checkQueues(value: unknown): void {
  if (!Array.isArray(value)) throw new ImproperlyConfigured('invalid taskQueues: not a list');
  for (const entry of value as unknown[]) {
    checkKeys('taskQueues', entry, QUEUE_KEYS);
    const { name, exchangeType = 'direct' } = entry as Partial<QueueSetting>;
    if (typeof name !== 'string' || name === '') {
      throw new ImproperlyConfigured('invalid taskQueues: a queue without a name');
    }
    if (!TYPES.has(exchangeType)) {
      throw new ImproperlyConfigured(
        `invalid taskQueues: exchange type ${String(exchangeType)} of ${name} ` +
          '(there are direct, topic, fanout and headers)',
      );
    }
  }
}

/** @throws ImproperlyConfigured for what is no table of routes */
export function checkRoutes(value: unknown): void {
  for (const [name, route] of Object.entries(value as object)) {
    if (typeof route !== 'string') checkKeys(`taskRoutes['${name}']`, route, ROUTE_KEYS);
  }
}

function checkKeys(what: string, entry: unknown, known: ReadonlySet<string>): void {
  if (typeof entry !== 'object' || entry === null) {
    throw new ImproperlyConfigured(`invalid ${what}: ${String(entry)} is not an object`);
  }
  const wrong = Object.keys(entry).find((key) => !known.has(key));
  if (wrong === undefined) return;
  throw new ImproperlyConfigured(
    `unknown ${what} entry: ${wrong}; known: ${[...known].join(', ')}`,
  );
}

/** A queue as `taskQueues` describes it; one that is not there is made (task_create_missing_queues). */
export function queueSpec(settings: Settings, name: string): QueueSpec {
  const setting = settings.taskQueues.find((one) => one.name === name);
  const own = { name, exchange: name, routingKey: name };
  return { ...own, exchangeType: 'direct', maxPriority: 0, ...setting };
}

/** The queues of a worker that was told none. */
export function defaultQueues({ taskQueues, taskDefaultQueue }: Settings): string[] {
  return taskQueues.length > 0 ? taskQueues.map(({ name }) => name) : [taskDefaultQueue];
}

/** Where a call of a task goes. */
export function routeOf(settings: Settings, task: string, options: RouteSetting): Route {
  const found = configuredRoute(settings, task);
  const name = options.queue ?? found.queue ?? settings.taskDefaultQueue;
  const queue = queueSpec(settings, name);
  const exchange = options.exchange ?? found.exchange;
  const routingKey = options.routingKey ?? found.routingKey;
  const priority = options.priority ?? found.priority;
  // A direct exchange is gone round, even when the call gives a key but no exchange.
  if ((!exchange || !routingKey) && queue.exchangeType === 'direct') {
    return { queue, exchange: '', routingKey: name, priority };
  }
  const key = routingKey ?? queue.routingKey;
  return { queue, exchange: exchange ?? queue.exchange, routingKey: key, priority };
}

function configuredRoute({ taskRoutes }: Settings, task: string): RouteSetting {
  const route =
    taskRoutes[task] ??
    Object.entries(taskRoutes).find(([glob]) => isGlobMatch(glob, task))?.[1] ??
    {};
  return typeof route === 'string' ? { queue: route } : route;
}

/** `feed.tasks.*`, as Python's fnmatch has it. */
function isGlobMatch(glob: string, name: string): boolean {
  const source = glob
    .replace(/[\\^$.+()[\]{}|/]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}
