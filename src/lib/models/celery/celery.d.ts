/**
 * Celery: a distributed task queue. A client sends tasks as messages to a broker, workers take them
 * from there, run them, and keep their results in a backend.
 *
 * ```ts
 * // tasks.ts
 * export const app = new Celery('demo', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
 * export const add = app.task(function add(a: number, b: number) { return a + b; });
 * // client.ts
 * const r = await add.delay(4, 4);
 * console.log(await r.get({ timeout: 5 }));
 * ```
 *
 * Python's names, with options in camelCase; what blocks there is awaited here; times are seconds.
 */
declare module 'celery' {
  /** Keyword arguments for a task, made by `kw`. */
  export class Keywords<T extends object = object> {
    private readonly values: T;
  }

  /** Passes arguments by name: `add.delay(3, kw({ b: 5 }))`. */
  export function kw<T extends object>(values: T): Keywords<T>;

  /** Any function that can be a task: its arguments and its result travel as JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in TypeScript's own Parameters
  type TaskFunction = (...args: any[]) => unknown;

  /** Waits grow by a step up to a limit, in seconds; `maxRetries` `null`: without end. */
  export interface RetryPolicy {
    maxRetries?: number | null;
    intervalStart?: number;
    intervalStep?: number;
    intervalMax?: number;
  }

  export interface EagerOptions {
    kwargs?: Record<string, unknown>;
    taskId?: string;
    /** Throw what the task throws; by default as `taskEagerPropagates` says. */
    throw?: boolean;
    link?: Signature | readonly Signature[];
    linkError?: Signature | readonly Signature[];
  }

  /** What a broker needs to know beyond its URL. */
  export interface BrokerTransportOptions {
    /**
     * Redis: seconds after which a task that nobody has acknowledged is given to another worker.
     * Default 3600. The check runs about every 100 s.
     */
    visibilityTimeout?: number;
    /** RabbitMQ: `delay()` waits until the broker has the message. Default `false`. */
    confirmPublish?: boolean;
  }

  /** When a task of beat is due: see `crontab`. */
  export class Crontab {
    private readonly fields: unknown;
  }

  /** A number, `'0,30'`, `'8-18'`, `'mon,wed'`, or a list of numbers. */
  export type CrontabField = number | string | readonly number[];

  /**
   * Due in each minute that fits all fields; what is absent fits always. Times are UTC.
   *
   * @throws ParseException, ValueError when a pattern makes no sense
   */
  export function crontab(fields?: {
    /** 0 to 59. */
    minute?: CrontabField;
    /** 0 to 23. */
    hour?: CrontabField;
    /** 0 (Sunday) to 6, or `mon`. */
    dayOfWeek?: CrontabField;
    /** 1 to 31. */
    dayOfMonth?: CrontabField;
    /** 1 to 12. */
    monthOfYear?: CrontabField;
  }): Crontab;

  /** One line of beat's schedule. */
  export interface ScheduleEntry {
    /** Name of the task, `tasks.add`. Nobody looks whether it exists. */
    task: string;
    /** Seconds between two of them, above 0, or `crontab({…})`. */
    schedule: number | Crontab;
    args?: readonly unknown[];
    kwargs?: Record<string, unknown>;
    options?: { queue?: string; ignoreResult?: boolean };
  }

  /** A queue, and what leads to it: by default a direct exchange and key of the queue's own name. */
  export interface TaskQueue {
    name: string;
    exchange?: string;
    /** On Redis direct or topic. */
    exchangeType?: 'direct' | 'topic' | 'fanout' | 'headers';
    /** Of a topic exchange a pattern: `*` is one word, `#` any number of them. */
    routingKey?: string;
    /** RabbitMQ's `x-max-priority`: without it priorities do not count there. */
    maxPriority?: number;
  }

  export interface TaskRoute {
    queue?: string;
    exchange?: string;
    routingKey?: string;
    priority?: number;
  }

