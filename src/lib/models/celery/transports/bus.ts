// Messages beside the tasks: remote control and its replies (kombu's pidbox), and events. A bus is a
// connection of its own; nothing on it is acknowledged, and a subscription lives as long as the bus.
//
//   const bus = app.createBus();
//   yield* bus.subscribe({ exchange: PIDBOX, queue: 'w1@h.celery.pidbox', routingKey: '', onMessage });
//   yield* bus.publish({ exchange: EVENTS, routingKey: 'task.received', message });
//   bus.close();
//
// On RabbitMQ exchanges are exchanges, and the queue is one that goes with the connection. On Redis a
// fanout is a channel `/{db}.<exchange>`, a topic exchange the channels `/{db}.<exchange>/<key>`
// (Celery makes a fanout of its event exchange there), and a direct exchange a list that is polled.

import type { Body } from '#lib/node/promise.ts';
import type { ExchangeType } from '../amqp.ts';
import type { Message } from '../message.ts';

export interface BusExchange {
  name: string;
  /** No headers exchange: Redis has none. */
  type: Exclude<ExchangeType, 'headers'>;
}

/** To every worker: `celery.pidbox`. */
export const PIDBOX: BusExchange = { name: 'celery.pidbox', type: 'fanout' };
/** To the one who asked, whose queue's routing key is its name. */
export const PIDBOX_REPLY: BusExchange = { name: 'reply.celery.pidbox', type: 'direct' };
/** What workers tell of themselves; routing keys are `worker.heartbeat`, `task.multi` and so on. */
export const EVENTS: BusExchange = { name: 'celeryev', type: 'topic' };

export interface Broadcast {
  exchange: BusExchange;
  /** '' for a plain fanout. */
  routingKey: string;
  message: Message;
}

export interface Subscription {
  exchange: BusExchange;
  /** Name of the subscriber's own queue. */
  queue: string;
  /** What to get: a key, '' for a plain fanout, of a topic exchange a pattern such as `worker.#`. */
  routingKey: string;
  onMessage: (message: Message, routingKey: string) => void;
}

export interface Bus {
  /**
   * Sends to whoever listens; that nobody does is no error.
   *
   * @throws OperationalError when the broker cannot be reached
   */
  publish(broadcast: Broadcast): Body<void>;
  /**
   * Listens from the moment on at which this returns.
   *
   * @throws OperationalError when the broker cannot be reached
   */
  subscribe(subscription: Subscription): Body<void>;
  /**
   * Connects for `tell`.
   *
   * @throws OperationalError when the broker cannot be reached
   */
  ready(exchange: BusExchange): Body<void>;
  /** As `publish` for an exchange that is `ready`, at once; false when the connection is gone. */
  tell(broadcast: Broadcast): boolean;
  /** Set by the owner: the connection was lost, and every subscription with it. */
  onLost: (() => void) | null;
  close(): void;
}
