// One client's connection to RabbitMQ: its channels, what it may do, and whether it still lives.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import {
  encodeFrame,
  FrameError,
  FrameReader,
  labelOfFrame,
  type Frame,
  type Method,
  type MethodOf,
} from '../../amqp.ts';
import { COST, serialiseNs } from '../../costs.ts';
import { Channel, Consumer, type Broker, type Deliver, type MessageQueue } from './broker.ts';

/** The server's wish for the heartbeat interval (rabbit's default). */
const HEARTBEAT_S = 60;
/** A peer silent over so many whole intervals is dropped (rabbit_heartbeat.erl). */
const SILENT_INTERVALS_MAX = 2;

export interface SessionHost {
  process: NodeProcess;
  broker: Broker;
  /** Queues may have changed. */
  changed(): void;
  log(level: string, text: string): void;
}

export class Session {
  readonly #host: SessionHost;
  readonly #connection: Connection;
  readonly #reader = new FrameReader();
  readonly #channels = new Map<number, Channel>();
  readonly #heldToken: string;
  #heldCount = 0;
  #heartbeatS = 0;
  #silentCount = 0;
  #timer = 0;
  #isEnded = false;

  constructor(host: SessionHost, connection: Connection) {
    this.#host = host;
    this.#connection = connection;
    this.#heldToken = `rabbitmq/unacked/${host.process.spec.name}#${connection.id}`;
  }

  /** Serves the connection until it ends. */
  *serve(): Body<void> {
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (bytes === null) break;
        this.#silentCount = 0;
        for (const frame of this.#reader.push(bytes)) this.#take(frame);
        this.#host.changed();
        if (this.#isEnded) return;
      }
      this.#end('client unexpectedly closed TCP connection');
    } catch (error) {
      if (!(error instanceof ConnectionError) && !(error instanceof FrameError)) throw error;
      this.#end(error.message);
    }
  }