  /** Celery's settings, as far as they have an effect here. Others are refused by name. */
  export interface Settings {
    /** `amqp://guest@broker//` (RabbitMQ) or `redis://redis:6379/1`. */
    brokerUrl: string;
    /** `redis://redis/2`, `rpc://` (RabbitMQ only), or `''`: results are thrown away. */
    resultBackend: string;
    brokerTransportOptions: BrokerTransportOptions;
    /** What `celery beat` is to send, by name. Default: nothing. */
    beatSchedule: Record<string, ScheduleEntry>;
    /** Where beat keeps when it sent what. Default `'celerybeat-schedule'`. */
    beatScheduleFilename: string;
    /** How often a worker tries to reach its broker before it gives up. Default 100. */
    brokerConnectionMaxRetries: number;
    /** Seconds to wait for RabbitMQ to answer a connection. Default 4. */
    brokerConnectionTimeout: number;
    /** Seconds between heartbeats that a worker asks for; RabbitMQ agrees to 60 at most. Default 120. */
    brokerHeartbeat: number;
    /** Seconds for which a result is kept in Redis. Default 86400. */
    resultExpires: number;
    /** Keep name, arguments, worker, retries and queue beside a result. Default `false`. */
    resultExtended: boolean;
    /** Acknowledge when a task has ended instead of when it begins. Default `false`. */
    taskAcksLate: boolean;
    /** With late acknowledgement: acknowledge failed tasks too. Default `true`. */
    taskAcksOnFailureOrTimeout: boolean;
    /** Tasks run where they are called, and are not sent: for tests. Default `false`. */
    taskAlwaysEager: boolean;
    /** What they throw then is thrown there. Default `false`. */
    taskEagerPropagates: boolean;
    /** Queue of tasks that name none. Default `'celery'`. */
    taskDefaultQueue: string;
    /** Queues with their exchanges; workers without `-Q` take from all of them. Default: none. */
    taskQueues: readonly TaskQueue[];
    /**
     * Where tasks go: by name, or by a pattern with `*` and `?`. A text is the queue's name.
     * `{ 'feed.tasks.*': { queue: 'feeds' } }`
     */
    taskRoutes: Record<string, string | TaskRoute>;
    /** Send a task again when the connection to the broker breaks. Default `true`. */
    taskPublishRetry: boolean;
    /** How often, and how many seconds apart. Default 3 times, after 0, 0.2 and 0.4 s. */
    taskPublishRetryPolicy: RetryPolicy;
    /** Throw results away. Default `false`. */
    taskIgnoreResult: boolean;
    /** With late acknowledgement: give a task back when its pool process died. Default `false`. */
    taskRejectOnWorkerLost: boolean;
    /** Report the state STARTED. Default `false`. */
    taskTrackStarted: boolean;
    /** Seconds after which a task is killed; 0: never. Default 0. */
    taskTimeLimit: number;
    /** Tell of each task that is sent (`task-sent`). Default false. */
    taskSendSentEvent: boolean;
    /** Seconds after which `SoftTimeLimitExceeded` is thrown in a task; 0: never. Default 0. */
    taskSoftTimeLimit: number;
    /** Tasks after which a pool process is replaced; 0: never. Default 0. */
    workerMaxTasksPerChild: number;
    /** Pool processes of a worker; 0 means one per core. */
    workerConcurrency: number;
    /** Tasks that a worker holds per pool process, beyond the running ones. Default 4. */
    workerPrefetchMultiplier: number;
    /** Tell of tasks, as `celery worker -E` does. Default false. */
    workerSendTaskEvents: boolean;
  }

  export type CeleryOptions = Partial<Omit<Settings, 'brokerUrl' | 'resultBackend'>> & {
    /** Where tasks wait: `amqp://guest@broker//` or `redis://redis:6379/1`. */
    broker?: string;
    /** Where results are kept: `redis://redis/2` or `rpc://`. Without one, `get()` is an error. */
    backend?: string | undefined;
  };

  export interface TaskOptions {
    /** `tasks.add` by default: the module's name and the function's. */
    name?: string;
    /**
     * Acknowledge when the task has ended. A worker that dies meanwhile does not lose it, but it
     * may run twice: make it idempotent.
     */
    acksLate?: boolean;
    /** With `acksLate`: give the task back when the pool process died over it. */
    rejectOnWorkerLost?: boolean;
    /** Nobody asks for the result: do not keep it. */
    ignoreResult?: boolean;
    /** Report the state STARTED. */
    trackStarted?: boolean;
    /** With `acksLate`: acknowledge failed tasks too. Default `true`. */
    acksOnFailureOrTimeout?: boolean;
    /** The function's first parameter is the task itself, `self`: for `retry` and `request`. */
    bind?: boolean;
    /** A class that extends `Task`, whose methods hear how its tasks end. */
    base?: typeof TaskBase;
    /** Attempts after the first; `null`: without end. Default 3. */
    maxRetries?: number | null;
    /** Seconds to wait where `retry` says nothing else. Default 180. */
    defaultRetryDelay?: number;
    /** Exceptions after which the task is tried again by itself. */
    autoretryFor?: readonly ErrorClass[];
    /** Exceptions after which it is not, although they are of one of those classes. */
    dontAutoretryFor?: readonly ErrorClass[];
    /** Options of the automatic `retry`. */
    retryKwargs?: RetryOptions;
    /** Waits grow from so many seconds to twice as much each time; `true` means 1. */
    retryBackoff?: number | boolean;
    /** Seconds beyond which no wait grows. Default 600. */
    retryBackoffMax?: number;
    /** Each wait is drawn between 0 and what the back-off says. Default `true`. */
    retryJitter?: boolean;
    /** Seconds after which the pool process is killed. */
    timeLimit?: number;
    /** Seconds after which `SoftTimeLimitExceeded` is thrown inside the task, which may clean up. */
    softTimeLimit?: number;
    /** How often a worker may begin it: `'2/s'`, `'10/m'`, `'100/h'`. */
    rateLimit?: string;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever a class is made from
  type ErrorClass = new (...args: any[]) => Error;

