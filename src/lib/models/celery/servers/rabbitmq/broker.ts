// RabbitMQ's queues, without any wire: messages wait in queues, are pushed to consumers as far as
// their prefetch windows allow, one consumer after the other, and come back to where they stood when
// their channel ends without an acknowledgement. Semantics: AMQP 0-9-1 and
// https://www.rabbitmq.com/docs/confirms (redelivery), /docs/consumer-prefetch.

import type { MessageProperties } from '../../amqp.ts';
import { Exchanges, isPredeclared, type Binding, type ExchangeOptions } from './exchanges.ts';
import type { Entry } from './journal.ts';

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

/** A persistent message in a durable queue survives the broker. */
function isKept(queue: MessageQueue, { properties }: Stored): boolean {
  return queue.options.durable && properties.deliveryMode === 2;
}

/** A client's mistake: its channel ends. */
export class ChannelError extends Error {
  override name = 'ChannelError';
  readonly code: number;
  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

export interface QueueOptions {
  durable: boolean;
  autoDelete: boolean;
  /** Messages of a higher priority, up to this one, come first; 0: priorities do not count. */
  maxPriority: number;
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

  /** Puts a message where it belongs: behind what came before it, and what is more urgent. */
  put(message: Stored): void {
    // From the end, where a new one belongs.
    let index = this.ready.length;
    while (index > 0 && this.#isBefore(message, this.ready[index - 1]!)) index--;
    this.ready.splice(index, 0, message);
  }

  #isBefore(a: Stored, b: Stored): boolean {
    const difference = this.#urgencyOf(a) - this.#urgencyOf(b);
    return difference > 0 || (difference === 0 && a.order < b.order);
  }

  #urgencyOf({ properties }: Stored): number {
    return Math.min(properties.priority ?? 0, this.options.maxPriority);
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

  readonly #note: (entry: Entry) => void;

  /** @param note keeps what is to survive the broker */
  constructor(note: (entry: Entry) => void = () => undefined) {
    this.#note = note;
  }

  // Definitions.

  declare(name: string, options: QueueOptions): MessageQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = new MessageQueue(name, options);
    this.queues.set(name, queue);
    if (isDurable(queue)) this.#note(queueEntry(queue));
    return queue;
  }

  /** A queue with all that lies in it and leads to it. */
  delete(name: string): void {
    const queue = this.queues.get(name);
    if (!queue) return;
    this.queues.delete(name);
    this.exchanges.forgetQueue(name);
    if (isDurable(queue)) this.#note({ is: 'queue-gone', name });
  }

  /** Throws away what waits in a queue; returns how much that was. */
  purge(queue: MessageQueue): number {
    const gone = queue.ready.splice(0);
    for (const message of gone) this.#noteGone(queue, message);
    return gone.length;
  }

  declareExchange(name: string, options: ExchangeOptions): void {
    if (this.exchanges.get(name)) return;
    const exchange = this.exchanges.declare(name, options);
    if (options.durable) this.#note({ is: 'exchange', exchange });
  }

  deleteExchange(name: string): void {
    const isKnownDurable = this.exchanges.get(name)?.durable === true;
    this.exchanges.delete(name);
    if (isKnownDurable) this.#note({ is: 'exchange-gone', name });
  }

  bind(binding: Binding): void {
    this.exchanges.bind(binding);
    if (this.#isDurableBinding(binding)) this.#note({ is: 'binding', binding });
  }

  unbind(binding: Binding): void {
    const isKept = this.#isDurableBinding(binding);
    this.exchanges.unbind(binding);
    if (isKept) this.#note({ is: 'binding-gone', binding });
  }

  #isDurableBinding({ source, destination, isToExchange }: Binding): boolean {
    const queue = this.queues.get(destination);
    const isEndDurable = isToExchange
      ? this.exchanges.get(destination)?.durable
      : queue && isDurable(queue);
    return this.exchanges.get(source)?.durable === true && isEndDurable === true;
  }

  // What survives.

  /** Makes again what a journal tells. */
  restore(entries: readonly Entry[]): void {
    const messages = new Map<number, { queue: string; message: Stored }>();
    for (const entry of entries) this.#restoreOne(entry, messages);
    for (const { queue, message } of messages.values()) this.queues.get(queue)?.put(message);
  }

