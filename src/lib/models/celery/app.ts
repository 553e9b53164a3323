// The application: registered tasks, settings, and how a task becomes a message. This is the engine;
// what learners see of it is made by a face for their language (face.ts).

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { DisabledBackend } from './backends/disabled.ts';
import { RedisBackend } from './backends/redis.ts';
import { RpcBackend } from './backends/rpc.ts';
import type { ResultBackend } from './backends/backend.ts';
import type { PeriodicEntry } from './beat/schedule.ts';
import { taskNode, tupleText } from './canvas/result-tree.ts';
import { DEFAULTS, type Settings } from './conf.ts';
import { COST, serialiseNs } from './costs.ts';
import { currentTask, type CurrentTask } from './current-task.ts';
import { Ears } from './ears.ts';
import { ImproperlyConfigured, RuntimeError } from './errors.ts';
import { hostOf, uuid } from './ids.ts';
import {
  bodyText,
  headersOf,
  withArguments,
  type CallTexts,
  type Embed,
  type Message,
} from './message.ts';
import { shortened, taskPreview } from './previews.ts';
import type { CallContext, CallValues, ObjectSpace, Opaque } from './space.ts';
import { AmqpBus } from './transports/amqp-bus.ts';
import { sentEvent } from './events/sent.ts';
import { EVENTS, type Bus } from './transports/bus.ts';
import { RedisBus } from './transports/redis-bus.ts';
import { AmqpConsumer, AmqpProducer } from './transports/amqp.ts';
import { PUBLISH_POLICY, type RetryPolicy } from './transports/publishing.ts';
import { RedisConsumer, RedisProducer } from './transports/redis.ts';
import type { Consumer, Producer } from './transports/transport.ts';
import { routeOf, type Route } from './routing.ts';
import { displayUrl, parseUrl, type ServiceUrl } from './url.ts';

/** Options of one task; what is absent follows the settings. */
export interface TaskOptions {
  acksLate?: boolean;
  rejectOnWorkerLost?: boolean;
  ignoreResult?: boolean;
  trackStarted?: boolean;
  /** With late acknowledgement: acknowledge failed tasks too. */
  acksOnFailureOrTimeout?: boolean;
  /** Seconds. */
  timeLimit?: number;
  softTimeLimit?: number;
  /** `10/m`, per worker. */
  rateLimit?: string;
}

/** Those that are yes or no. */
export type TaskSwitch =
  'acksLate' | 'rejectOnWorkerLost' | 'ignoreResult' | 'trackStarted' | 'acksOnFailureOrTimeout';

/** A registered task. */
export interface TaskDefinition {
  /** `tasks.add`. */
  name: string;
  /** The function's own name, for error texts. */
  functionName: string;
  callable: Opaque;
  options: Readonly<TaskOptions>;
}

/** What a call may say about its delivery. */
export interface PublishOptions {
  taskId?: string;
  queue?: string;
  /** With a routing key: past the queue's own exchange. */
  exchange?: string;
  routingKey?: string;
  /** Not before this wall-clock time, in microseconds since 1970. */
  etaUs?: number;
  ignoreResult?: boolean;
  /** Nobody runs it after this wall-clock time, in microseconds since 1970. */
  expiresUs?: number;
  priority?: number;
  retries?: number;
  /** Seconds; the task's own limits by default. */
  timeLimit?: number;
  softTimeLimit?: number;
  shadow?: string;
  groupId?: string;
  groupIndex?: number;
  rootId?: string;
  parentId?: string;
  /** Queue for results that travel as messages; this client's by default. */
  replyTo?: string;
  /** What is to follow it. */
  embed?: Embed;
  /** More headers of the message; values that JSON can carry. */
  headers?: Readonly<Record<string, unknown>>;
  /** Whether the task that runs here has it for a child. Default true. */
  isChild?: boolean;
  /** Publish again when the connection breaks; by default as the settings say. */
  retry?: boolean;
  retryPolicy?: Partial<RetryPolicy>;
}

/** How a message is sent once more. */
export interface ResendOptions {
  retries: number;
  etaUs: number;
  /** Other arguments than before. */
  call?: CallValues;
  queue?: string;
}

/** Arguments as JSON texts, and as a message describes them. */
export interface DescribedCall extends CallTexts {
  /** `(4, 4)`. */
  positionalRepr: string;
  /** `{'y': 5}`. */
  keywordsRepr: string;
}

/** What a published call is known by. */
export interface Sent {
  taskId: string;
  isResultIgnored: boolean;
}

const SYNC_SUBTASK =
  'Never call result.get() within a task!\n' +
  'See http://docs.celeryq.org/en/latest/userguide/tasks.html' +
  '#task-synchronous-subtasks\n';

/** Refuses to wait for a task inside a task. */
export function syncSubtask(): RuntimeError {
  return new RuntimeError(SYNC_SUBTASK);
}

