// RabbitMQ as Celery's broker.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise, wait } from '#lib/node/promise.ts';
import { AmqpClient, AmqpError } from '../amqp-client.ts';
import type { MethodOf } from '../amqp.ts';
import type { Settings } from '../conf.ts';
import type { Ears } from '../ears.ts';
import { amqpProperties, messageOfAmqp } from '../message.ts';
import type { QueueSpec } from '../routing.ts';
import type { ServiceUrl } from '../url.ts';
import { done } from '../coroutines.ts';
import { connectWithRetries, publishWithRetries } from './publishing.ts';
import {
  ConnectFailure,
  type Consumer,
  type ConsumerOptions,
  type Delivery,
  type Producer,
  type Publication,
} from './transport.ts';

const isAmqpError = (error: unknown): boolean => error instanceof AmqpError;

/**
 * Declares a queue, and the exchange that leads to it when that is not its namesake: a message goes
 * round such a one. Celery's queues outlive the broker's restart.
 */
function* declare(client: AmqpClient, queue: QueueSpec): Body<void> {
  const { name, exchange, exchangeType: type, routingKey, maxPriority } = queue;
  const kept = { durable: true, autoDelete: false };
  yield* client.call(
    {
      ...{ method: 'queue.declare', queue: name, exclusive: false, ...kept },
      ...(maxPriority > 0 ? { maxPriority } : {}),
    },
    'queue.declare-ok',
  );
  if (type === 'direct' && exchange === name && routingKey === name) return;
  yield* client.call(
    { method: 'exchange.declare', exchange, type, ...kept },
    'exchange.declare-ok',
  );
  const binding = { queue: name, exchange, routingKey, args: {} };
  yield* client.call({ method: 'queue.bind', ...binding }, 'queue.bind-ok');
}

/** A client's connection: opened by the first publish, then kept (kombu's pool of one). */
export class AmqpProducer implements Producer {
  readonly #process: NodeProcess;
  readonly #url: ServiceUrl;
  readonly #settings: Settings;
  #client: AmqpClient | null = null;
  #opening: SimPromise<AmqpClient> | null = null;
  readonly #declared = new Set<string>();
  #wasConnected = false;

  constructor(process: NodeProcess, url: ServiceUrl, settings: Settings) {
    this.#process = process;
    this.#url = url;
    this.#settings = settings;
  }

