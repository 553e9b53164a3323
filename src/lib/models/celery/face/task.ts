// `Task`: a registered function, callable as it is and by message.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import {
  wallUsOf,
  type CeleryApp,
  type PublishOptions,
  type TaskDefinition,
  type TaskOptions,
} from '../app.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { address } from '../ids.ts';
import { placed } from '../parameters.ts';
import type { CallValues } from '../space.ts';
import type { AsyncResultFace, SentTask } from './async-result.ts';
import { callOf, checkOptions } from './context.ts';

type Callable = (...args: unknown[]) => unknown;
type Options = Readonly<Record<string, unknown>>;

const TASK_OPTIONS = [
  'name',
  'acksLate',
  'rejectOnWorkerLost',
  'ignoreResult',
  'trackStarted',
] as const;

export interface CallOptions {
  kwargs?: Options;
  taskId?: string;
  queue?: string;
  countdown?: number;
  eta?: Date | string;
  ignoreResult?: boolean;
}

const CALL_OPTIONS = ['kwargs', 'taskId', 'queue', 'countdown', 'eta', 'ignoreResult'] as const;

/** What a task object needs of the world. */
interface TaskRecord {
  app: CeleryApp;
  definition: TaskDefinition;
  address: string;
  createResult: (id: string, sent: SentTask) => AsyncResultFace;
}

const RECORD = Symbol('task record');

/** Instances are functions: see `createTask`. */
export class Task {
  declare readonly [RECORD]: TaskRecord;

  delay(...args: unknown[]): SimPromise<AsyncResultFace> {
    return run(send(this[RECORD], callOf(args), {}));
  }

  applyAsync(
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): SimPromise<AsyncResultFace> {
    return run(applyAsync(this[RECORD], args, options));
  }

  toString(): string {
    const { app, definition, address: place } = this[RECORD];
    return `<@task: ${definition.name} of ${app.main} at ${place}>`;
  }
}
Object.setPrototypeOf(Task.prototype, Function.prototype);
Object.freeze(Task);
Object.freeze(Task.prototype);

/** Makes the callable that `app.task` returns. */
export function createTask(
  app: CeleryApp,
  definition: TaskDefinition,
  createResult: TaskRecord['createResult'],
): Task {
  const callable = definition.callable as Callable;
  const task = function (...args: unknown[]): unknown {
    return callable(...placed(callable, callOf(args)));
  };
  const record: TaskRecord = { app, definition, address: address(app.process), createResult };
  Object.setPrototypeOf(task, Task.prototype as object);
  Object.defineProperty(task, 'name', { value: definition.name });
  Object.defineProperty(task, RECORD, { value: record });
  return task as unknown as Task;
}

/**
 * Reads what `app.task` was given.
 *
 * @throws ImproperlyConfigured for no function, no name, or an unknown option
 */
export function definitionOf(
  process: NodeProcess,
  callable: unknown,
  options: Options,
): TaskDefinition {
  if (typeof callable !== 'function') {
    throw new ImproperlyConfigured(`app.task needs a function: ${String(callable)}`);
  }
  checkOptions('task option', options, TASK_OPTIONS);
  const { name, ...rest } = options;
  if (typeof name !== 'string' && callable.name === '') {
    throw new ImproperlyConfigured('app.task needs a named function: function add(a, b) {…}');
  }
  return {
    name: typeof name === 'string' ? name : `${moduleOf(process)}.${callable.name}`,
    functionName: callable.name || String(name),
    callable,
    options: rest as TaskOptions,
  };
}

/** The module whose code runs now: `tasks` for `tasks.ts:5`, `__main__` for the program's own file. */
function moduleOf(process: NodeProcess): string {
  const file = process
    .line()
    ?.replace(/:\d+$/, '')
    .replace(/^\.?\//, '');
  if (file === undefined || process.spec.argv.includes(file)) return '__main__';
  return file.replace(/\.[a-z]+$/, '').replaceAll('/', '.');
}

function* applyAsync(
  record: TaskRecord,
  args: readonly unknown[],
  options: CallOptions,
): Body<AsyncResultFace> {
  checkOptions('option of applyAsync', options, CALL_OPTIONS);
  const { positional, keywords } = callOf(args);
  const call = { positional, keywords: { ...keywords, ...options.kwargs } };
  return yield* send(record, call, publishOptions(record.app.process, options));
}

function publishOptions(
  process: NodeProcess,
  { taskId, queue, countdown, eta, ignoreResult }: CallOptions,
): PublishOptions {
  const etaUs =
    countdown === undefined ? etaUsOf(eta) : process.wallUs() + usFromSeconds(countdown);
  return {
    ...(taskId === undefined ? {} : { taskId }),
    ...(queue === undefined ? {} : { queue }),
    ...(ignoreResult === undefined ? {} : { ignoreResult }),
    ...(etaUs === undefined ? {} : { etaUs }),
  };
}

function etaUsOf(eta: Date | string | undefined): number | undefined {
  if (eta === undefined) return undefined;
  const etaUs = wallUsOf(typeof eta === 'string' ? eta : eta.toISOString());
  if (etaUs === null) throw new ImproperlyConfigured(`invalid eta: ${String(eta)}`);
  return etaUs;
}

function* send(
  { app, definition, createResult }: TaskRecord,
  call: CallValues,
  options: PublishOptions,
): Body<AsyncResultFace> {
  const { taskId, isResultIgnored } = yield* app.send(definition, call, options);
  return createResult(taskId, { name: definition.name, isResultIgnored });
}
