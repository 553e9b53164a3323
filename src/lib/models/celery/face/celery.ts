// `Celery`: the application as learners see it, a thin cover over the engine.

import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { CeleryApp } from '../app.ts';
import type { PeriodicEntry } from '../beat/schedule.ts';
import { publishOptionsOf } from '../call-options.ts';
import { currentTask } from '../current-task.ts';
import { configure, unknownName, type Settings } from '../conf.ts';
import type { AsyncResultFace, SentTask } from './async-result.ts';
import { callOptionsOf, type CallOptions } from './call-options.ts';
import { callSignature, type Signature } from './canvas.ts';
import { callOf, type FaceContext } from './context.ts';
import { Control } from './control.ts';
import { Events } from './events.ts';
import type { CreateResult as CreateOne } from './group-result.ts';
import { registerMapTasks } from './map-tasks.ts';
import { entriesOf, periodicEntry } from './periodic.ts';
import { createTask, type Task } from './task.ts';

type Options = Readonly<Record<string, unknown>>;
type Conf = Settings & { update(changes: Options): void };
type CreateResult = (app: CeleryApp, id: string, sent: SentTask) => AsyncResultFace;

export class CeleryFace {
  readonly #app: CeleryApp;
  readonly #createResult: CreateResult;
  readonly conf: Conf;
  readonly control: Control;
  readonly events: Events;
  readonly #periodic = new Map<string, PeriodicEntry>();

  constructor(context: FaceContext, main: string, options: Options, createResult: CreateResult) {
    const app = new CeleryApp(context.process, context.space, main);
    context.current = app;
    this.#app = app;
    this.#createResult = createResult;
    registerMapTasks(app);
    app.readSchedule = () => this.#schedule();
    this.conf = confOf(app.settings);
    this.control = new Control(app);
    this.events = new Events(app);
    const { broker, backend, ...settings } = options;
    configure(app.settings, {
      ...settings,
      ...(broker === undefined ? {} : { brokerUrl: broker }),
      ...(backend === undefined || backend === null ? {} : { resultBackend: backend }),
    });
  }

  /** The engine behind an application, or null for any other value. */
  static appOf(value: unknown): CeleryApp | null {
    return typeof value === 'object' && value !== null && #app in value ? value.#app : null;
  }

  get main(): string {
    return this.#app.main;
  }

  task(callable: unknown, options: Options = {}): Task {
    const app = this.#app;
    return createTask(app, callable, options, (id, sent) => this.#createResult(app, id, sent));
  }

  /** The task that the running code belongs to, as `self` is it; null outside of tasks. */
  get currentTask(): object | null {
    return currentTask()?.self ?? null;
  }

  /** Sends a task by its name alone: nobody looks whether the arguments fit. */
  sendTask(
    name: string,
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): SimPromise<AsyncResultFace> {
    return run(this.#sendTask(name, args, options));
  }

  *#sendTask(name: string, args: readonly unknown[], options: CallOptions): Body<AsyncResultFace> {
    const app = this.#app;
    const { positional, keywords } = callOf(args);
    const call = { positional, keywords: { ...keywords, ...options.kwargs } };
    const task = { name, functionName: name, callable: null, options: {} };
    const given = publishOptionsOf(app.process, callOptionsOf(options));
    const { taskId, isResultIgnored } = yield* app.send(task, call, given);
    return this.#createResult(app, taskId, { name, isResultIgnored });
  }

  /** A call of a task that is known by its name alone. */
  signature(
    name: string,
    args: readonly unknown[] = [],
    options: CallOptions & { immutable?: boolean } = {},
  ): Signature {
    const app = this.#app;
    const create: CreateOne = (id, sent) => this.#createResult(app, id, sent);
    return callSignature({ app, create }, name, args, options);
  }

  addPeriodicTask(schedule: unknown, task: unknown, options: Options = {}): string {
    const entry = periodicEntry(this.#app, schedule, task, options);
    this.#periodic.set(entry.name, entry);
    return entry.name;
  }

  /** Read when beat starts, so that the program may fill it until then. */
  *#schedule(): Body<readonly PeriodicEntry[]> {
    yield* [];
    const entries = [...entriesOf(this.#app), ...this.#periodic.values()];
    return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
  }
}

/** `app.conf`: reading and writing check the name. */
function confOf(settings: Settings): Conf {
  const update = (changes: Options): void => configure(settings, changes);
  return new Proxy(settings, {
    get(target, name) {
      if (name === 'update') return update;
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name) as unknown;
      throw unknownName('setting', name, Object.keys(target));
    },
    set(target, name, value) {
      configure(target, { [String(name)]: value as unknown });
      return true;
    },
  }) as Conf;
}