  export interface RetryOptions {
    /** What made it necessary: thrown when there were too many attempts. */
    exc?: unknown;
    /** Seconds to wait. */
    countdown?: number;
    /** When, instead of a countdown. */
    eta?: Date | string;
    /** Attempts after the first; by default the task's. */
    maxRetries?: number | null;
    /** Other arguments than before. */
    args?: readonly unknown[];
    kwargs?: Record<string, unknown>;
    queue?: string;
  }

  /** The message that a task came with. Headers that its sender added stand here under their names. */
  export interface TaskRequest {
    readonly [header: string]: unknown;
    /** `null` when the task was called as a function. */
    readonly id: string | null;
    readonly args: readonly unknown[];
    readonly kwargs: Readonly<Record<string, unknown>>;
    /** Attempts before this one. */
    readonly retries: number;
    readonly calledDirectly: boolean;
    readonly isEager: boolean;
    readonly task: string;
    readonly eta: string | null;
    readonly expires: string | null;
    /** Hard and soft, in seconds. */
    readonly timelimit: readonly [number | null, number | null];
    readonly rootId: string;
    readonly parentId: string | null;
    readonly group: string | null;
    readonly groupIndex: number | null;
    readonly origin: string;
    readonly correlationId: string;
    readonly replyTo: string;
    /** Of the worker, `w1@w1`. */
    readonly hostname: string;
    readonly deliveryInfo: {
      readonly exchange: string;
      readonly routingKey: string;
      readonly priority: number;
      /** `null` where the broker cannot know (Redis, first time). */
      readonly redelivered: boolean | null;
    };
  }

  /** A task in a run of its own: the first argument of a function with `bind: true`. */
  export interface TaskSelf extends Task {
    readonly request: TaskRequest;
    /**
     * Sends the task again, to be run later, and ends this run: it never returns.
     *
     * @throws `Retry`; after the last attempt `exc`, or `MaxRetriesExceededError` without one
     */
    retry(options?: RetryOptions): Promise<never>;
    /**
     * Gives the task's place to another one, or to what is composed, and ends this run: it never
     * returns. Whoever waits for the task, its callbacks, the rest of its chain and its chord go on
     * with what takes its place.
     */
    replace(sig: Signature): Promise<never>;
    /**
     * Adds a member to the chord whose header the task belongs to; Redis can do that. With `lazy` it
     * is not sent, but returned.
     */
    addToChord(sig: Signature): Promise<Result>;
    addToChord(sig: Signature, lazy: true): Promise<Signature>;
    /** Stores a state of your own, and what it tells: progress, for instance. */
    updateState(options: { state: string; meta?: unknown; taskId?: string }): Promise<void>;
  }

  /** Base of classes whose methods hear how tasks end: `import { Task } from 'celery'`. */
  abstract class TaskBase {
    beforeStart?(taskId: string, args: readonly unknown[], kwargs: object): unknown;
    onSuccess?(value: unknown, taskId: string, args: readonly unknown[], kwargs: object): unknown;
    onFailure?(
      error: Error,
      taskId: string,
      args: readonly unknown[],
      kwargs: object,
      info: { traceback: string },
    ): unknown;
    onRetry?(
      error: Error,
      taskId: string,
      args: readonly unknown[],
      kwargs: object,
      info: { traceback: string },
    ): unknown;
    afterReturn?(
      status: 'SUCCESS' | 'FAILURE',
      value: unknown,
      taskId: string,
      args: readonly unknown[],
      kwargs: object,
      info: { traceback: string } | null,
    ): unknown;
  }

