// `Task`: a registered function, callable as it is and by message.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import {
  type CeleryApp,
  type PublishOptions,
  type TaskDefinition,
  type TaskOptions,
} from '../app.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { address } from '../ids.ts';
import type { Runnable } from '../runnable.ts';
import type { CallValues } from '../space.ts';
import type { AsyncResultFace, SentTask } from './async-result.ts';
import { publishOptionsOf } from '../call-options.ts';
import { writeSignature } from '../canvas/signature.ts';
import { RawJson } from '../json.ts';
import { callOptionsOf, type CallOptions } from './call-options.ts';
import { callSignature, group, type Signature } from './canvas.ts';
import { callOf, checkOptions } from './context.ts';
import { applyEagerly, type EagerOptions, type EagerResultFace } from './eager.ts';
import { signatureOf, type Maker } from './inside.ts';
import type { RetryRules } from './retry.ts';
import { RunningTask } from './running.ts';

type Callable = (...args: unknown[]) => unknown;
type Options = Readonly<Record<string, unknown>>;

/** Those that the engine acts on; */
const ENGINE_OPTIONS = [
  'acksLate',
  'rejectOnWorkerLost',
  'ignoreResult',
  'trackStarted',
  'acksOnFailureOrTimeout',
  'timeLimit',
  'softTimeLimit',
  'rateLimit',
] as const;
/** of retries, with their defaults; */
const RETRY_RULES: RetryRules = {
  maxRetries: 3,
  defaultRetryDelay: 180,
  autoretryFor: [],
  dontAutoretryFor: [],
  retryKwargs: {},
  retryBackoff: 0,
  retryBackoffMax: 600,
  retryJitter: true,
};
/** and all of them. */
const TASK_OPTIONS = [
  'name',
  'bind',
  'base',
  ...ENGINE_OPTIONS,
  ...(Object.keys(RETRY_RULES) as (keyof RetryRules)[]),
] as const;

/** What a task object needs of the world. */
interface TaskRecord {
  app: CeleryApp;
  definition: TaskDefinition;
  address: string;
  createResult: (id: string, sent: SentTask) => AsyncResultFace;
}

/** A registered function: what the engine knows of it, and the class of its task object. */
export interface Described {
  definition: TaskDefinition;
  base: { prototype: object };
  running: RunningTask;
  rules: RetryRules;
}

const RECORD = Symbol('task record');

/** Instances are functions: see `createTask`. */
export class Task {
  declare readonly [RECORD]: TaskRecord;

  delay(...args: unknown[]): SimPromise<AsyncResultFace> {
    return this.applyAsync(args);
  }

  applyAsync(
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): SimPromise<AsyncResultFace> {
    return run(applyAsync(this[RECORD], args, options));
  }

  /** Runs it here and now. */
  apply(args: readonly unknown[] = [], options: EagerOptions = {}): SimPromise<EagerResultFace> {
    const { positional, keywords } = callOf(args);
    const call = { positional, keywords: { ...keywords, ...options.kwargs } };
    return run(applyEagerly(eagerOf(this[RECORD], call, options)));
  }

  signature(args: readonly unknown[] = [], options: SignatureOptions = {}): Signature {
    return callSignature(makerOf(this), this[RECORD].definition.name, args, options);
  }

  s(...args: unknown[]): Signature {
    return this.signature(args);
  }

  si(...args: unknown[]): Signature {
    return this.signature(args, { immutable: true });
  }

  map(it: Iterable<unknown>): Signature {
    return mapSignature(this, 'celery.map', it);
  }

  starmap(it: Iterable<readonly unknown[]>): Signature {
    return mapSignature(this, 'celery.starmap', it);
  }

  chunks(it: Iterable<readonly unknown[]>, n: number): Signature {
    const items = [...it];
    const parts = Array.from({ length: Math.ceil(items.length / n) }, (_, index) =>
      mapSignature(this, 'celery.starmap', items.slice(index * n, (index + 1) * n)),
    );
    return group(parts);
  }

  toString(): string {
    const { app, definition, address: place } = this[RECORD];
    return `<@task: ${definition.name} of ${app.main} at ${place}>`;
  }
}
Object.setPrototypeOf(Task.prototype, Function.prototype);
Object.freeze(Task);
Object.freeze(Task.prototype);

type SignatureOptions = CallOptions & { immutable?: boolean };

function makerOf(task: Task): Maker {
  const { app, createResult } = task[RECORD];
  return { app, create: createResult };
}