  /** While deliveries are out, the heartbeat check keeps the run alive (KT7). */
  updateHeld(): void {
    let heldCount = 0;
    for (const { deliveries } of this.#channels.values()) heldCount += deliveries.size;
    this.#host.process.oblige(this.#heldToken, heldCount - this.#heldCount);
    this.#heldCount = heldCount;
  }

  #take(frame: Frame): void {
    if (this.#isEnded) return;
    switch (frame.method) {
      case 'connection.open':
        return this.#open(frame);
      case 'connection.close':
        this.#send(0, { method: 'connection.close-ok' });
        return this.#end('');
      case 'channel.open':
        return this.#openChannel(frame.channel);
      case 'heartbeat':
        return;
      default: {
        const channel = this.#channels.get(frame.channel);
        if (channel) this.#onChannel(frame, channel);
      }
    }
  }

  #onChannel(frame: Frame, channel: Channel): void {
    const { broker } = this.#host;
    switch (frame.method) {
      case 'confirm.select':
        channel.isConfirming = true;
        return this.#send(frame.channel, { method: 'confirm.select-ok' });
      case 'exchange.declare': {
        const { exchange, type, durable, autoDelete } = frame;
        broker.exchanges.declare(exchange, { type, durable, autoDelete });
        return this.#send(frame.channel, { method: 'exchange.declare-ok' });
      }
      case 'queue.bind':
        return this.#bind(frame);
      case 'queue.declare':
        return this.#declare(frame);
      case 'basic.qos':
        broker.setPrefetch(channel, frame.prefetchCount, frame.global);
        return this.#send(frame.channel, { method: 'basic.qos-ok' });
      case 'basic.consume':
        return this.#consume(frame, channel);
      case 'basic.cancel':
        broker.cancel(channel, frame.consumerTag);
        return this.#send(frame.channel, {
          method: 'basic.cancel-ok',
          consumerTag: frame.consumerTag,
        });
      case 'basic.publish':
        return this.#publish(frame, channel);
      case 'basic.get':
        return this.#get(frame, channel);
      case 'basic.ack':
        return this.#check(frame, broker.ack(channel, frame.deliveryTag, frame.multiple));
      case 'basic.nack':
      case 'basic.reject': {
        const multiple = frame.method === 'basic.nack' && frame.multiple;
        const { deliveryTag, requeue } = frame;
        return this.#check(frame, broker.reject(channel, deliveryTag, multiple, requeue));
      }
      default:
        return this.#refuse(540, `NOT_IMPLEMENTED - ${frame.method}`);
    }
  }

  #open(frame: MethodOf<'connection.open'>): void {
    // Both sides may lower the interval, 0 means none (AMQP 0-9-1, connection.tune).
    this.#heartbeatS = frame.heartbeatS === 0 ? 0 : Math.min(frame.heartbeatS, HEARTBEAT_S);
    this.#send(0, { method: 'connection.open-ok', heartbeatS: this.#heartbeatS });
    if (this.#heartbeatS > 0) {
      this.#watch();
      this.#beat();
    }
  }

  #openChannel(id: number): void {
    const deliver: Deliver = (consumer, deliveryTag, message) => {
      this.#host.process.spendNs(COST.rabbitMessageNs);
      const { exchange, routingKey, properties, body } = message;
      this.#send(id, {
        method: 'basic.deliver',
        consumerTag: consumer.tag,
        deliveryTag,
        redelivered: message.isRedelivered,
        ...{ exchange, routingKey, properties, body },
      });
    };
    this.#channels.set(id, new Channel(deliver));
    this.#send(id, { method: 'channel.open-ok' });
  }

  #declare(frame: MethodOf<'queue.declare'> & { channel: number }): void {
    const { broker } = this.#host;
    const queue = broker.declare(frame.queue, {
      durable: frame.durable,
      autoDelete: frame.autoDelete,
      exclusiveTo: frame.exclusive ? this : null,
    });
    if (this.#isLockedOut(queue)) return;
    this.#send(frame.channel, {
      method: 'queue.declare-ok',
      queue: queue.name,
      messageCount: queue.ready.length,
      consumerCount: queue.consumers.length,
    });
  }

  #bind(frame: MethodOf<'queue.bind'> & { channel: number }): void {
    const queue = this.#queue(frame.queue);
    if (!queue || !this.#hasExchange(frame.exchange)) return;
    const { exchange: source, routingKey, args } = frame;
    const destination = queue.name;
    const { exchanges } = this.#host.broker;
    exchanges.bind({ source, destination, isToExchange: false, routingKey, args });
    this.#send(frame.channel, { method: 'queue.bind-ok' });
  }

  #hasExchange(name: string): boolean {
    if (this.#host.broker.exchanges.get(name)) return true;
    this.#refuse(404, `NOT_FOUND - no exchange '${name}' in vhost '/'`);
    return false;
  }

  #consume(frame: MethodOf<'basic.consume'> & { channel: number }, channel: Channel): void {
    const queue = this.#queue(frame.queue);
    if (!queue) return;
    const { consumerTag, noAck } = frame;
    this.#send(frame.channel, { method: 'basic.consume-ok', consumerTag });
    const { prefetchCount } = channel;
    this.#host.broker.consume(
      new Consumer({ channel, tag: consumerTag, queue, noAck, prefetchCount }),
    );
  }

  #publish(frame: MethodOf<'basic.publish'> & { channel: number }, channel: Channel): void {
    const { process, broker } = this.#host;
    process.spendNs(COST.rabbitMessageNs + serialiseNs(frame.body.length));
    const { exchange, routingKey, properties, body } = frame;
    if (!this.#hasExchange(exchange)) return;
    broker.publish({ exchange, routingKey, properties, body });
    if (!channel.isConfirming) return;
    const deliveryTag = ++channel.publishCount;
    this.#send(frame.channel, { method: 'basic.ack', deliveryTag, multiple: false });
  }

  #get(frame: MethodOf<'basic.get'> & { channel: number }, channel: Channel): void {
    const queue = this.#queue(frame.queue);
    if (!queue) return;
    const got = this.#host.broker.get(channel, queue, frame.noAck);
    if (!got) return this.#send(frame.channel, { method: 'basic.get-empty' });
    const [deliveryTag, { exchange, routingKey, properties, body, isRedelivered }] = got;
    this.#send(frame.channel, {
      method: 'basic.get-ok',
      deliveryTag,
      redelivered: isRedelivered,
      messageCount: queue.ready.length,
      ...{ exchange, routingKey, properties, body },
    });
  }

  #queue(name: string): MessageQueue | null {
    const queue = this.#host.broker.queues.get(name);
    if (!queue) {
      this.#refuse(404, `NOT_FOUND - no queue '${name}' in vhost '/'`);
      return null;
    }
    return this.#isLockedOut(queue) ? null : queue;
  }

  #isLockedOut({ name, options }: MessageQueue): boolean {
    if (options.exclusiveTo === null || options.exclusiveTo === this) return false;
    this.#refuse(405, `RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '${name}'`);
    return true;
  }

  #check(frame: MethodOf<'basic.ack' | 'basic.nack' | 'basic.reject'>, isKnown: boolean): void {
    if (isKnown || frame.deliveryTag === 0) return;
    this.#refuse(406, `PRECONDITION_FAILED - unknown delivery tag ${frame.deliveryTag}`);
  }

  /** Simplified: an error of a channel ends the whole connection, which has one channel anyway. */
  #refuse(code: number, text: string): void {
    this.#send(0, { method: 'connection.close', code, text });
    this.#end(text);
  }

  // Life.

  #beat(): void {
    const beat = (): void => {
      if (this.#isEnded) return;
      this.#send(0, { method: 'heartbeat' });
      this.#beat();
    };
    const intervalUs = (this.#heartbeatS * 1e6) / 2;
    this.#host.process.setTimer(intervalUs, beat, { isBackground: true, label: 'heartbeat' });
  }

  #watch(): void {
    const check = (): void => {
      if (this.#silentCount++ >= SILENT_INTERVALS_MAX) {
        return this.#end(`missed heartbeats from client, timeout: ${this.#heartbeatS}s`);
      }
      this.#watch();
    };
    this.#timer = this.#host.process.setTimer(this.#heartbeatS * 1e6, check, {
      whileHeld: this.#heldToken,
      label: `heartbeat check of ${this.#connection.peer}`,
    });
  }

  #send(channel: number, method: Method): void {
    if (this.#isEnded || !this.#connection.isOpen) return;
    const frame: Frame = { channel, ...method };
    this.#connection.send(encodeFrame(frame), labelOfFrame(frame, true));
  }

  /** @param problem why, for the log; '' when the client said goodbye */
  #end(problem: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { process, broker, log } = this.#host;
    process.clearTimer(this.#timer);
    if (problem !== '')
      log('warning', `closing AMQP connection from ${this.#connection.peer}: ${problem}`);
    this.#connection.close();
    for (const channel of this.#channels.values()) broker.closeChannel(channel);
    broker.dropExclusive(this);
    process.oblige(this.#heldToken, -this.#heldCount);
    this.#heldCount = 0;
    this.#host.changed();
  }
}
