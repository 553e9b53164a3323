// RabbitMQ's side of the wire, without AMQP's bytes: a frame is a length and the JSON of one AMQP
// 0-9-1 method (names and meaning are the standard's, https://www.rabbitmq.com/amqp-0-9-1-reference).
// Nobody but this model reads it, so the binary encoding would teach nothing.

import type { MessageLabel } from '#lib/node/connection.ts';
import { broadcastKind, broadcastPreview, resultPreview, taskPreview } from './previews.ts';

/** What travels with a message's body. */
export interface MessageProperties {
  contentType?: string;
  contentEncoding?: string;
  headers?: Record<string, unknown>;
  /** 2: kept on disk by a durable queue. */
  deliveryMode?: 1 | 2;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
}

interface Content {
  exchange: string;
  routingKey: string;
  properties: MessageProperties;
  body: string;
}

interface Bind {
  exchange: string;
  routingKey: string;
  /** Of a headers exchange: what to find, and `x-match`. */
  args: Record<string, unknown>;
}

export type ExchangeType = 'direct' | 'topic' | 'fanout' | 'headers';

export type Method =
  | { method: 'connection.open'; virtualHost: string; user: string; heartbeatS: number }
  | { method: 'connection.open-ok'; heartbeatS: number }
  | { method: 'connection.close'; code: number; text: string }
  | { method: 'connection.close-ok' }
  | { method: 'channel.open' }
  | { method: 'channel.open-ok' }
  | { method: 'channel.close'; code: number; text: string; cause: MethodName }
  | { method: 'channel.close-ok' }
  | { method: 'confirm.select' }
  | { method: 'confirm.select-ok' }
  | {
      method: 'exchange.declare';
      exchange: string;
      type: ExchangeType;
      durable: boolean;
      autoDelete: boolean;
      /** Only ask whether it is there. */
      passive?: boolean;
    }
  | { method: 'exchange.declare-ok' }
  | { method: 'exchange.delete'; exchange: string }
  | { method: 'exchange.delete-ok' }
  | ({ method: 'exchange.bind'; destination: string } & Bind)
  | { method: 'exchange.bind-ok' }
  | ({ method: 'exchange.unbind'; destination: string } & Bind)
  | { method: 'exchange.unbind-ok' }
  | ({ method: 'queue.unbind'; queue: string } & Bind)
  | { method: 'queue.unbind-ok' }
  | { method: 'queue.delete'; queue: string }
  | { method: 'queue.delete-ok'; messageCount: number }
  | { method: 'queue.purge'; queue: string }
  | { method: 'queue.purge-ok'; messageCount: number }
  | ({ method: 'queue.bind'; queue: string } & Bind)
  | { method: 'queue.bind-ok' }
  | {
      method: 'queue.declare';
      queue: string;
      durable: boolean;
      exclusive: boolean;
      autoDelete: boolean;
      /** Only ask whether it is there. */
      passive?: boolean;
      /** `x-max-priority`. */
      maxPriority?: number;
    }
  | { method: 'queue.declare-ok'; queue: string; messageCount: number; consumerCount: number }
  | { method: 'basic.qos'; prefetchCount: number; global: boolean }
  | { method: 'basic.qos-ok' }
  | { method: 'basic.consume'; queue: string; consumerTag: string; noAck: boolean }
  | { method: 'basic.consume-ok'; consumerTag: string }
  | { method: 'basic.cancel'; consumerTag: string }
  | { method: 'basic.cancel-ok'; consumerTag: string }
  /** Mandatory: comes back when no queue takes it. */
  | ({ method: 'basic.publish'; mandatory?: boolean } & Content)
  | ({ method: 'basic.return'; code: number; text: string } & Content)
  | ({
      method: 'basic.deliver';
      consumerTag: string;
      deliveryTag: number;
      redelivered: boolean;
    } & Content)
  | { method: 'basic.get'; queue: string; noAck: boolean }
  | ({
      method: 'basic.get-ok';
      deliveryTag: number;
      redelivered: boolean;
      messageCount: number;
    } & Content)
  | { method: 'basic.get-empty' }
  /** From a client: this delivery is done. From the broker: this publish is stored. */
  | { method: 'basic.ack'; deliveryTag: number; multiple: boolean }
  | { method: 'basic.nack'; deliveryTag: number; multiple: boolean; requeue: boolean }
  | { method: 'basic.reject'; deliveryTag: number; requeue: boolean }
  | { method: 'heartbeat' };

