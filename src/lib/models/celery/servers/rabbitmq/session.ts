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
import { Channel, ChannelError, Consumer, type Broker, type Deliver } from './broker.ts';
import { answerDefinition, checkExchange, queueOf, type Asker } from './definitions.ts';

/** The server's wish for the heartbeat interval (rabbit's default). */
const HEARTBEAT_S = 60;
/** A peer silent over so many whole intervals is dropped (rabbit_heartbeat.erl). */
const SILENT_INTERVALS_MAX = 2;

export interface SessionHost {
  process: NodeProcess;
  broker: Broker;
  /** Queues may have changed. */
  changed(): void;
  /** Calls back when everything until now is safe from a power cut. */
  whenSynced(done: () => void): void;
  log(level: string, text: string): void;
  newName(): string;
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
  readonly #asker: Asker;

  constructor(host: SessionHost, connection: Connection) {
    this.#host = host;
    this.#connection = connection;
    this.#asker = { broker: host.broker, session: this, newName: () => host.newName() };
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

  get channels(): Iterable<Channel> {
    return this.#channels.values();
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
        if (channel) this.#tryOnChannel(frame, channel);
      }
    }
  }

  /** A mistake ends the channel, and what it had not acknowledged goes back; others go on. */
  #tryOnChannel(frame: Frame, channel: Channel): void {
    try {
      this.#onChannel(frame, channel);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      const { code, message: text } = error;
      this.#host.log('error', `Channel error on connection ${this.#connection.peer}: ${text}`);
      this.#send(frame.channel, { method: 'channel.close', code, text, cause: frame.method });
      this.#channels.delete(frame.channel);
      this.#host.broker.closeChannel(channel);
    }
  }

  #onChannel(frame: Frame, channel: Channel): void {
    const { broker } = this.#host;
    const answer = answerDefinition(this.#asker, frame);
    if (answer) return this.#send(frame.channel, answer);
    switch (frame.method) {
      case 'confirm.select':
        channel.isConfirming = true;
        return this.#send(frame.channel, { method: 'confirm.select-ok' });
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

  #consume(frame: MethodOf<'basic.consume'> & { channel: number }, channel: Channel): void {
    const queue = queueOf(this.#asker, frame.queue);
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
    checkExchange(broker, exchange);
    const content = { exchange, routingKey, properties, body };
    const { count, isKept } = broker.publish(content);
    if (count === 0 && frame.mandatory) {
      this.#send(frame.channel, {
        method: 'basic.return',
        code: 312,
        text: 'NO_ROUTE',
        ...content,
      });
    }
    if (!channel.isConfirming) return;
    const deliveryTag = ++channel.publishCount;
    const confirm = (): void =>
      this.#send(frame.channel, { method: 'basic.ack', deliveryTag, multiple: false });
    // What shall survive is confirmed when it would; the rest when it is in its queue.
    if (isKept) this.#host.whenSynced(confirm);
    else confirm();
  }

  #get(frame: MethodOf<'basic.get'> & { channel: number }, channel: Channel): void {
    const queue = queueOf(this.#asker, frame.queue);
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

  #check(frame: MethodOf<'basic.ack' | 'basic.nack' | 'basic.reject'>, isKnown: boolean): void {
    if (isKnown || frame.deliveryTag === 0) return;
    throw new ChannelError(406, `PRECONDITION_FAILED - unknown delivery tag ${frame.deliveryTag}`);
  }

  /** An error of the connection ends it. */
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