  export interface CallOptions {
    /** Arguments by name. */
    kwargs?: Record<string, unknown>;
    /** The task's id; a random one by default. */
    taskId?: string;
    /** Queue to send it to. */
    queue?: string;
    /** Exchange to send it to, with `routingKey`. */
    exchange?: string;
    routingKey?: string;
    /** 0 to 9. On RabbitMQ for queues with `maxPriority`, and 9 comes first; on Redis 0 comes first. */
    priority?: number;
    /** Run it so many seconds from now, not earlier. */
    countdown?: number;
    /** Run it at this time, not earlier. */
    eta?: Date | string;
    ignoreResult?: boolean;
    /** Nobody runs it later than so many seconds from now, or than this time. */
    expires?: number | Date | string;
    /** Seconds; see `TaskOptions`. */
    timeLimit?: number;
    softTimeLimit?: number;
    /** Another name to show for it. */
    shadow?: string;
    /** More headers of the message. */
    headers?: Record<string, unknown>;
    /** Send it again when the connection to the broker breaks. Default `true`. */
    retry?: boolean;
    /** How often, and how many seconds apart. */
    retryPolicy?: RetryPolicy;
    /** Sent with the result as first argument when the task has succeeded. */
    link?: Signature | readonly Signature[];
    /**
     * Called when it has failed: a task of several parameters where the other one ran, as
     * `onError(request, error, traceback)`; one of a single parameter is sent with the failed id.
     */
    linkError?: Signature | readonly Signature[];
  }

  /**
   * A call that has not been made yet. Arguments are written as JSON when it is made.
   *
   * ```ts
   * await add.s(2).delay(4);                                  // 4 goes in front: add(4, 2)
   * const r = await chain(add.s(2, 2), mul.s(8))();           // or add.s(2, 2).pipe(mul.s(8)).delay()
   * await r.get();                                            // 32; r.parent is the result of add
   * await (await group([1, 2].map((i) => add.s(i, i)))()).get();     // [2, 4]
   * await (await chord([add.s(1, 1), add.s(2, 2)])(xsum.s())).get();  // 6
   * ```
   *
   * A chain and a group are sent by calling them. A group that something follows is the header of
   * a chord, which needs Redis for its results.
   */
  export interface Signature {
    (...args: unknown[]): Promise<Result>;
    /** Sends it, with more arguments in front of its own. */
    delay(...args: unknown[]): Promise<Result>;
    applyAsync(args?: readonly unknown[], options?: CallOptions): Promise<Result>;
    /** Runs it here and now, step after step. */
    apply(args?: readonly unknown[], options?: EagerOptions): Promise<Result>;
    /** A chain of it and what is to follow: Python's `|`. */
    pipe(...others: readonly Signature[]): Signature;
    /** Sets options: `add.s(2, 2).set({ countdown: 10 })`. */
    set(options: CallOptions & { immutable?: boolean }): this;
    clone(args?: readonly unknown[], options?: CallOptions): Signature;
    /** Has a task sent with the result. Returns the callback. */
    link(callback: Signature): Signature;
    /** See `CallOptions.linkError`. Returns the errback. */
    linkError(errback: Signature): Signature;
    /** The same, but returns the signature. */
    onError(errback: Signature): this;
    /** `tasks.add(2, 2)`. */
    toString(): string;
  }

  /** What is sent may be one task or a group; which one, the signature says. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a chain ends in either
  type Result = any;

  /** Tasks one after the other, each with the result of the one before as its first argument. */
  export function chain(...steps: readonly (Signature | readonly Signature[])[]): Signature;
  /** Tasks beside each other. */
  export function group(...members: readonly (Signature | readonly Signature[])[]): Signature;
  /** A header and a body that gets the list of its results: `await chord(header)(body)`. */
  export function chord(header: Signature | readonly Signature[], body?: Signature): Signature;

