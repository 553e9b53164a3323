// Methods that declare, bind and remove exchanges and queues, with RabbitMQ's errors: what a client
// asks for must be what is there already.

import type { Frame, Method } from '../../amqp.ts';
import { ChannelError, type Broker, type MessageQueue } from './broker.ts';
import { isPredeclared, type Binding } from './exchanges.ts';

type FrameOf<N extends Method['method']> = Extract<Frame, { method: N }>;

/** Who asks. */
export interface Asker {
  broker: Broker;
  /** An exclusive queue is this one's alone. */
  session: object;
  /** `amq.gen-…` for a queue that its client leaves unnamed. */
  newName: () => string;
}

/**
 * Answers a method about definitions; null for any other.
 *
 * @throws ChannelError
 */
export function answerDefinition(asker: Asker, frame: Frame): Method | null {
  switch (frame.method) {
    case 'exchange.declare':
      return declareExchange(asker.broker, frame);
    case 'exchange.delete':
      return deleteExchange(asker.broker, frame);
    case 'exchange.bind':
    case 'exchange.unbind':
      return bindExchange(asker.broker, frame);
    case 'queue.declare':
      return declareQueue(asker, frame);
    case 'queue.bind':
    case 'queue.unbind':
      return bindQueue(asker, frame);
    case 'queue.purge': {
      const queue = queueOf(asker, frame.queue);
      return { method: 'queue.purge-ok', messageCount: asker.broker.purge(queue) };
    }
    case 'queue.delete': {
      // Removing what is not there succeeds.
      if (!asker.broker.queues.has(frame.queue)) {
        return { method: 'queue.delete-ok', messageCount: 0 };
      }
      const messageCount = asker.broker.purge(queueOf(asker, frame.queue));
      asker.broker.delete(frame.queue);
      return { method: 'queue.delete-ok', messageCount };
    }
    default:
      return null;
  }
}

/**
 * A queue that the asker may use.
 *
 * @throws ChannelError 404, 405
 */
export function queueOf({ broker, session }: Asker, name: string): MessageQueue {
  const queue = broker.queues.get(name);
  if (!queue) throw new ChannelError(404, `NOT_FOUND - no queue '${name}' in vhost '/'`);
  const { exclusiveTo } = queue.options;
  if (exclusiveTo === null || exclusiveTo === session) return queue;
  throw new ChannelError(
    405,
    `RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '${name}' in vhost '/'. It ` +
      'could be originally declared on another connection or the exclusive property value does ' +
      'not match that of the original declaration.',
  );
}

/** @throws ChannelError 404 */
export function checkExchange(broker: Broker, name: string): void {
  if (broker.exchanges.get(name)) return;
  throw new ChannelError(404, `NOT_FOUND - no exchange '${name}' in vhost '/'`);
}

function declareExchange(broker: Broker, frame: FrameOf<'exchange.declare'>): Method {
  const { exchange: name, type, durable, autoDelete } = frame;
  const known = broker.exchanges.get(name);
  if (frame.passive) checkExchange(broker, name);
  else if (known) {
    checkSame('type', `exchange '${name}'`, type, known.type);
    checkSame('durable', `exchange '${name}'`, durable, known.durable);
    checkSame('auto_delete', `exchange '${name}'`, autoDelete, known.autoDelete);
  } else {
    checkName('exchange', name);
    broker.declareExchange(name, { type, durable, autoDelete });
  }
  return { method: 'exchange.declare-ok' };
}

function deleteExchange(broker: Broker, { exchange }: FrameOf<'exchange.delete'>): Method {
  if (isPredeclared(exchange)) {
    const text = `ACCESS_REFUSED - operation not permitted on the default exchange`;
    throw new ChannelError(403, exchange === '' ? text : reserved('exchange', exchange));
  }
  broker.deleteExchange(exchange);
  return { method: 'exchange.delete-ok' };
}

function declareQueue(asker: Asker, frame: FrameOf<'queue.declare'>): Method {
  const { broker, session } = asker;
  const name = frame.queue === '' ? asker.newName() : frame.queue;
  const { durable, autoDelete, maxPriority = 0 } = frame;
  if (frame.passive || broker.queues.has(name)) {
    const { options } = queueOf(asker, name);
    if (!frame.passive) {
      const what = `queue '${name}'`;
      checkSame('durable', what, durable, options.durable);
      checkSame('auto_delete', what, autoDelete, options.autoDelete);
      checkSame('x-max-priority', what, maxPriority, options.maxPriority);
    }
  } else {
    if (frame.queue !== '') checkName('queue', name);
    const exclusiveTo = frame.exclusive ? session : null;
    broker.declare(name, { durable, autoDelete, maxPriority, exclusiveTo });
  }
  const { ready, consumers } = broker.queues.get(name)!;
  return {
    method: 'queue.declare-ok',
    queue: name,
    messageCount: ready.length,
    consumerCount: consumers.length,
  };
}

function bindQueue(asker: Asker, frame: FrameOf<'queue.bind' | 'queue.unbind'>): Method {
  const destination = queueOf(asker, frame.queue).name;
  change(asker.broker, frame, { destination, isToExchange: false });
  return { method: frame.method === 'queue.bind' ? 'queue.bind-ok' : 'queue.unbind-ok' };
}

function bindExchange(broker: Broker, frame: FrameOf<'exchange.bind' | 'exchange.unbind'>): Method {
  const { destination } = frame;
  checkExchange(broker, destination);
  change(broker, frame, { destination, isToExchange: true });
  return { method: frame.method === 'exchange.bind' ? 'exchange.bind-ok' : 'exchange.unbind-ok' };
}

function change(
  broker: Broker,
  frame: FrameOf<'queue.bind' | 'queue.unbind' | 'exchange.bind' | 'exchange.unbind'>,
  end: Pick<Binding, 'destination' | 'isToExchange'>,
): void {
  const { exchange: source, routingKey, args } = frame;
  if (source === '') {
    throw new ChannelError(403, 'ACCESS_REFUSED - operation not permitted on the default exchange');
  }
  checkExchange(broker, source);
  const binding = { source, routingKey, args, ...end };
  if (frame.method.endsWith('unbind')) broker.unbind(binding);
  else broker.bind(binding);
}

function checkSame(name: string, what: string, given: unknown, current: unknown): void {
  if (given === current) return;
  throw new ChannelError(
    406,
    `PRECONDITION_FAILED - inequivalent arg '${name}' for ${what} in vhost '/': received ` +
      `'${String(given)}' but current is '${String(current)}'`,
  );
}

function checkName(kind: 'exchange' | 'queue', name: string): void {
  if (name.startsWith('amq.')) throw new ChannelError(403, reserved(kind, name));
}

function reserved(kind: string, name: string): string {
  return `ACCESS_REFUSED - ${kind} name '${name}' contains reserved prefix 'amq.*'`;
}