  #restoreOne(entry: Entry, messages: Map<number, { queue: string; message: Stored }>): void {
    switch (entry.is) {
      case 'exchange':
        this.exchanges.declare(entry.exchange.name, entry.exchange);
        return;
      case 'exchange-gone':
        return this.exchanges.delete(entry.name);
      case 'queue':
        this.queues.set(
          entry.name,
          new MessageQueue(entry.name, { ...entry.options, exclusiveTo: null }),
        );
        return;
      case 'queue-gone':
        for (const [order, { queue }] of messages) if (queue === entry.name) messages.delete(order);
        this.queues.delete(entry.name);
        return this.exchanges.forgetQueue(entry.name);
      case 'binding':
        return this.exchanges.bind(entry.binding);
      case 'binding-gone':
        return this.exchanges.unbind(entry.binding);
      case 'message':
        this.#order = Math.max(this.#order, entry.message.order + 1);
        messages.set(entry.message.order, entry);
        return;
      case 'delivered': {
        const found = messages.get(entry.order);
        if (found) found.message.isRedelivered = true;
        return;
      }
      case 'message-gone':
        messages.delete(entry.order);
    }
  }

  /** The shortest journal of what there is now. */
  entries(channels: Iterable<Channel>): Entry[] {
    const { exchanges, bindings } = this.exchanges.all();
    const queues = [...this.queues.values()];
    const waiting = queues.flatMap((queue) => queue.ready.map((message) => ({ queue, message })));
    const delivered = [...channels].flatMap(({ deliveries }) =>
      [...deliveries.values()].map(({ queue, message }) => ({
        queue,
        message: { ...message, isRedelivered: true },
      })),
    );
    return [
      ...exchanges
        .filter(({ name, durable }) => durable && !isPredeclared(name))
        .map((exchange): Entry => ({ is: 'exchange', exchange })),
      ...queues.filter(isDurable).map(queueEntry),
      ...bindings
        .filter((binding) => this.#isDurableBinding(binding))
        .map((binding): Entry => ({ is: 'binding', binding })),
      ...[...waiting, ...delivered]
        .filter(({ queue, message }) => isKept(queue, message))
        .map(({ queue, message }): Entry => ({ is: 'message', queue: queue.name, message })),
    ];
  }

  #noteGone(queue: MessageQueue, message: Stored): void {
    if (isKept(queue, message)) this.#note({ is: 'message-gone', order: message.order });
  }

  // Messages.

  /**
   * Publishes to an exchange, which decides on the queues.
   *
   * @returns how many queues took it, and whether one of them keeps it on the disk
   */
  publish(content: Omit<Stored, 'order' | 'isRedelivered'>): { count: number; isKept: boolean } {
    const { exchange, routingKey, properties } = content;
    const headers = properties.headers ?? {};
    const names = this.exchanges.route({ exchange, routingKey, headers });
    const queues = [...names].flatMap((name) => this.queues.get(name) ?? []);
    let isAnyKept = false;
    for (const queue of queues) {
      const message = { ...content, order: this.#order++, isRedelivered: false };
      if (isKept(queue, message)) {
        isAnyKept = true;
        // A copy of now: the mark changes, and is noted by itself.
        this.#note({ is: 'message', queue: queue.name, message: { ...message } });
      }
      queue.put(message);
      this.#dispatch(queue);
    }
    return { count: queues.length, isKept: isAnyKept };
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
    if (noAck) this.#noteGone(queue, message);
    else this.#hold(channel, tag, { message, queue, consumer: null });
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
    for (const { queue, message } of settled) this.#noteGone(queue, message);
    for (const { queue } of settled) this.#dispatch(queue);
    this.#dispatchAll(channel);
    return settled.length > 0;
  }

  /** Refused: back to where it stood, or gone. */
  reject(channel: Channel, tag: number, multiple: boolean, requeue: boolean): boolean {
    const settled = this.#settle(channel, tag, multiple);
    for (const { message, queue } of settled) {
      if (!requeue) {
        this.#noteGone(queue, message);
        continue;
      }
      message.isRedelivered = true;
      queue.put(message);
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
      queue.put(message);
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
      if (consumer.noAck) this.#noteGone(queue, message);
      else this.#hold(consumer.channel, tag, { message, queue, consumer });
      consumer.channel.deliver(consumer, tag, message);
    }
  }

  #hold(channel: Channel, tag: number, delivered: Delivered): void {
    channel.deliveries.set(tag, delivered);
    delivered.queue.unackedCount++;
    if (delivered.consumer) delivered.consumer.unackedCount++;
    const { queue, message } = delivered;
    if (isKept(queue, message) && !message.isRedelivered) {
      this.#note({ is: 'delivered', order: message.order });
    }
  }
}

function isDurable({ options }: MessageQueue): boolean {
  return options.durable && options.exclusiveTo === null;
}

function queueEntry({ name, options }: MessageQueue): Entry {
  const { durable, autoDelete, maxPriority } = options;
  return { is: 'queue', name, options: { durable, autoDelete, maxPriority } };
}
