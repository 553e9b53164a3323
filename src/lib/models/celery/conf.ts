// `app.conf`: the settings of Celery that this model has, in camelCase, with Celery's defaults
// (docs.celeryq.dev, "Configuration and defaults"). An unknown name is an error, so that a typing
// mistake never passes for a setting without effect.

import { ImproperlyConfigured } from './errors.ts';
import { checkQueues, checkRoutes, type QueueSetting, type RouteSetting } from './routing.ts';
import type { RetryPolicy } from './transports/publishing.ts';

export interface BrokerTransportOptions {
  /** Redis: seconds after which an unacknowledged task is delivered again. Default 3600. */
  visibilityTimeout?: number;
  /** RabbitMQ: `delay()` waits until the broker has the message. Default false. */
  confirmPublish?: boolean;
}

export interface Settings {
  /** What beat is to send, by name; read when beat starts. */
  beatSchedule: Readonly<Record<string, unknown>>;
  /** Path of beat's state file. */
  beatScheduleFilename: string;
  brokerUrl: string;
  resultBackend: string;
  brokerTransportOptions: BrokerTransportOptions;
  brokerConnectionMaxRetries: number;
  brokerConnectionTimeout: number;
  brokerHeartbeat: number;
  resultExpires: number;
  resultExtended: boolean;
  taskAcksLate: boolean;
  /** Tasks run where they are called. */
  taskAlwaysEager: boolean;
  taskEagerPropagates: boolean;
  taskAcksOnFailureOrTimeout: boolean;
  taskDefaultQueue: string;
  taskIgnoreResult: boolean;
  /** Publish again when the connection breaks. */
  taskPublishRetry: boolean;
  taskPublishRetryPolicy: Partial<RetryPolicy>;
  /** Queues that workers consume from by default, with their exchanges. */
  taskQueues: readonly QueueSetting[];
  /** By name of the task, or a pattern with * and ?; a text is the queue's name. */
  taskRoutes: Readonly<Record<string, RouteSetting | string>>;
  taskRejectOnWorkerLost: boolean;
  taskTrackStarted: boolean;
  taskTimeLimit: number;
  /** Clients tell of each task that they send. */
  taskSendSentEvent: boolean;
  taskSoftTimeLimit: number;
  workerConcurrency: number;
  workerMaxTasksPerChild: number;
  workerPrefetchMultiplier: number;
  /** Workers tell of their tasks, as `-E` says too. */
  workerSendTaskEvents: boolean;
}

/** `workerConcurrency` 0 means the number of cores; limits of 0 mean none. */
export const DEFAULTS: Readonly<Settings> = {
  brokerUrl: 'amqp://guest@localhost//',
  resultBackend: '',
  brokerTransportOptions: {},
  brokerConnectionMaxRetries: 100,
  brokerConnectionTimeout: 4,
  brokerHeartbeat: 120,
  beatSchedule: {},
  beatScheduleFilename: 'celerybeat-schedule',
  resultExpires: 86_400,
  resultExtended: false,
  taskAcksLate: false,
  taskAlwaysEager: false,
  taskEagerPropagates: false,
  taskAcksOnFailureOrTimeout: true,
  taskDefaultQueue: 'celery',
  taskIgnoreResult: false,
  taskPublishRetry: true,
  taskPublishRetryPolicy: {},
  taskQueues: [],
  taskRoutes: {},
  taskRejectOnWorkerLost: false,
  taskTrackStarted: false,
  taskTimeLimit: 0,
  taskSendSentEvent: false,
  taskSoftTimeLimit: 0,
  workerConcurrency: 0,
  workerMaxTasksPerChild: 0,
  workerPrefetchMultiplier: 4,
  workerSendTaskEvents: false,
};

const TRANSPORT_OPTIONS: Readonly<Record<keyof BrokerTransportOptions, string>> = {
  visibilityTimeout: 'number',
  confirmPublish: 'boolean',
};

/**
 * Sets settings after checking their names and types.
 *
 * @throws ImproperlyConfigured `unknown setting: taskAckLate; did you mean taskAcksLate?`
 */
export function configure(settings: Settings, changes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(DEFAULTS, name)) throw unknownName('setting', name, Object.keys(DEFAULTS));
    checkType(name, value, typeof DEFAULTS[name as keyof Settings]);
    if (name === 'brokerTransportOptions') checkTransportOptions(value as object);
    if (name === 'taskQueues') checkQueues(value);
    if (name === 'taskRoutes') checkRoutes(value);
    (settings as unknown as Record<string, unknown>)[name] = value;
  }
}

/** Settings that are not the defaults, or all, under Python's names. */
export function changedSettings(settings: Settings, isWhole: boolean): Record<string, unknown> {
  const changed = Object.entries(settings).filter(
    ([name, value]) =>
      (isWhole || value !== DEFAULTS[name as keyof Settings]) && name !== 'beatSchedule',
  );
  return Object.fromEntries(changed.map(([name, value]) => [snakeCase(name), value as unknown]));
}

/** `taskAcksLate`: task_acks_late. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function checkTransportOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(TRANSPORT_OPTIONS, name)) {
      throw unknownName('brokerTransportOptions entry', name, Object.keys(TRANSPORT_OPTIONS));
    }
    checkType(name, value, TRANSPORT_OPTIONS[name as keyof BrokerTransportOptions]);
  }
}

function checkType(name: string, value: unknown, expected: string): void {
  const isRight = typeof value === expected && value !== null;
  const isNumberRight = typeof value !== 'number' || (Number.isFinite(value) && value >= 0);
  if (isRight && isNumberRight) return;
  throw new ImproperlyConfigured(`invalid ${name}: ${String(value)} is not a ${expected}`);
}

/** An error that names the closest of the known names. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
): ImproperlyConfigured {
  const closest = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint =
    closest && closest.distance <= 4
      ? `did you mean ${closest.candidate}?`
      : `known: ${known.join(', ')}`;
  return new ImproperlyConfigured(`unknown ${what}: ${name}; ${hint}`);
}

/** Levenshtein distance, regardless of case and underscores. */
function distanceOf(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.toLowerCase().replaceAll('_', '')) as [
    string,
    string,
  ];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change));
    }
    row = next;
  }
  return row[right.length]!;
}