  /** The results of a group, in its order. */
  export class GroupResult {
    private constructor();
    readonly id: string;
    readonly results: readonly (AsyncResult | GroupResult)[];
    readonly children: readonly (AsyncResult | GroupResult)[];
    readonly parent: AsyncResult | GroupResult | null;
    /** Values in order; throws what the first to fail has thrown, as soon as it has. */
    get(options?: GetOptions): Promise<unknown[]>;
    /** The same, but waits for one after the other: a failure shows when its turn comes. */
    join(options?: GetOptions): Promise<unknown[]>;
    /** How many have ended well. */
    completedCount(): Promise<number>;
    ready(): Promise<boolean>;
    waiting(): Promise<boolean>;
    successful(): Promise<boolean>;
    failed(): Promise<boolean>;
    forget(): Promise<void>;
    /** Has workers discard them when their turn comes; with `terminate`, ends them. */
    revoke(options?: ResultRevokeOptions): Promise<void>;
    /** Keeps the ids, for `app.restoreGroup(id)`. */
    save(): Promise<void>;
    delete(): Promise<void>;
    toString(): string;
  }

  export interface GetOptions {
    /** Seconds to wait; without it, for as long as it takes. */
    timeout?: number;
    /** `false`: a failed task's exception is returned instead of thrown. Default `true`. */
    propagate?: boolean;
    /** `false`: wait inside a task although that can block for ever. Default `true`. */
    disableSyncSubtasks?: boolean;
  }

  export type TaskState = 'PENDING' | 'STARTED' | 'SUCCESS' | 'FAILURE' | 'RETRY' | 'REVOKED';

  /** A task that was sent. An unknown id is PENDING, never an error. */
  export class AsyncResult<R = unknown> {
    /** @param app the application it belongs to; the one made last by default */
    constructor(id: string, app?: Celery);
    readonly id: string;
    /**
     * Waits for the result.
     *
     * @throws what the task threw, rebuilt from its name and message; `TimeoutError` when it is late
     */
    get(options?: GetOptions): Promise<R>;
    /** What is known of it now. */
    readonly state: Promise<TaskState>;
    /** The same as `state`. */
    readonly status: Promise<TaskState>;
    /** Whether it has ended, well or badly. */
    ready(): Promise<boolean>;
    successful(): Promise<boolean>;
    failed(): Promise<boolean>;
    /** The result or the exception as it is now; `null` while there is none. */
    readonly result: Promise<R | Error | null>;
    /** The same as `result`; with a state of your own, what it tells. */
    readonly info: Promise<unknown>;
    /** Where a failed task threw, as text. */
    readonly traceback: Promise<string | null>;
    /** When it ended, ISO. */
    readonly dateDone: Promise<string | null>;
    /** What came before it in a chain, or the header of its chord. */
    readonly parent: AsyncResult | GroupResult | null;
    /** Results of what the task has sent itself; `null` while nothing is known of it. */
    readonly children: Promise<readonly (AsyncResult | GroupResult)[] | null>;
    /** It and all that it has sent, each with its value. */
    collect(): Promise<[AsyncResult | GroupResult, unknown][]>;
    /** Removes the result from the store. */
    forget(): Promise<void>;
    /** Has workers discard the task when its turn comes; with `terminate`, ends it. */
    revoke(options?: ResultRevokeOptions): Promise<void>;
    /** The id. */
    toString(): string;
  }

  /** The result of a task that ran where it was called. */
  export class EagerResult<R = unknown> extends AsyncResult<R> {
    private constructor();
  }

  /** The positional arguments that may stand before `kw({…})`. */
  type Leading<A extends readonly unknown[]> = A extends readonly [infer First, ...infer Rest]
    ? [] | [First, ...Leading<Rest>]
    : A;

  /** A registered function: call it to run it here, `delay` to send it to a worker. */
  export interface Task<F extends TaskFunction = TaskFunction> {
    (...args: Parameters<F>): ReturnType<F>;
    /** `tasks.add`. */
    readonly name: string;
    readonly maxRetries: number | null;
    readonly defaultRetryDelay: number;
    /**
     * Sends the task. Redis has it when this resolves; RabbitMQ may not (see `confirmPublish`).
     *
     * @throws TypeError for arguments that do not fit, `EncodeError` for values that JSON cannot
     *   carry, `OperationalError` when the broker cannot be reached
     */
    delay(...args: Parameters<F>): Promise<AsyncResult<Awaited<ReturnType<F>>>>;
    delay(
      ...args: [...Leading<Parameters<F>>, Keywords]
    ): Promise<AsyncResult<Awaited<ReturnType<F>>>>;
    /** Sends the task with options. */
    applyAsync(
      args?: Readonly<Parameters<F>> | readonly [...Leading<Parameters<F>>, Keywords] | readonly [],
      options?: CallOptions,
    ): Promise<AsyncResult<Awaited<ReturnType<F>>>>;
    /** Runs the task here and now, and tells what it would have given: for tests. */
    apply(
      args?: readonly unknown[],
      options?: EagerOptions,
    ): Promise<EagerResult<Awaited<ReturnType<F>>>>;
    /** A call that has not been made yet: `add.s(2, 2)`; `si` takes no further arguments. */
    s(...args: unknown[]): Signature;
    si(...args: unknown[]): Signature;
    signature(
      args?: readonly unknown[],
      options?: CallOptions & { immutable?: boolean },
    ): Signature;
    /** This task called for each item, all in one task. */
    map(it: Iterable<unknown>): Signature;
    /** The same with each item's parts as arguments: `add.starmap([[1, 2], [3, 4]])`. */
    starmap(it: Iterable<readonly unknown[]>): Signature;
    /** The same as a group of tasks of `n` items each. */
    chunks(it: Iterable<readonly unknown[]>, n: number): Signature;
    /** `<@task: tasks.add of demo at 0x7f…>`. */
    toString(): string;
  }

