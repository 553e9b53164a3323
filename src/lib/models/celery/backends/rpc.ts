// Results as messages (`rpc://`, celery/backends/rpc.py): each client has a reply queue, a result is
// sent there with the task's id as correlation id, and can be read once, by that client only.

import type { Body } from '#lib/node/promise.ts';
import type { AmqpClient } from '../amqp-client.ts';
import type { MethodOf } from '../amqp.ts';
import type { Message } from '../message.ts';
import type { AmqpProducer } from '../transports/amqp.ts';
import {
  isReady,
  PENDING,
  readMeta,
  writeMeta,
  type ResultBackend,
  type ResultMeta,
  type ResultTarget,
  type WhileWaiting,
} from './backend.ts';
import { WaitingResults } from './waiting.ts';

export class RpcBackend implements ResultBackend {
  readonly #producer: AmqpProducer;
  readonly description = 'rpc://';
  readonly hosts: readonly string[];
  /** Name of this client's reply queue. */
  readonly replyTo: string;
  #declaredOn: AmqpClient | null = null;
  #consumedOn: AmqpClient | null = null;
  readonly #waiting = new WaitingResults();
  /** Results that nobody has asked for yet; taken by the first who does. */
  readonly #arrived = new Map<string, ResultMeta>();

  constructor(producer: AmqpProducer, brokerHost: string, replyTo: string) {
    this.#producer = producer;
    this.hosts = [brokerHost];
    this.replyTo = replyTo;
  }

  *onTaskCall(): Body<void> {
    const client = yield* this.#producer.client();
    if (this.#declaredOn === client) return;
    this.#declaredOn = client;
    yield* client.call(
      {
        method: 'queue.declare',
        queue: this.replyTo,
        durable: false,
        exclusive: false,
        autoDelete: true,
      },
      'queue.declare-ok',
    );
  }

  *store({ taskId, correlationId, replyTo }: ResultTarget, meta: ResultMeta): Body<void> {
    if (replyTo === '') return;
    const message: Message = {
      body: writeMeta(taskId, meta),
      headers: {},
      properties: { correlationId, replyTo: '', deliveryMode: 1, priority: 0 },
    };
    yield* this.#producer.publishResult({ queue: replyTo, message, onSend: () => undefined });
  }

  *meta(taskId: string): Body<ResultMeta> {
    yield* this.onTaskCall();
    if (!this.#consumedOn) yield* this.#slurp();
    return this.#arrived.get(taskId) ?? PENDING;
  }

  *wait(taskId: string, whileWaiting: WhileWaiting): Body<ResultMeta> {
    const client = yield* this.#consume();
    const arrived = this.#arrived.get(taskId);
    if (arrived && isReady(arrived)) {
      this.#arrived.delete(taskId);
      return arrived;
    }
    const waiting = this.#waiting.join(taskId);
    client.hold(1);
    try {
      return yield* whileWaiting(waiting);
    } finally {
      client.hold(-1);
      this.#waiting.leave(taskId);
    }
  }

  /** Takes what lies in the reply queue, without waiting for more. */
  *#slurp(): Body<void> {
    const client = yield* this.#producer.client();
    for (;;) {
      const reply = yield* client.callAny(
        { method: 'basic.get', queue: this.replyTo, noAck: true },
        ['basic.get-ok', 'basic.get-empty'],
      );
      if (reply.method !== 'basic.get-ok') return;
      this.#take(reply);
    }
  }

  *#consume(): Body<AmqpClient> {
    yield* this.onTaskCall();
    const client = yield* this.#producer.client();
    if (this.#consumedOn === client) return client;
    this.#consumedOn = client;
    client.onDeliver = (frame) => this.#take(frame);
    yield* client.call(
      { method: 'basic.consume', queue: this.replyTo, consumerTag: 'None1', noAck: true },
      'basic.consume-ok',
    );
    return client;
  }

  #take({ body }: MethodOf<'basic.deliver' | 'basic.get-ok'>): void {
    const { taskId, meta } = readMeta(body);
    if (isReady(meta) && this.#waiting.settle(taskId, meta)) return;
    this.#arrived.set(taskId, meta);
  }
}