function mapSignature(task: Task, name: string, it: Iterable<unknown>): Signature {
  const kwargs = { task: new RawJson(writeSignature(signatureOf(task.s()))), it: [...it] };
  return callSignature(makerOf(task), name, [], { kwargs, immutable: true });
}

/**
 * Makes the callable that `app.task` returns, and registers it.
 *
 * @throws ImproperlyConfigured for no function, no name, or an unknown option
 */
export function createTask(
  app: CeleryApp,
  callable: unknown,
  options: Options,
  createResult: TaskRecord['createResult'],
): Task {
  const { definition, base, running, rules } = describe(app, callable, options, () => task);
  app.register(definition);
  const task = function (...args: unknown[]): unknown {
    return running.direct(callOf(args));
  };
  const record: TaskRecord = { app, definition, address: address(app.process), createResult };
  Object.setPrototypeOf(task, base.prototype);
  const { maxRetries, defaultRetryDelay } = rules;
  for (const [name, value] of Object.entries({
    name: definition.name,
    maxRetries,
    defaultRetryDelay,
  })) {
    Object.defineProperty(task, name, { value });
  }
  Object.defineProperty(task, RECORD, { value: record });
  return task as unknown as Task;
}

/** Reads what `app.task` was given. */
function describe(
  app: CeleryApp,
  callable: unknown,
  options: Options,
  task: () => object,
): Described {
  if (typeof callable !== 'function') {
    throw new ImproperlyConfigured(`app.task needs a function: ${String(callable)}`);
  }
  checkOptions('task option', options, TASK_OPTIONS);
  const { name, bind = false, base = Task, ...rest } = options;
  if (base !== Task && !((base as typeof Task).prototype instanceof Task)) {
    throw new ImproperlyConfigured('base must be a class that extends Task');
  }
  if (typeof name !== 'string' && callable.name === '') {
    throw new ImproperlyConfigured('app.task needs a named function: function add(a, b) {…}');
  }
  const own = <T extends object>(names: readonly string[]): Partial<T> =>
    Object.fromEntries(Object.entries(rest).filter(([one]) => names.includes(one))) as Partial<T>;
  const rules = { ...RETRY_RULES, ...own<RetryRules>(Object.keys(RETRY_RULES)) };
  const given = {
    body: callable as Callable,
    isBound: bind === true,
    rules: { ...rules, retryBackoff: Number(rules.retryBackoff) },
  };
  const running = new RunningTask(app, task, given);
  const definition = {
    name: typeof name === 'string' ? name : `${moduleOf(app.process)}.${callable.name}`,
    functionName: callable.name || String(name),
    callable: running,
    options: own<TaskOptions>(ENGINE_OPTIONS),
  };
  return { definition, base: base as typeof Task, running, rules };
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
  const { positional, keywords } = callOf(args);
  const call = { positional, keywords: { ...keywords, ...options.kwargs } };
  const given = callOptionsOf(options);
  if (record.app.settings.taskAlwaysEager) return yield* runInstead(record, call, options);
  return yield* send(record, call, publishOptionsOf(record.app.process, given));
}

/** `taskAlwaysEager`: arguments are checked, and go through JSON, as if they were sent. */
function* runInstead(
  record: TaskRecord,
  call: CallValues,
  options: CallOptions,
): Body<EagerResultFace> {
  const { space } = record.app;
  const { callable, functionName } = record.definition;
  const fault = yield* wait(space.callFault(callable, functionName, call));
  if (fault !== null) throw space.typeError(fault);
  const texts = yield* wait(space.encodeCall(call));
  const came = yield* wait(space.decodeCall(texts.positional, texts.keywords));
  const { taskId, link, linkError } = options;
  const kept = { ...(taskId === undefined ? {} : { taskId }), link, linkError };
  return yield* applyEagerly(eagerOf(record, came, kept), true);
}

function eagerOf(
  { app, definition }: TaskRecord,
  call: CallValues,
  options: EagerOptions,
): Parameters<typeof applyEagerly>[0] {
  const { name, callable } = definition;
  return { app, name, runnable: callable as Runnable, call, options };
}

function* send(
  { app, definition, createResult }: TaskRecord,
  call: CallValues,
  options: PublishOptions,
): Body<AsyncResultFace> {
  const { taskId, isResultIgnored } = yield* app.send(definition, call, options);
  return createResult(taskId, { name: definition.name, isResultIgnored });
}