  /** What remote control may say besides its arguments. */
  export interface ControlOptions {
    /** Workers' names, `w1@h`; all by default. */
    destination?: readonly string[];
    /** Seconds to wait for each further answer. Default 1. */
    timeout?: number;
    /** Enough after so many answers. */
    limit?: number;
  }

  export interface RevokeOptions {
    /** Also end the pool process that runs it. Default `false`. */
    terminate?: boolean;
    /** How: `SIGTERM` by default, `SIGKILL`. */
    signal?: string;
  }

  export interface ResultRevokeOptions extends RevokeOptions {
    /** Wait for the workers' answers, `timeout` seconds. Default `false`. */
    wait?: boolean;
    timeout?: number;
  }

  /** Answers by worker, or `null` when nobody answers in time. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  type Answers = Promise<Record<string, any> | null>;

  /** What workers know of themselves and of their tasks, under Python's keys. */
  export interface Inspect {
    /** Tasks that run. */
    active(): Answers;
    /** Queues that are consumed from. */
    activeQueues(): Answers;
    /** Lamport's clock. */
    clock(): Answers;
    /** Settings that are not the defaults, or all. */
    conf(options?: { withDefaults?: boolean }): Answers;
    /** `{ 'w1@h': { ok: 'pong' } }`. */
    ping(): Answers;
    /** What is known of tasks with these ids. */
    queryTask(...ids: string[]): Answers;
    /** Names of the tasks, with those of these attributes that are set (`rate_limit` by default). */
    registered(...items: string[]): Answers;
    /** Versions and settings, as a report of a bug needs them. */
    report(): Answers;
    /** Tasks that wait for a pool process. */
    reserved(): Answers;
    /** Ids of revoked tasks. */
    revoked(): Answers;
    /** Tasks that wait for their time. */
    scheduled(): Answers;
    stats(): Answers;
  }

  /** With `reply`, what workers answer is waited for. */
  type CommandOptions = ControlOptions & { reply?: boolean };
  /** One answer by worker in each; `null` without `reply`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  type Told = Promise<Record<string, any>[] | null>;

  /** Commands to the workers that are there now; who is not there never hears of them. */
  /** An event under its own field names: `type hostname timestamp uuid …`. */
  export interface CeleryEvent {
    readonly type: string;
    readonly hostname: string;
    /** Seconds since 1970. */
    readonly timestamp: number;
    readonly [field: string]: unknown;
  }

  export interface Receiver {
    shouldStop: boolean;
    /**
     * Hears events until `shouldStop` is set, after `limit` rounds, or with TimeoutError after `timeout`
     * seconds without one. `wakeup` (default true) asks workers to tell of themselves at once.
     */
    capture(options?: { limit?: number; timeout?: number; wakeup?: boolean }): Promise<void>;
  }

  export interface EventState {
    /** Takes an event; made for `handlers`. */
    readonly event: (event: CeleryEvent) => void;
    readonly eventCount: number;
    /** By name; `alive` while its heart is heard. */
    readonly workers: Map<string, { hostname: string; alive: boolean; [field: string]: unknown }>;
    /** By id: `name state args result exception runtime worker …`. */
    readonly tasks: Map<string, { name: string; state: string; [field: string]: unknown }>;
    aliveWorkers(): { hostname: string; alive: boolean; [field: string]: unknown }[];
    taskTypes(): string[];
  }