export class CeleryApp {
  readonly process: NodeProcess;
  readonly space: ObjectSpace;
  /** Name given to the application, `demo`. */
  readonly main: string;
  readonly settings: Settings = { ...DEFAULTS };
  readonly tasks = new Map<string, TaskDefinition>();
  /** What beat is to send: the learner's own schedule, read by the face when beat starts. */
  readSchedule: () => Body<readonly PeriodicEntry[]> = () => none();
  /** The tasks that run in this process, by id; */
  readonly running = new Map<string, CallContext>();
  /** and by the number of the run. */
  readonly runs = new Map<number, CurrentTask>();
  /** The body that runs, in a pool process. */
  runningBody: SimPromise<Opaque> | null = null;
  /** A worker's main loop. */
  readonly ears = new Ears();
  /** Queues that this process has sent tasks to, beside those of the settings. */
  readonly usedQueues = new Set<string>();
  /** Runs of tasks that this process has begun. */
  runCount = 0;
  /** In a worker's pool process: waiting for another task there can block for ever. */
  isPoolProcess = false;
  /** Lamport's clock, which control messages and events carry. */
  clock = 0;
  #brokerUrl: ServiceUrl | null = null;
  #producer: Producer | null = null;
  #backend: ResultBackend | null = null;
  #replyTo: string | null = null;
  /** For what it tells of the tasks that it sends. */
  #events: Bus | null = null;

  constructor(process: NodeProcess, space: ObjectSpace, main: string) {
    this.process = process;
    this.space = space;
    this.main = main;
  }

  /** Where the broker is. Settings are read when first used, as Celery does. */
  get brokerUrl(): ServiceUrl {
    this.#brokerUrl ??= brokerUrlOf(this.settings.brokerUrl);
    return this.#brokerUrl;
  }

  /** Where results that travel as messages are to go. Every message names it, as in Celery. */
  get replyTo(): string {
    this.#replyTo ??= uuid(this.process);
    return this.#replyTo;
  }

  get backend(): ResultBackend {
    this.#backend ??= this.#createBackend();
    return this.#backend;
  }

  /** The clock goes on by one: something is sent. */
  tick(): number {
    return ++this.clock;
  }

  /** A message came from elsewhere: the clock is later than its sender's. */
  hear(clock: unknown): void {
    this.clock = Math.max(this.clock, typeof clock === 'number' ? clock : 0) + 1;
  }

  /** Celery names a task after its module and its function. */
  register(definition: TaskDefinition): void {
    this.tasks.set(definition.name, definition);
  }

  /** The setting that holds for a task: its own, else the application's. */
  option(task: Pick<TaskDefinition, 'options'> | undefined, name: TaskSwitch): boolean {
    const own = task?.options[name];
    if (own !== undefined) return own;
    const { settings } = this;
    return {
      acksLate: settings.taskAcksLate,
      rejectOnWorkerLost: settings.taskRejectOnWorkerLost,
      ignoreResult: settings.taskIgnoreResult,
      trackStarted: settings.taskTrackStarted,
      acksOnFailureOrTimeout: settings.taskAcksOnFailureOrTimeout,
    }[name];
  }

  /**
   * Sends a task to the broker.
   *
   * @throws TypeError when the arguments do not fit, EncodeError when they cannot be written,
   *   OperationalError when broker or result store cannot be reached
   */
  *send(task: TaskDefinition, call: CallValues, options: PublishOptions): Body<Sent> {
    const { space } = this;
    const { callable, functionName } = task;
    // A task that is known by its name alone fits everything.
    const fault =
      callable === null ? null : yield* wait(space.callFault(callable, functionName, call));
    if (fault !== null) throw space.typeError(fault);
    const texts = yield* wait(space.encodeCall(call));
    const reprs = yield* wait(space.reprCall(call));
    const described = {
      positionalText: texts.positional,
      keywordsText: texts.keywords,
      positionalRepr: reprs.positional,
      keywordsRepr: reprs.keywords,
    };
    return yield* this.publish(task, described, options);
  }

  /**
   * The same for arguments that are written already.
   *
   * @throws OperationalError when broker or result store cannot be reached
   */
  *publish(
    task: Pick<TaskDefinition, 'name' | 'options'>,
    call: DescribedCall,
    options: PublishOptions,
  ): Body<Sent> {
    const { process } = this;
    const taskId = options.taskId ?? uuid(process);
    const isResultIgnored = options.ignoreResult ?? this.option(task, 'ignoreResult');
    const limited = { ...limitsOf(task.options), ...options };
    const message = this.#messageOf(task.name, taskId, call, limited, isResultIgnored);
    process.spendNs(COST.publishNs + serialiseNs(message.body.length));
    yield* this.#deliver(taskId, message, options, isResultIgnored);
    if (options.isChild !== false) currentTask()?.children.push(tupleText(taskNode(taskId)));
    return { taskId, isResultIgnored };
  }

