// Broadcasts through RabbitMQ (bus.ts).

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { AmqpClient, AmqpError } from '../amqp-client.ts';
import type { Settings } from '../conf.ts';
import type { Ears } from '../ears.ts';
import { OperationalError } from '../errors.ts';
import { amqpProperties, messageOfAmqp } from '../message.ts';
import type { ServiceUrl } from '../url.ts';
import type { Broadcast, Bus, BusExchange, Subscription } from './bus.ts';
import { connectWithRetries } from './publishing.ts';

const isAmqpError = (error: unknown): boolean => error instanceof AmqpError;

export class AmqpBus implements Bus {
  readonly #process: NodeProcess;
  readonly #url: ServiceUrl;
  readonly #settings: Settings;
  #client: AmqpClient | null = null;
  #opening: SimPromise<AmqpClient> | null = null;
  readonly #declared = new Set<string>();
  readonly #subscriptions = new Map<string, Subscription>();
  onLost: (() => void) | null = null;

  readonly #ears: Ears;

  constructor(process: NodeProcess, url: ServiceUrl, settings: Settings, ears: Ears) {
    this.#process = process;
    this.#ears = ears;
    this.#url = url;
    this.#settings = settings;
  }

  *publish(broadcast: Broadcast): Body<void> {
    const client = yield* this.#connected();
    try {
      yield* this.#declare(client, broadcast.exchange);
      send(client, broadcast);
    } catch (error) {
      throw operational(error);
    }
  }

  *subscribe(subscription: Subscription): Body<void> {
    const { exchange, queue, routingKey } = subscription;
    const client = yield* this.#connected();
    const consumerTag = `None${this.#subscriptions.size + 1}`;
    this.#subscriptions.set(consumerTag, subscription);
    try {
      yield* this.#declare(client, exchange);
      // Real ones go ten seconds after their last use, ours with the connection.
      const options = { durable: false, exclusive: true, autoDelete: true };
      yield* client.call({ method: 'queue.declare', queue, ...options }, 'queue.declare-ok');
      const source = { exchange: exchange.name, routingKey, args: {} };
      yield* client.call({ method: 'queue.bind', queue, ...source }, 'queue.bind-ok');
      yield* client.call(
        { method: 'basic.consume', queue, consumerTag, noAck: true },
        'basic.consume-ok',
      );
    } catch (error) {
      throw operational(error);
    }
  }

  *ready(exchange: BusExchange): Body<void> {
    const client = yield* this.#connected();
    try {
      yield* this.#declare(client, exchange);
    } catch (error) {
      throw operational(error);
    }
  }

  tell(broadcast: Broadcast): boolean {
    if (!this.#client?.isOpen) return false;
    send(this.#client, broadcast);
    return true;
  }

  close(): void {
    this.#client?.close();
    this.#client = null;
  }

  *#declare(client: AmqpClient, { name, type }: BusExchange): Body<void> {
    if (this.#declared.has(name)) return;
    // celeryev is the durable one; the two of remote control are not (kombu/pidbox.py).
    const options = { type, durable: type === 'topic', autoDelete: false };
    yield* client.call(
      { method: 'exchange.declare', exchange: name, ...options },
      'exchange.declare-ok',
    );
    this.#declared.add(name);
  }

  *#connected(): Body<AmqpClient> {
    if (this.#client?.isOpen) return this.#client;
    this.#opening ??= run(this.#open());
    return yield* wait(this.#opening);
  }

  *#open(): Body<AmqpClient> {
    const timeoutUs = this.#settings.brokerConnectionTimeout * 1e6;
    const open = (): Body<AmqpClient> =>
      AmqpClient.open(this.#process, this.#url, { heartbeatS: 0, timeoutUs, ears: this.#ears });
    try {
      const client = yield* connectWithRetries(this.#process, open, isAmqpError);
      this.#declared.clear();
      this.#subscriptions.clear();
      client.onDeliver = ({ consumerTag, routingKey, body, properties }) => {
        const subscription = this.#subscriptions.get(consumerTag);
        subscription?.onMessage(messageOfAmqp(body, properties), routingKey);
      };
      client.onLost = () => this.onLost?.();
      this.#client = client;
      return client;
    } finally {
      this.#opening = null;
    }
  }
}

function send(client: AmqpClient, { exchange, routingKey, message }: Broadcast): void {
  const properties = amqpProperties(message);
  const content = { routingKey, properties, body: message.body };
  client.send({ method: 'basic.publish', exchange: exchange.name, ...content });
}

function operational(error: unknown): unknown {
  return isAmqpError(error) ? OperationalError.from(error as Error) : error;
}
