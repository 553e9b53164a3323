// What the engine asks of a message broker: publish for clients, consume and acknowledge for workers.

import type { Body } from '#lib/node/promise.ts';
import type { Message } from '../message.ts';
import type { QueueSpec, Route } from '../routing.ts';
import type { RetryPolicy } from './publishing.ts';

/** A message handed to a worker, to be acknowledged exactly once. */
export interface Delivery {
  message: Message;
  queue: string;
  /** The broker's name for this delivery. */
  tag: string | number;
  /** True when it was delivered before; null where the broker cannot know (SEMANTICS 1.7). */
  redelivered: boolean | null;
}

export interface Publication {
  route: Pick<Route, 'exchange' | 'routingKey'> & {
    /** Null: nobody declares it but its reader. */
    queue: QueueSpec | null;
  };
  message: Message;
  /** Called each time the message leaves this process. */
  onSend: () => void;
  /** What to do when the connection breaks; Celery's default when it is absent. */
  policy?: RetryPolicy | null;
}

/** Publishes; connects when first used and again after a loss. */
export interface Producer {
  /**
   * Hands a message to the broker.
   *
   * @throws OperationalError when the broker cannot be reached
   */
  publish(publication: Publication): Body<void>;
}

/** Why a worker's connection ended. */
export interface Loss {
  /** Last line of the traceback: `redis.exceptions.ConnectionError: Connection closed by server.` */
  text: string;
}

export interface ConsumerOptions {
  queues: readonly QueueSpec[];
  /** Deliveries that may be unacknowledged at a time; 0: no limit. */
  prefetchCount: number;
  onDelivery: (delivery: Delivery) => void;
  onLost: (loss: Loss) => void;
}

/** One connection of a worker to its broker. */
export interface Consumer {
  /**
   * Connects. What it throws is the text of the retry line: `[Errno 111] Connection refused`.
   *
   * @throws ConnectFailure
   */
  connect(): Body<void>;
  /** Declares the queues and starts to consume. */
  start(options: ConsumerOptions): Body<void>;
  /** Declares another queue and consumes from it too. */
  addQueue(queue: QueueSpec): Body<void>;
  /** Consumes from it no more; what it has delivered stays to be acknowledged. */
  cancelQueue(name: string): void;
  setPrefetchCount(count: number): void;
  ack(delivery: Delivery): void;
  reject(delivery: Delivery, requeue: boolean): void;
  /** Stops consuming; deliveries in hand stay to be acknowledged. */
  cancel(): void;
  /** Ends the connection; what was not acknowledged goes back to its queue. */
  close(): Body<void>;
  /** How many messages `close` will give back; 0 where the broker does it. */
  readonly restorableCount: number;
}

/** Connecting failed; `message` is what the retry line shows. */
export class ConnectFailure extends Error {
  override name = 'ConnectFailure';
}
