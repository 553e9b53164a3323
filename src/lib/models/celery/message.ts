// Task messages, protocol 2 (docs.celeryq.dev, "Message Protocol"; SEMANTICS 1.3): headers say what
// to run, the body holds the arguments. The engine composes JSON texts and never looks into values.

import type { MessageProperties } from './amqp.ts';
import { dumps, loads, partsOf, RawJson } from './json.ts';

/** What a task message says outside its arguments. Names are the wire's. */
export interface TaskHeaders {
  lang: string;
  task: string;
  id: string;
  /** Name to show in place of the task's. */
  shadow: string | null;
  /** ISO time before which the task may not run. */
  eta: string | null;
  /** ISO time after which it may not begin. */
  expires: string | null;
  /** Of the group that it is a member of. */
  group: string | null;
  /** Its place in a chord's header. */
  group_index: number | null;
  retries: number;
  /** Hard and soft, in seconds. */
  timelimit: [number | null, number | null];
  root_id: string;
  parent_id: string | null;
  argsrepr: string;
  kwargsrepr: string;
  origin: string;
  ignore_result: boolean;
}

/** Names of the headers that every task message has. */
export const STANDARD_HEADERS: ReadonlySet<string> = new Set<keyof TaskHeaders>([
  'lang',
  'task',
  'id',
  'shadow',
  'eta',
  'expires',
  'group',
  'group_index',
  'retries',
  'timelimit',
  'root_id',
  'parent_id',
  'argsrepr',
  'kwargsrepr',
  'origin',
  'ignore_result',
]);

/** A message as a transport carries it. */
export interface Message {
  /** JSON text of `[args, kwargs, embed]`. */
  body: string;
  headers: Record<string, unknown>;
  properties: {
    correlationId: string;
    replyTo: string;
    deliveryMode: 1 | 2;
    priority: number;
  };
}

/** The parts of a body. */
export interface CallTexts {
  positionalText: string;
  keywordsText: string;
}

/** What is to follow a task, as JSON texts of signatures; absent means null. */
export interface Embed {
  /** List: applied with the result. */
  callbacks?: string;
  /** List: applied with the failure. */
  errbacks?: string;
  /** List: the rest of the chain, last step first. */
  chain?: string;
  /** The body of the chord whose header this task belongs to. */
  chord?: string;
}

const EMBED_PARTS = ['callbacks', 'errbacks', 'chain', 'chord'] as const;

export function bodyText({ positionalText, keywordsText }: CallTexts, embed: Embed = {}): string {
  const members = EMBED_PARTS.map((part) => `"${part}": ${embed[part] ?? 'null'}`);
  return `[${positionalText}, ${keywordsText}, {${members.join(', ')}}]`;
}

export function readBody(text: string): CallTexts {
  const parts = partsOf(text);
  return { positionalText: parts.get('0') ?? '[]', keywordsText: parts.get('1') ?? '{}' };
}

/** What is to follow the task, without what is null. */
export function readEmbed(text: string): Embed {
  const parts = partsOf(partsOf(text).get('2') ?? '{}');
  const given = EMBED_PARTS.map((part) => [part, parts.get(part) ?? 'null'] as const);
  return Object.fromEntries(given.filter(([, part]) => part !== 'null'));
}

/** The same body with other arguments: what else it holds stays. */
export function withArguments(body: string, texts: CallTexts): string {
  return bodyText(texts, readEmbed(body));
}

export interface HeaderOptions {
  /** Of the sender. */
  language: 'js' | 'py';
  task: string;
  id: string;
  eta: string | null;
  parentId: string | null;
  rootId: string | null;
  argsRepr: string;
  kwargsRepr: string;
  origin: string;
  isResultIgnored: boolean;
  shadow?: string | undefined;
  groupId?: string | undefined;
  groupIndex?: number | undefined;
  retries?: number | undefined;
  expires?: string | null;
  timeLimit?: TaskHeaders['timelimit'];
}