export type MethodName = Method['method'];
export type MethodOf<N extends MethodName> = Extract<Method, { method: N }>;

/** A method on a channel; connection methods and heartbeats travel on channel 0. */
export type Frame = Method & { channel: number };

/** Bytes that are no frame. */
export class FrameError extends Error {
  override name = 'FrameError';
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const HEADER_LENGTH = 4;
const FRAME_LENGTH_MAX = 16 * 1024 * 1024;

export function encodeFrame(frame: Frame): Uint8Array {
  const json = encoder.encode(JSON.stringify(frame));
  const bytes = new Uint8Array(HEADER_LENGTH + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, HEADER_LENGTH);
  return bytes;
}

/** Reads length-prefixed JSON from bytes as they arrive; the pipe to pool processes uses it too. */
export class FrameReader<T = Frame> {
  #bytes: Uint8Array = new Uint8Array(0);

  /**
   * Takes more bytes; returns the frames that are complete now.
   *
   * @throws FrameError
   */
  push(bytes: Uint8Array): T[] {
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    const view = new DataView(joined.buffer);
    const frames: T[] = [];
    let at = 0;
    while (joined.length - at >= HEADER_LENGTH) {
      const length = view.getUint32(at);
      if (length > FRAME_LENGTH_MAX) throw new FrameError(`frame too large: ${length} bytes`);
      if (joined.length - at < HEADER_LENGTH + length) break;
      at += HEADER_LENGTH;
      frames.push(parsed<T>(decoder.decode(joined.subarray(at, at + length))));
      at += length;
    }
    this.#bytes = joined.subarray(at);
    return frames;
  }
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new FrameError('frame is not JSON');
  }
}

const ACKS: ReadonlySet<MethodName> = new Set(['basic.ack']);
const REJECTS: ReadonlySet<MethodName> = new Set(['basic.reject', 'basic.nack']);

/**
 * The dissector of AMQP traffic (NET5).
 *
 * @param isFromBroker the broker's `basic.ack` confirms a publish
 */
export function labelOfFrame(frame: Frame, isFromBroker: boolean): MessageLabel {
  const label = (msg: string, preview: string): MessageLabel => ({ proto: 'amqp', msg, preview });
  if ('body' in frame) {
    const task = taskPreview(frame.properties.headers);
    if (task === null) return labelOfOther(frame) ?? label('result', resultPreview(frame.body));
    const isRedelivered = 'redelivered' in frame && frame.redelivered;
    return { ...label('task', task), ...(isRedelivered ? { mark: 'redelivered' } : {}) };
  }
  const { method } = frame;
  if (method === 'heartbeat') return label('heartbeat', method);
  if (method === 'basic.get') return label('lookup', `${method} ${frame.queue}`);
  if (method === 'basic.get-empty') return label('result', method);
  if (REJECTS.has(method)) return label('reject', method);
  if (ACKS.has(method)) return label(isFromBroker ? 'confirm' : 'ack', method);
  const isSetup = /^(queue|exchange|basic)\./.test(method);
  return label(isSetup ? 'setup' : 'control', method);
}

/** Broadcasts between workers and those who watch them. */
function labelOfOther({ exchange, routingKey, body }: Content): MessageLabel | null {
  const msg = broadcastKind(exchange, routingKey, body);
  return msg && { proto: 'amqp', msg, preview: broadcastPreview(body) };
}
