// RabbitMQ's queues, without any wire: messages wait in queues, are pushed to consumers as far as
// their prefetch windows allow, one consumer after the other, and come back to where they stood when
// their channel ends without an acknowledgement. Semantics: AMQP 0-9-1 and
// https://www.rabbitmq.com/docs/confirms (redelivery), /docs/consumer-prefetch.

import type { MessageProperties } from '../../amqp.ts';
import { Exchanges } from './exchanges.ts';

/** A message the broker has. */
export interface Stored {
  /** Place in the order of arrival: a returned message goes back to it. */
  order: number;
  exchange: string;
  routingKey: string;
  properties: MessageProperties;
  body: string;
  isRedelivered: boolean;
}

export interface QueueOptions {
  durable: boolean;
  autoDelete: boolean;
  /** The session that alone may use it, and with which it goes. */
  exclusiveTo: object | null;
}

export class MessageQueue {
  readonly name: string;
  readonly options: QueueOptions;
  /** In order of arrival. */
  readonly ready: Stored[] = [];
  unackedCount = 0;
  /** Who gets the next message comes first. */
  readonly consumers: Consumer[] = [];

  constructor(name: string, options: QueueOptions) {
    this.name = name;
    this.options = options;
  }

  /** Puts a message back to where it stood. */
  putBack(message: Stored): void {
    const index = this.ready.findIndex((other) => other.order > message.order);
    this.ready.splice(index < 0 ? this.ready.length : index, 0, message);
  }
}

export type Deliver = (consumer: Consumer, deliveryTag: number, message: Stored) => void;

export class Consumer {
  readonly channel: Channel;
  readonly tag: string;
  readonly queue: MessageQueue;
  readonly noAck: boolean;
  /** Own window, from `basic.qos` without `global`; 0: none. */
  readonly prefetchCount: number;
  unackedCount = 0;

  constructor(options: {
    channel: Channel;
    tag: string;
    queue: MessageQueue;
    noAck: boolean;
    prefetchCount: number;
  }) {
    this.channel = options.channel;
    this.tag = options.tag;
    this.queue = options.queue;
    this.noAck = options.noAck;
    this.prefetchCount = options.prefetchCount;
  }

  get hasRoom(): boolean {
    const { globalPrefetchCount, deliveries } = this.channel;
    return (
      this.noAck ||
      ((this.prefetchCount === 0 || this.unackedCount < this.prefetchCount) &&
        (globalPrefetchCount === 0 || deliveries.size < globalPrefetchCount))
    );
  }
}

interface Delivered {
  message: Stored;
  queue: MessageQueue;
  /** Null when it was fetched with `basic.get`. */
  consumer: Consumer | null;
}

/** One channel of one connection. */
export class Channel {
  /** Hands a message to the connection. */
  readonly deliver: Deliver;
  /** Window over all consumers of the channel; 0: none. */
  globalPrefetchCount = 0;
  /** For consumers to come. */
  prefetchCount = 0;
  readonly consumers = new Map<string, Consumer>();
  /** Unacknowledged, by delivery tag, in order. */
  readonly deliveries = new Map<number, Delivered>();
  isConfirming = false;
  publishCount = 0;
  #nextTag = 1;

  constructor(deliver: Deliver) {
    this.deliver = deliver;
  }

  takeTag(): number {
    return this.#nextTag++;
  }
}

export class Broker {
  readonly queues = new Map<string, MessageQueue>();
  readonly exchanges = new Exchanges();
  #order = 0;

  declare(name: string, options: QueueOptions): MessageQueue {
    let queue = this.queues.get(name);
    if (!queue) this.queues.set(name, (queue = new MessageQueue(name, options)));
    return queue;
  }