export function headersOf(options: HeaderOptions): TaskHeaders {
  return {
    lang: options.language,
    task: options.task,
    id: options.id,
    shadow: options.shadow ?? null,
    eta: options.eta,
    expires: options.expires ?? null,
    group: options.groupId ?? null,
    group_index: options.groupIndex ?? null,
    retries: options.retries ?? 0,
    timelimit: options.timeLimit ?? [null, null],
    root_id: options.rootId ?? options.id,
    parent_id: options.parentId,
    argsrepr: options.argsRepr,
    kwargsrepr: options.kwargsRepr,
    origin: options.origin,
    ignore_result: options.isResultIgnored,
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** The value of each digit, by its code. */
const SEXTETS = new Uint8Array(128);
for (let value = 0; value < 64; value++) SEXTETS[BASE64.charCodeAt(value)] = value;

/** Base64 of a text's UTF-8; `btoa` would need a detour through binary strings. */
export function base64Of(text: string): string {
  const bytes = encoder.encode(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const count = Math.min(3, bytes.length - at);
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let index = 0; index < 4; index++) {
      out += index <= count ? BASE64[(bits >>> (18 - 6 * index)) & 63]! : '=';
    }
  }
  return out;
}

export function textOfBase64(base64: string): string {
  const digits = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let size = 0;
  let bits = 0;
  for (let at = 0; at < digits.length; at++) {
    bits = (bits << 6) | SEXTETS[digits.charCodeAt(at) & 127]!;
    // Each digit but the first of four completes a byte.
    const rest = 6 - 2 * (at % 4);
    if (rest < 6) bytes[size++] = bits >>> rest;
  }
  return decoder.decode(bytes);
}

/** Where a message was sent to. */
export interface Target {
  exchange: string;
  routingKey: string;
}

/** The JSON that lies in a Redis list, or goes through a channel. */
export function redisPayload(
  message: Message,
  { exchange, routingKey }: Target,
  deliveryTag: string,
): string {
  const { correlationId, replyTo, deliveryMode, priority } = message.properties;
  return dumps({
    body: base64Of(message.body),
    'content-encoding': 'utf-8',
    'content-type': 'application/json',
    headers: message.headers,
    properties: {
      correlation_id: correlationId,
      reply_to: replyTo,
      delivery_mode: deliveryMode,
      delivery_info: { exchange, routing_key: routingKey },
      priority,
      body_encoding: 'base64',
      delivery_tag: deliveryTag,
    },
  });
}

export interface RedisMessage extends Message, Target {
  deliveryTag: string;
}

/** Reads what lies in a Redis list; throws JsonError when it is no message. */
export function readRedisPayload(text: string): RedisMessage {
  const payload = loads(text) as Record<string, unknown>;
  const properties = payload['properties'] as Record<string, unknown>;
  const info = properties['delivery_info'] as Record<string, unknown>;
  return {
    body: textOfBase64(String(payload['body'])),
    headers: payload['headers'] as Record<string, unknown>,
    properties: {
      correlationId: String(properties['correlation_id'] ?? ''),
      replyTo: String(properties['reply_to'] ?? ''),
      deliveryMode: properties['delivery_mode'] === 1 ? 1 : 2,
      priority: Number(properties['priority'] ?? 0),
    },
    deliveryTag: String(properties['delivery_tag']),
    exchange: String(info['exchange'] ?? ''),
    routingKey: String(info['routing_key']),
  };
}

/** The same payload, marked as delivered before (kombu's `_do_restore_message`). */
export function markRedelivered(text: string): string {
  const parts = new Map([...partsOf(text)].map(([key, part]) => [key, new RawJson(part)]));
  const headers = new Map<string, unknown>(
    [...partsOf(parts.get('headers')?.text ?? '{}')].map(([key, part]) => [key, new RawJson(part)]),
  );
  headers.set('redelivered', true);
  return dumps(new Map<string, unknown>([...parts, ['headers', headers]]));
}

/** AMQP's properties of a message, and back. */
export function amqpProperties(message: Message): MessageProperties {
  return {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    headers: message.headers,
    ...message.properties,
  };
}

export function messageOfAmqp(body: string, properties: MessageProperties): Message {
  return {
    body,
    headers: properties.headers ?? {},
    properties: {
      correlationId: properties.correlationId ?? '',
      replyTo: properties.replyTo ?? '',
      deliveryMode: properties.deliveryMode ?? 2,
      priority: properties.priority ?? 0,
    },
  };
}