  export interface Events {
    /** `handlers`: functions by type of event, `'*'` for those without one of their own. */
    Receiver(options?: {
      handlers?: Record<string, (event: CeleryEvent) => unknown>;
      /** Which ones, `worker.#`. Default: all. */
      routingKey?: string;
    }): Receiver;
    /** Sends events of the program's own. */
    Dispatcher(options?: { hostname?: string }): {
      send(type: string, fields?: Record<string, unknown>): Promise<void>;
    };
    State(): EventState;
  }

  export interface Control {
    inspect(options?: ControlOptions): Inspect;
    /** Sends a command; with `reply`, one answer by worker in each. */
    broadcast(
      method: string,
      options?: CommandOptions & { arguments?: Record<string, unknown> },
    ): Told;
    ping(options?: ControlOptions): Told;
    /** Has workers discard a task when its turn comes; with `terminate`, ends it. */
    revoke(taskId: string | readonly string[], options?: RevokeOptions & CommandOptions): Told;
    /** The same as `revoke` with `terminate`. */
    terminate(
      taskId: string | readonly string[],
      options?: { signal?: string } & CommandOptions,
    ): Told;
    /** Another rate for the tasks of that name that come from now on: `'10/m'`, 5, or 0 for none. */
    rateLimit(taskName: string, limit: string | number | null, options?: CommandOptions): Told;
    /** Other time limits in seconds, from the worker's next connection to the broker on. */
    timeLimit(taskName: string, options?: { soft?: number; hard?: number } & CommandOptions): Told;
    /** Has workers consume from one more queue. */
    addConsumer(
      queue: string,
      options?: {
        exchange?: string;
        exchangeType?: 'direct' | 'topic' | 'fanout' | 'headers';
        routingKey?: string;
      } & CommandOptions,
    ): Told;
    /** Has workers consume from a queue no more. */
    cancelConsumer(queue: string, options?: CommandOptions): Told;
    /** So many pool processes more: they are there at the pool's next round, every 5 s. */
    poolGrow(n?: number, options?: CommandOptions): Told;
    /** So many idle pool processes fewer. */
    poolShrink(n?: number, options?: CommandOptions): Told;
    /** Ends workers as SIGTERM does. */
    shutdown(options?: CommandOptions): Told;
    /** Throws away what waits in this application's queues; how many messages there were. */
    purge(): Promise<number>;
    /** The same as `purge`. */
    discardAll(): Promise<number>;
  }

  /** An application: where its broker is, and which tasks it has. */
  export class Celery {
    /** @param main its name, `demo` */
    constructor(main?: string, options?: CeleryOptions);
    readonly main: string;
    /** The task that the running code belongs to, as `self` is it; `null` outside of tasks. */
    readonly currentTask: TaskSelf | null;
    readonly conf: Settings & { update(changes: Partial<Settings>): void };
    /** Questions and commands to workers. */
    readonly control: Control;
    /** What workers tell of themselves and of tasks. */
    readonly events: Events;
    /** Registers a named function as a task of this application. The broker does not learn of it. */
    task<A extends readonly unknown[], R>(
      callable: (self: TaskSelf, ...args: A) => R,
      options: TaskOptions & { bind: true },
    ): Task<(...args: [...A]) => R>;
    task<F extends TaskFunction>(callable: F, options?: TaskOptions): Task<F>;
    /**
     * Adds a line to beat's schedule.
     *
     * @param schedule seconds, or `crontab({…})`
     * @returns the name of the line
     */
    addPeriodicTask<F extends TaskFunction>(
      schedule: number | Crontab,
      task: Task<F> | string,
      options?: { name?: string; args?: readonly unknown[]; kwargs?: Record<string, unknown> } & {
        queue?: string;
        ignoreResult?: boolean;
      },
    ): string;
    /** Sends a task by its name alone: nobody looks whether the arguments fit. */
    sendTask<R = unknown>(
      name: string,
      args?: readonly unknown[],
      options?: CallOptions,
    ): Promise<AsyncResult<R>>;
    /** A call of a task that is known by its name alone. */
    signature(
      name: string,
      args?: readonly unknown[],
      options?: CallOptions & { immutable?: boolean },
    ): Signature;
    /** What `GroupResult.save` kept, or `null`. */
    restoreGroup(id: string): Promise<GroupResult | null>;
    /** What is known of the task with this id. */
    AsyncResult<R = unknown>(id: string): AsyncResult<R>;
  }