  /**
   * Sends the message of a running task once more: a retry.
   *
   * @throws as `send`
   */
  *resend(context: CallContext, { retries, etaUs, call, queue }: ResendOptions): Body<void> {
    const { redelivered: _, ...headers } = { redelivered: null, ...context.headers };
    const changed = call ? yield* this.#argumentsOf(call) : null;
    const message: Message = {
      body: changed ? withArguments(context.body, changed.texts) : context.body,
      headers: { ...headers, retries, eta: isoOf(etaUs), ...changed?.reprs },
      properties: {
        correlationId: context.correlationId,
        replyTo: context.replyTo,
        deliveryMode: 2,
        priority: context.priority,
      },
    };
    this.process.spendNs(COST.publishNs + serialiseNs(message.body.length));
    // Whoever waits for the result has subscribed to it already.
    yield* this.#deliver(headers.id, message, { queue: queue ?? context.queue }, true);
  }

  /**
   * Stores a state of the task's own choice.
   *
   * @param resultText JSON text of what it tells
   */
  *updateState(taskId: string, status: string, resultText: string): Body<void> {
    const context = this.running.get(taskId);
    const target = {
      taskId,
      correlationId: context?.correlationId ?? taskId,
      replyTo: context?.replyTo ?? '',
    };
    this.process.spendNs(COST.resultNs);
    this.process.state(shortened(`task/${taskId}`), status);
    yield* this.backend.store(target, { status, resultText, traceback: null, dateDone: null });
  }

