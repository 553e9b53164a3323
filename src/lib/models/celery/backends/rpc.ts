// Results as messages (`rpc://`, celery/backends/rpc.py): each client has a reply queue, a result is
// sent there with the task's id as correlation id, and can be read once, by that client only.

import type { Body } from '#lib/node/promise.ts';
import type { AmqpClient } from '../amqp-client.ts';
import type { MethodOf } from '../amqp.ts';
import type { Message } from '../message.ts';
import type { AmqpProducer } from '../transports/amqp.ts';
import { done, failed } from '../coroutines.ts';
import { NotImplementedError } from '../errors.ts';
import {
  CHORDS_NEED,
  isFailed,
  isReady,
  PENDING,
  readMeta,
  writeMeta,
  type Found,
  type ResultBackend,
  type ResultMeta,
  type ResultTarget,
  type Wanted,
  type WhileWaiting,
} from './backend.ts';
import { WaitingResults } from './waiting.ts';

const NO_CHORDS = `The "rpc" result backend does not support chords!\n\n${CHORDS_NEED}`;

export class RpcBackend implements ResultBackend {
  readonly #producer: AmqpProducer;
  readonly description = 'rpc://';
  readonly hosts: readonly string[];
  /** Name of this client's reply queue. */
  readonly #replyTo: string;
  #declaredOn: AmqpClient | null = null;
  #consumedOn: AmqpClient | null = null;
  readonly #waiting = new WaitingResults();
  /** Results that nobody has asked for yet; taken by the first who does. */
  readonly #arrived = new Map<string, ResultMeta>();

  constructor(producer: AmqpProducer, brokerHost: string, replyTo: string) {
    this.#producer = producer;
    this.hosts = [brokerHost];
    this.#replyTo = replyTo;
  }

  *onTaskCall(): Body<void> {
    const client = yield* this.#producer.client();
    if (this.#declaredOn === client) return;
    this.#declaredOn = client;
    yield* client.call(
      {
        method: 'queue.declare',
        queue: this.#replyTo,
        durable: false,
        exclusive: false,
        autoDelete: true,
      },
      'queue.declare-ok',
    );
  }

  *store({ taskId, correlationId, replyTo }: ResultTarget, meta: ResultMeta): Body<void> {
    if (replyTo === '') return;
    const route = { queue: null, exchange: '', routingKey: replyTo };
    const message: Message = {
      body: writeMeta(taskId, meta),
      headers: {},
      properties: { correlationId, replyTo: '', deliveryMode: 1, priority: 0 },
    };
    yield* this.#producer.publishResult({ route, message, onSend: () => undefined });
  }

  *meta(taskId: string): Body<ResultMeta> {
    yield* this.onTaskCall();
    if (!this.#consumedOn) yield* this.#slurp();
    return this.#arrived.get(taskId) ?? PENDING;
  }

  *wait({ taskId, watched = [] }: Wanted, whileWaiting: WhileWaiting): Body<Found> {
    const client = yield* this.#consume();
    for (const id of watched) {
      const arrived = this.#arrived.get(id);
      if (arrived && isFailed(arrived)) return { taskId: id, meta: arrived };
    }
    const arrived = this.#arrived.get(taskId);
    if (arrived && isReady(arrived)) {
      this.#arrived.delete(taskId);
      return { taskId, meta: arrived };
    }
    client.hold(1);
    try {
      return yield* this.#waiting.first({ taskId, watched }, whileWaiting);
    } finally {
      client.hold(-1);
    }
  }

  forget(): Body<void> {
    return failed(new NotImplementedError('backend does not implement forget.'));
  }

  ensureChordsAllowed(): void {
    throw new NotImplementedError(NO_CHORDS);
  }

  setChordSize(): Body<void> {
    return done();
  }

  addChordPart(): Body<null> {
    return done(null);
  }

  extendChord(): Body<void> {
    return failed(new NotImplementedError('Backend does not support add_to_chord'));
  }

  dropChord(): Body<void> {
    return done();
  }

  saveGroup(): Body<void> {
    return failed(new NotImplementedError('save_group is not supported by this backend.'));
  }

  restoreGroup(): Body<string | null> {
    return failed(new NotImplementedError('restore_group is not supported by this backend.'));
  }

  deleteGroup(): Body<void> {
    return failed(new NotImplementedError('delete_group is not supported by this backend.'));
  }

  /** Takes what lies in the reply queue, without waiting for more. */
  *#slurp(): Body<void> {
    const client = yield* this.#producer.client();
    for (;;) {
      const reply = yield* client.callAny(
        { method: 'basic.get', queue: this.#replyTo, noAck: true },
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
      { method: 'basic.consume', queue: this.#replyTo, consumerTag: 'None1', noAck: true },
      'basic.consume-ok',
    );
    return client;
  }

  #take({ body }: MethodOf<'basic.deliver' | 'basic.get-ok'>): void {
    const { taskId, meta } = readMeta(body);
    const isTaken = isReady(meta) && this.#waiting.settle(taskId, meta);
    if (!isTaken) this.#arrived.set(taskId, meta);
  }
}
