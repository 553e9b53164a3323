// A task in a worker's hands: which delivery it came with, and whether that is settled.

import type { NodeProcess } from '#lib/node/process.ts';
import type { SignalName } from '#lib/protocol/signals.ts';
import { wallUsOf, type CeleryApp, type TaskDefinition } from '../app.ts';
import { COST } from '../costs.ts';
import type { TaskHeaders } from '../message.ts';
import { shortened, taskPreview } from '../previews.ts';
import type { Consumer, Delivery } from '../transports/transport.ts';
import type { TaskCall, TaskEnd } from './run-task.ts';

export class Request {
  readonly #app: CeleryApp;
  readonly #consumer: Consumer;
  readonly delivery: Delivery;
  readonly headers: TaskHeaders;
  readonly task: TaskDefinition;
  /** Whether it waits for its time, or is the pool's; a rate limit stands between. */
  stage: 'received' | 'scheduled' | 'reserved' = 'received';
  /** When its pool process began with it, in microseconds since the start of the run; */
  startedUs: number | null = null;
  /** and that process. */
  pid: number | null = null;
  /** Ends it as soon as it has begun. */
  terminateWith: SignalName | null = null;
  #isSettled = false;

  constructor(app: CeleryApp, consumer: Consumer, delivery: Delivery, task: TaskDefinition) {
    this.#app = app;
    this.#consumer = consumer;
    this.delivery = delivery;
    this.headers = delivery.message.headers as unknown as TaskHeaders;
    this.task = task;
  }

  /** `tasks.add[0a05298b-…]`, as log lines name it. */
  get title(): string {
    return `${this.headers.task}[${this.headers.id}]`;
  }

  /** `tasks.add(4, 4)`. */
  get preview(): string {
    return taskPreview(this.headers) ?? this.headers.task;
  }

  get call(): TaskCall {
    const { message, queue, redelivered } = this.delivery;
    const { correlationId, replyTo, priority } = message.properties;
    const { headers } = this;
    return { headers, body: message.body, correlationId, replyTo, queue, priority, redelivered };
  }

  get #isLate(): boolean {
    return this.#app.option(this.task, 'acksLate');
  }

  /** Nobody is to run it any more: its `expires` has passed. */
  get isExpired(): boolean {
    const { expires } = this.headers;
    const dueUs = expires === null ? null : wallUsOf(expires);
    return dueUs !== null && this.#process.wallUs() > dueUs;
  }

  get isAcknowledged(): boolean {
    return this.#isSettled;
  }

  /** Nobody runs it: the broker may forget it. */
  discard(): void {
    this.#ack();
  }

  /** A pool process has begun: this is when an early acknowledgement leaves. */
  started(pid: number): void {
    this.startedUs = this.#process.nowUs();
    this.pid = pid;
    if (!this.#isLate) this.#ack();
  }

  /** The task has ended, well or badly: this is when a late acknowledgement leaves. */
  ended(end: TaskEnd): void {
    if (!this.#isLate && end !== 'ignore') return;
    if (end === 'reject' || end === 'requeue') this.#reject(end === 'requeue');
    else if (end === 'failure' && !this.#app.option(this.task, 'acksOnFailureOrTimeout'))
      this.#reject(false);
    else this.#ack();
  }

  /**
   * The pool process died over it. Even a late task is acknowledged then, unless it asks otherwise.
   *
   * @returns whether the broker gets it back
   */
  lost(): boolean {
    const isRequeued = this.#isLate && this.#app.option(this.task, 'rejectOnWorkerLost');
    if (isRequeued) this.#reject(true);
    else this.#ack();
    return isRequeued;
  }

  get #process(): NodeProcess {
    return this.#app.process;
  }

  #ack(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#process.spendNs(COST.ackNs);
    this.#process.state(shortened(`ack/${this.headers.id}`), true);
    this.#consumer.ack(this.delivery);
  }

  #reject(requeue: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#process.spendNs(COST.ackNs);
    this.#consumer.reject(this.delivery, requeue);
  }
}