  /** Calls its receivers, one after the other, when something has happened. */
  export interface Signal<Facts extends object> {
    /**
     * Adds a receiver: a function of one object. What it throws is logged and stops nobody else.
     *
     * @returns the receiver
     */
    connect<R extends (facts: Facts & { sender: unknown; signal: unknown }) => unknown>(
      receiver: R,
      options?: {
        /** Hear of this task (of publishing: this name) only. */
        sender?: unknown;
        /** Receivers of the same one are added once. */
        dispatchUid?: unknown;
      },
    ): R;
    /** Takes a receiver away; true when it was there. */
    disconnect(receiver?: unknown, options?: { dispatchUid?: unknown }): boolean;
  }

  interface TaskRun {
    taskId: string;
    args: readonly unknown[];
    kwargs: Readonly<Record<string, unknown>>;
  }

  interface Publishing {
    /** `[args, kwargs, embed]`. */
    body: readonly unknown[];
    exchange: string;
    routingKey: string;
    headers: Record<string, unknown>;
  }

  /**
   * What happens in clients and workers, for programs that want to hear of it.
   *
   * ```ts
   * signals.taskPostrun.connect(({ sender, taskId, state }) => console.log(sender.name, taskId, state));
   * ```
   */
  export const signals: {
    /** A task is about to be sent, by the task's name; `headers` may be added to. */
    readonly beforeTaskPublish: Signal<Publishing & { properties: object }>;
    readonly afterTaskPublish: Signal<Publishing>;
    /** In the worker's main process. */
    readonly taskReceived: Signal<{ request: { id: string; name: string } }>;
    /** The next five where the task runs: in a pool process. */
    readonly taskPrerun: Signal<TaskRun & { task: TaskSelf }>;
    readonly taskPostrun: Signal<TaskRun & { task: TaskSelf; retval: unknown; state: TaskState }>;
    readonly taskSuccess: Signal<{ result: unknown }>;
    /** In the main process when the pool process was lost. */
    readonly taskFailure: Signal<TaskRun & { exception: Error; traceback?: string | null }>;
    readonly taskRetry: Signal<{ request: TaskRequest; reason: Error }>;
    readonly taskRevoked: Signal<{
      request: { id: string; task: string };
      terminated: boolean;
      expired: boolean;
    }>;
    readonly taskUnknown: Signal<{ name: string; id: string }>;
    /** A worker starts, by its name; */
    readonly workerInit: Signal<object>;
    /** so does a pool process; */
    readonly workerProcessInit: Signal<object>;
    /** it takes tasks; */
    readonly workerReady: Signal<object>;
    /** it was asked to end, warm or cold; */
    readonly workerShuttingDown: Signal<{ how: 'Warm' | 'Cold'; exitcode: number }>;
    /** it ends. */
    readonly workerShutdown: Signal<object>;
  };

  export const Task: typeof TaskBase;

  export class CeleryError extends Error {}
  /** Thrown in a task: forget this run. No state is stored. */
  export class Ignore extends CeleryError {}
  /** Thrown in a task with `acksLate`: the broker drops the message, or takes it back. */
  export class Reject extends CeleryError {
    constructor(reason?: unknown, requeue?: boolean);
  }
  /** What `retry` throws. */
  export class Retry extends CeleryError {}
  /** The task was tried again as often as it may be. */
  export class MaxRetriesExceededError extends CeleryError {}
  /** Nobody will run the task, or it was ended: `revoked`, `terminated`, `expired`. */
  export class TaskRevokedError extends CeleryError {}
  /** Thrown inside a task that has run for too long. */
  export class SoftTimeLimitExceeded extends CeleryError {}
  /** The pool process was killed because its task had run for too long. */
  export class TimeLimitExceeded extends CeleryError {}
  /** The result did not come in time. The task is unaffected. */
  export class TimeoutError extends CeleryError {}
  /** No worker knows a task of that name. */
  export class NotRegistered extends CeleryError {}
  /** `crontab` was given a pattern that nobody can read. */
  export class ParseException extends CeleryError {}
  /** A task of a chord's header failed: its body will never run. */
  export class ChordError extends CeleryError {}
  /** A setting, an option or a URL makes no sense. */
  export class ImproperlyConfigured extends CeleryError {}
  /** The broker cannot be reached. */
  export class OperationalError extends CeleryError {}
  /** JSON cannot carry a value. */
  export class EncodeError extends CeleryError {}
  /** The pool process that ran the task died. */
  export class WorkerLostError extends CeleryError {}
  /** This configuration cannot do that: there is no result backend. */
  export class NotImplementedError extends CeleryError {}
  export class AttributeError extends CeleryError {}
  export class RuntimeError extends CeleryError {}
}