  *publish(publication: Publication): Body<void> {
    const publish = (): Body<void> => this.#publish(publication);
    yield* publishWithRetries(this.#process, publish, isAmqpError, publication.policy);
  }

  /** Publishes a result to a reply queue; nobody declares that but its reader. */
  *publishResult(publication: Publication): Body<void> {
    yield* publishWithRetries(this.#process, () => this.#send(publication), isAmqpError);
  }

  /** The open connection, for the rpc backend to read replies on. */
  client(): Body<AmqpClient> {
    return this.#connected(true);
  }

  /** @param isPatient whether it tries more than once itself */
  *#connected(isPatient = !this.#wasConnected): Body<AmqpClient> {
    if (this.#client?.isOpen) return this.#client;
    this.#opening ??= run(this.#open(isPatient));
    return yield* wait(this.#opening);
  }

  *#publish(publication: Publication): Body<void> {
    const { queue } = publication.route;
    const client = yield* this.#connected();
    if (queue && !this.#declared.has(queue.name)) {
      yield* declare(client, queue);
      this.#declared.add(queue.name);
    }
    yield* this.#send(publication);
  }

  *#send({ route, message, onSend }: Publication): Body<void> {
    const client = yield* this.#connected();
    onSend();
    const properties = amqpProperties(message);
    const { exchange, routingKey } = route;
    yield* client.publish({ exchange, routingKey, properties, body: message.body });
  }

  *#open(isPatient: boolean): Body<AmqpClient> {
    const timeoutUs = this.#settings.brokerConnectionTimeout * 1e6;
    const open = (): Body<AmqpClient> =>
      AmqpClient.open(this.#process, this.#url, { heartbeatS: 0, timeoutUs });
    try {
      this.#declared.clear();
      const client = isPatient
        ? yield* connectWithRetries(this.#process, open, isAmqpError)
        : yield* open();
      this.#wasConnected = true;
      if (this.#settings.brokerTransportOptions.confirmPublish) yield* client.confirmSelect();
      this.#client = client;
      return client;
    } finally {
      this.#opening = null;
    }
  }
}

/** A worker's connection. */
export class AmqpConsumer implements Consumer {
  readonly #process: NodeProcess;
  readonly #url: ServiceUrl;
  readonly #settings: Settings;
  #client: AmqpClient | null = null;
  #options: ConsumerOptions | null = null;
  readonly #queueOfTag = new Map<string, string>();
  #tagCount = 0;
  /** RabbitMQ takes unacknowledged messages back itself. */
  readonly restorableCount = 0;

  readonly #ears: Ears;

  constructor(process: NodeProcess, url: ServiceUrl, settings: Settings, ears: Ears) {
    this.#process = process;
    this.#ears = ears;
    this.#url = url;
    this.#settings = settings;
  }

  *connect(): Body<void> {
    try {
      this.#client = yield* AmqpClient.open(this.#process, this.#url, {
        heartbeatS: this.#settings.brokerHeartbeat,
        timeoutUs: this.#settings.brokerConnectionTimeout * 1e6,
        ears: this.#ears,
      });
    } catch (error) {
      if (!isAmqpError(error)) throw error;
      throw new ConnectFailure((error as Error).message);
    }
  }

  *start(options: ConsumerOptions): Body<void> {
    const client = this.#client!;
    this.#options = options;
    client.onDeliver = (frame) => this.#deliver(frame);
    client.onLost = ({ message }) => options.onLost({ text: `ConnectionError: ${message}` });
    for (const queue of options.queues) {
      yield* declare(client, queue);
    }
    yield* client.call(qos(options.prefetchCount), 'basic.qos-ok');
    for (const { name } of options.queues) yield* this.#consume(client, name);
  }

  *addQueue(queue: QueueSpec): Body<void> {
    const client = this.#client;
    if (!client?.isOpen) return;
    yield* declare(client, queue);
    yield* this.#consume(client, queue.name);
  }

  cancelQueue(name: string): void {
    for (const [consumerTag, queue] of this.#queueOfTag) {
      if (queue !== name) continue;
      this.#tell({ method: 'basic.cancel', consumerTag });
      this.#queueOfTag.delete(consumerTag);
    }
  }

  *#consume(client: AmqpClient, queue: string): Body<void> {
    const consumerTag = `None${++this.#tagCount}`;
    this.#queueOfTag.set(consumerTag, queue);
    yield* client.call(
      { method: 'basic.consume', queue, consumerTag, noAck: false },
      'basic.consume-ok',
    );
  }

  setPrefetchCount(count: number): void {
    if (this.#client?.isOpen) this.#client.send(qos(count));
  }

  ack({ tag }: Delivery): void {
    this.#tell({ method: 'basic.ack', deliveryTag: Number(tag), multiple: false });
  }

  reject({ tag }: Delivery, requeue: boolean): void {
    this.#tell({ method: 'basic.reject', deliveryTag: Number(tag), requeue });
  }

  cancel(): void {
    for (const consumerTag of this.#queueOfTag.keys()) {
      this.#tell({ method: 'basic.cancel', consumerTag });
    }
  }

  close(): Body<void> {
    this.#client?.close();
    this.#client = null;
    return done();
  }

  /** What cannot be told any more is without effect: the broker has taken the message back. */
  #tell(method: MethodOf<'basic.ack' | 'basic.reject' | 'basic.cancel'>): void {
    this.#ears.whenOpen(() => {
      if (this.#client?.isOpen) this.#client.send(method);
    });
  }

  #deliver(frame: MethodOf<'basic.deliver'>): void {
    this.#options!.onDelivery({
      message: messageOfAmqp(frame.body, frame.properties),
      queue: this.#queueOfTag.get(frame.consumerTag) ?? frame.routingKey,
      tag: frame.deliveryTag,
      redelivered: frame.redelivered,
    });
  }
}

function qos(prefetchCount: number): MethodOf<'basic.qos'> {
  return { method: 'basic.qos', prefetchCount, global: true };
}