  *#argumentsOf(call: CallValues): Body<{
    texts: { positionalText: string; keywordsText: string };
    reprs: { argsrepr: string; kwargsrepr: string };
  }> {
    const { space } = this;
    const texts = yield* wait(space.encodeCall(call));
    const reprs = yield* wait(space.reprCall(call));
    return {
      texts: { positionalText: texts.positional, keywordsText: texts.keywords },
      reprs: { argsrepr: reprs.positional, kwargsrepr: reprs.keywords },
    };
  }

  /** A worker's connection to the broker. */
  createConsumer(): Consumer {
    const { process, settings, ears } = this;
    return this.brokerUrl.scheme === 'redis'
      ? new RedisConsumer(process, this.brokerUrl, settings, ears)
      : new AmqpConsumer(process, this.brokerUrl, settings, ears);
  }

  /**
   * A connection for broadcasts: remote control and events.
   *
   * @param ears of the loop that reads it: `app.ears` where that is the worker's main loop
   */
  createBus(ears = new Ears()): Bus {
    const { process, settings, brokerUrl } = this;
    return brokerUrl.scheme === 'redis'
      ? new RedisBus(process, brokerUrl, ears)
      : new AmqpBus(process, brokerUrl, settings, ears);
  }

  /**
   * Refuses what would block a pool process for ever.
   *
   * @throws RuntimeError with Celery's text
   */
  checkMayWait(): void {
    if (this.isPoolProcess) throw syncSubtask();
  }

  #messageOf(
    name: string,
    taskId: string,
    call: DescribedCall,
    options: PublishOptions,
    isResultIgnored: boolean,
  ): Message {
    const { space, process } = this;
    const parent = currentTask();
    const { etaUs, rootId, parentId, replyTo, headers, embed } = options;
    const { expiresUs, shadow, groupId, groupIndex, retries } = options;
    const route = routeOf(this.settings, name, options);
    const standard = headersOf({
      shadow,
      groupId,
      groupIndex,
      retries,
      language: space.language,
      task: name,
      id: taskId,
      eta: etaUs === undefined ? null : isoOf(etaUs),
      parentId: parentId ?? parent?.taskId ?? null,
      rootId: rootId ?? parent?.rootId ?? null,
      argsRepr: call.positionalRepr,
      kwargsRepr: call.keywordsRepr,
      origin: `gen${process.spec.pid}@${hostOf(process)}`,
      isResultIgnored,
      expires: expiresUs === undefined ? null : isoOf(expiresUs),
      timeLimit: [options.timeLimit ?? null, options.softTimeLimit ?? null],
    });
    return {
      body: bodyText(call, embed),
      headers: { ...standard, ...headers },
      properties: {
        correlationId: taskId,
        replyTo: replyTo ?? this.replyTo,
        deliveryMode: 2,
        priority: route.priority ?? 0,
      },
    };
  }

  *#deliver(
    taskId: string,
    message: Message,
    options: PublishOptions,
    isResultIgnored: boolean,
  ): Body<void> {
    const { process, backend, settings } = this;
    const route = routeOf(settings, String(message.headers['task']), options);
    const what = taskPreview(message.headers);
    const { retries } = message.headers;
    process.state(shortened(`call/${taskId}`), { what, retries, queue: route.queue.name });
    // A pool process does not wait for what it sends.
    if (!isResultIgnored && !this.isPoolProcess) yield* backend.onTaskCall(taskId);
    const events = settings.taskSendSentEvent ? (this.#events ??= this.createBus()) : null;
    // Real ones go through the connection of the task: here too nobody hears of it later for connecting.
    yield* events?.ready(EVENTS) ?? [];
    const told = yield* this.#aboutToLeave(message, route);
    this.usedQueues.add(route.queue.name);
    const publish = this.#producerOf().publish({
      route,
      message: told,
      policy: this.#policyOf(options),
      onSend: () => process.state(shortened(`task/${taskId}`), 'SENT'),
    });
    const waiting = { what: `the broker to take ${what}`, by: [this.brokerUrl.host] };
    yield* wait(process.waitFor(run(publish), waiting));
    yield* this.#signalPublish('after_task_publish', told, route);
    if (events) yield* events.publish(sentEvent(this, told, route));
  }

  #policyOf({ retry, retryPolicy }: PublishOptions): RetryPolicy | null {
    const { taskPublishRetry, taskPublishRetryPolicy } = this.settings;
    if (!(retry ?? taskPublishRetry)) return null;
    return { ...PUBLISH_POLICY, ...taskPublishRetryPolicy, ...retryPolicy };
  }

  /** Programs may put something into its headers. */
  *#aboutToLeave(message: Message, route: Route): Body<Message> {
    const headers = yield* this.#signalPublish('before_task_publish', message, route);
    return { ...message, headers: headers as Message['headers'] };
  }

  *#signalPublish(
    name: string,
    { body, headers, properties }: Message,
    { exchange, routingKey }: Route,
  ): Body<unknown> {
    if (!this.space.hears(name)) return headers;
    const facts = { body_text: body, headers, exchange, routing_key: routingKey };
    const more = name === 'before_task_publish' ? { properties: { ...properties } } : {};
    return yield* wait(this.space.signal(name, { sender: headers['task'], ...facts, ...more }));
  }

  #producerOf(): Producer {
    this.#producer ??=
      this.brokerUrl.scheme === 'redis'
        ? new RedisProducer(this.process, this.brokerUrl)
        : this.#amqpProducer();
    return this.#producer;
  }

  #amqpProducer(): AmqpProducer {
    return new AmqpProducer(this.process, this.brokerUrl, this.settings);
  }

  #createBackend(): ResultBackend {
    const { resultBackend } = this.settings;
    if (resultBackend === '' || resultBackend.startsWith('disabled')) return new DisabledBackend();
    const url = parseUrl(resultBackend);
    if (url.scheme === 'redis') return new RedisBackend(this.process, url, this.settings);
    if (url.scheme !== 'rpc') {
      throw new ImproperlyConfigured(`no such result backend: ${resultBackend} (use rpc://)`);
    }
    const producer = this.#producerOf();
    if (!(producer instanceof AmqpProducer)) {
      throw new ImproperlyConfigured(
        'rpc:// results travel through RabbitMQ: use an amqp:// broker',
      );
    }
    return new RpcBackend(producer, this.brokerUrl.host, this.replyTo);
  }

  /** As the worker's banner shows it. */
  get transportDescription(): string {
    return displayUrl(this.brokerUrl);
  }
}

/** A task's own time limits travel with its messages. */
function limitsOf({ timeLimit, softTimeLimit }: TaskOptions): PublishOptions {
  return {
    ...(timeLimit === undefined ? {} : { timeLimit }),
    ...(softTimeLimit === undefined ? {} : { softTimeLimit }),
  };
}

function* none(): Body<readonly never[]> {
  yield* [];
  return [];
}

function brokerUrlOf(text: string): ServiceUrl {
  const url = parseUrl(text);
  if (url.scheme === 'rpc') throw new ImproperlyConfigured('rpc:// is for results, not a broker');
  return url;
}

/** `2026-01-01T00:00:02.000000+00:00`, as Python writes a time. */
export function isoOf(wallUs: number): string {
  const seconds = new Date(Math.floor(wallUs / 1000)).toISOString().slice(0, 19);
  return `${seconds}.${String(wallUs % 1_000_000).padStart(6, '0')}+00:00`;
}

/** ISO time without a zone, as `date_done` has it. */
export function doneTime(process: NodeProcess): string {
  return isoOf(process.wallUs()).replace('+00:00', '');
}

/** The time an ISO text means, in microseconds since 1970, or null. */
export function wallUsOf(iso: string): number | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)?$/.exec(iso);
  if (!match) return null;
  const ms = Date.parse(`${match[1]}Z`);
  return ms * 1000 + Number((match[2] ?? '').padEnd(6, '0'));
}