  /**
   * Publishes to an exchange, which decides on the queues.
   *
   * @returns whether there was a queue for it; a message for nobody is dropped
   */
  publish(content: Omit<Stored, 'order' | 'isRedelivered'>): boolean {
    const { exchange, routingKey, properties } = content;
    const headers = properties.headers ?? {};
    const names = this.exchanges.route({ exchange, routingKey, headers });
    const queues = [...names].flatMap((name) => this.queues.get(name) ?? []);
    for (const queue of queues) {
      queue.ready.push({ ...content, order: this.#order++, isRedelivered: false });
      this.#dispatch(queue);
    }
    return queues.length > 0;
  }

  /** A queue with all that lies in it and leads to it. */
  delete(name: string): void {
    this.queues.delete(name);
    this.exchanges.forgetQueue(name);
  }

  consume(consumer: Consumer): void {
    consumer.channel.consumers.set(consumer.tag, consumer);
    consumer.queue.consumers.push(consumer);
    this.#dispatch(consumer.queue);
  }

  /** Takes one message without being a consumer. */
  get(channel: Channel, queue: MessageQueue, noAck: boolean): [number, Stored] | null {
    const message = queue.ready.shift();
    if (!message) return null;
    const tag = channel.takeTag();
    if (!noAck) this.#note(channel, tag, { message, queue, consumer: null });
    return [tag, message];
  }

  cancel(channel: Channel, tag: string): void {
    const consumer = channel.consumers.get(tag);
    if (!consumer) return;
    channel.consumers.delete(tag);
    const { consumers } = consumer.queue;
    consumers.splice(consumers.indexOf(consumer), 1);
    if (consumers.length === 0 && consumer.queue.options.autoDelete) {
      this.delete(consumer.queue.name);
    }
  }

  /** Done with: true when the tag was known. */
  ack(channel: Channel, tag: number, multiple: boolean): boolean {
    const settled = this.#settle(channel, tag, multiple);
    for (const { queue } of settled) this.#dispatch(queue);
    this.#dispatchAll(channel);
    return settled.length > 0;
  }

  /** Refused: back to where it stood, or gone. */
  reject(channel: Channel, tag: number, multiple: boolean, requeue: boolean): boolean {
    const settled = this.#settle(channel, tag, multiple);
    for (const { message, queue } of settled) {
      if (!requeue) continue;
      message.isRedelivered = true;
      queue.putBack(message);
    }
    for (const { queue } of settled) this.#dispatch(queue);
    this.#dispatchAll(channel);
    return settled.length > 0;
  }

  setPrefetch(channel: Channel, count: number, isGlobal: boolean): void {
    if (isGlobal) channel.globalPrefetchCount = count;
    else channel.prefetchCount = count;
    this.#dispatchAll(channel);
  }

  /** The channel is gone: what it had not acknowledged goes back at once. */
  closeChannel(channel: Channel): void {
    for (const tag of [...channel.consumers.keys()]) this.cancel(channel, tag);
    const touched = new Set<MessageQueue>();
    for (const { message, queue, consumer } of channel.deliveries.values()) {
      queue.unackedCount--;
      if (consumer) consumer.unackedCount--;
      message.isRedelivered = true;
      queue.putBack(message);
      touched.add(queue);
    }
    channel.deliveries.clear();
    for (const queue of touched) this.#dispatch(queue);
  }

  /** A connection is gone, and its exclusive queues with it. */
  dropExclusive(session: object): void {
    for (const [name, { options }] of this.queues) {
      if (options.exclusiveTo === session) this.delete(name);
    }
  }

  #settle(channel: Channel, tag: number, multiple: boolean): Delivered[] {
    const tags = multiple
      ? [...channel.deliveries.keys()].filter((other) => other <= tag || tag === 0)
      : [tag];
    const settled: Delivered[] = [];
    for (const one of tags) {
      const delivered = channel.deliveries.get(one);
      if (!delivered) continue;
      channel.deliveries.delete(one);
      delivered.queue.unackedCount--;
      if (delivered.consumer) delivered.consumer.unackedCount--;
      settled.push(delivered);
    }
    return settled;
  }

  #dispatchAll(channel: Channel): void {
    for (const { queue } of channel.consumers.values()) this.#dispatch(queue);
  }

  /** Pushes what is ready, the consumers in turn. */
  #dispatch(queue: MessageQueue): void {
    while (queue.ready.length > 0) {
      const index = queue.consumers.findIndex(({ hasRoom }) => hasRoom);
      if (index < 0) return;
      const [consumer] = queue.consumers.splice(index, 1) as [Consumer];
      queue.consumers.push(consumer);
      const message = queue.ready.shift()!;
      const tag = consumer.channel.takeTag();
      if (!consumer.noAck) this.#note(consumer.channel, tag, { message, queue, consumer });
      consumer.channel.deliver(consumer, tag, message);
    }
  }

  #note(channel: Channel, tag: number, delivered: Delivered): void {
    channel.deliveries.set(tag, delivered);
    delivered.queue.unackedCount++;
    if (delivered.consumer) delivered.consumer.unackedCount++;
  }
}
