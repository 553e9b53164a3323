// The dissector of Redis traffic (NET5): says what a request or a reply is to Celery. Both ends use
// it, so a message is called the same whoever wrote the program.

import type { MessageLabel } from '#lib/node/connection.ts';
import { textOfBase64 } from './message.ts';
import {
  broadcastKind,
  broadcastPreview,
  callPreview,
  readObject,
  resultPreview,
  taskPreview,
} from './previews.ts';
import { ErrorReply, Simple, textOf, type Resp } from './resp.ts';

/** A command with its arguments, all as binary strings. */
export type Command = readonly string[];

/** Keys of Celery's result backend. */
export const RESULT_KEY = 'celery-task-meta-';
/** Of groups that are kept, and of chords under way. */
export const GROUP_KEY = 'celery-taskset-meta-';
/** Keys of kombu's emulation of acknowledgements. */
export const UNACKED_KEY = 'unacked';
export const UNACKED_INDEX_KEY = 'unacked_index';

/** Held by the worker that looks for lost deliveries. */
export const MUTEX_KEY = 'unacked_mutex';
/** Which queues are bound to an exchange. */
export const BINDING_KEY = '_kombu.binding.';

/** What stands before the command that a packet is about. */
const PREAMBLE: ReadonlySet<string> = new Set(['SELECT', 'CLIENT', 'AUTH', 'MULTI']);
const PREVIEW_LENGTH = 60;
/** Headers of a task in a text. */
const RESERVED = ['task', 'argsrepr', 'kwargsrepr'].map(
  (name) => new RegExp(`"${name}": "((?:[^"\\\\]|\\\\.)*)"`),
);

function label(msg: string, preview: string): MessageLabel {
  return { proto: 'redis', msg, preview };
}

/** What one packet of commands is: the most telling of them decides. */
export function labelOfCommands(commands: readonly Command[]): MessageLabel {
  return shownLabel(kindOf(commands));
}

/** A label whose preview is worked out only when it is shown: it takes longer than all the rest. */
interface Kind {
  readonly msg: string;
  readonly preview: () => string;
}

function kind(msg: string, preview: () => string): Kind {
  return { msg, preview };
}

function shownLabel({ msg, preview }: Kind): MessageLabel {
  return label(msg, preview());
}

function kindOf(commands: readonly Command[]): Kind {
  const names = commands.map((command) => command[0]?.toUpperCase() ?? '');
  const at = (name: string): Command | undefined => commands[names.indexOf(name)];
  const has = (name: string, key: string): boolean =>
    commands.some((command, index) => names[index] === name && command[1] === key);

  const push = at('LPUSH') ?? at('RPUSH');
  if (push) {
    const preview = (): string => taskOf(push[2]) ?? shown(push);
    return broadcastOf(push[2]) ?? kind(names.includes('RPUSH') ? 'restore' : 'task', preview);
  }
  const published = at('PUBLISH');
  if (published) {
    const payload = published[2] ?? '';
    return broadcastOf(payload) ?? kind('result', () => resultPreview(textOf(payload)));
  }
  const isRemoval = has('ZREM', UNACKED_INDEX_KEY) || has('HDEL', UNACKED_KEY);
  if (isRemoval) {
    const removal = at('ZREM') ?? at('HDEL')!;
    return kind(names.includes('HGET') ? 'restore' : 'ack', () => shown(removal));
  }
  if (has('HSET', UNACKED_KEY)) return kind('reserve', () => taskOfReserve(at('HSET')![3]));
  if (names.includes('BRPOP')) return kind('poll', () => shown(at('BRPOP')!.slice(0, 2)));
  const subscribed = at('SUBSCRIBE') ?? at('PSUBSCRIBE');
  if (subscribed) return kind('subscribe', () => shown(subscribed));
  return kindOfOthers(commands);
}

/** Kombu's housekeeping is folded away; whatever else somebody asks, somebody waits for. */
function kindOfOthers(commands: readonly Command[]): Kind {
  const own = commands.filter(([name = '']) => !PREAMBLE.has(name.toUpperCase()));
  const main = own.find((command) => !isHousekeeping(command)) ?? own[0] ?? commands[0] ?? [];
  return kind(isHousekeeping(main) ? 'control' : 'lookup', () => shown(main));
}

/** What kombu does beside the messages; nobody waits for it but the library. */
function isHousekeeping([name = '', key = '']: Command): boolean {
  if (name.toUpperCase() === 'ZREVRANGEBYSCORE') return key === UNACKED_INDEX_KEY;
  // Who reads the bindings has a message to send.
  if (name.toUpperCase() === 'SMEMBERS') return false;
  return key === MUTEX_KEY || key.startsWith(BINDING_KEY);
}

/** What the replies to these commands are, in one packet. */
export function labelOfReplies(
  commands: readonly Command[],
  replies: readonly Resp[],
): MessageLabel {
  const error = replies.find((reply) => reply instanceof ErrorReply);
  if (error instanceof ErrorReply) return label('error', error.text.slice(0, PREVIEW_LENGTH));
  const { msg } = kindOf(commands);
  const reply = replies.at(-1) ?? null;
  if (msg === 'poll') return labelOfPop(reply);
  if (msg === 'lookup') return label('value', valuePreview(reply));
  if (msg === 'task' || msg === 'result') return label('stored', replyPreview(reply));
  if (msg === 'restore') return label('value', replyPreview(reply));
  return label('ok', replyPreview(reply));
}

/** A message of a channel that the receiver subscribed to. */
export function labelOfPush(value: Resp): MessageLabel {
  const [type, channel, payload, patternPayload] = Array.isArray(value) ? (value as Resp[]) : [];
  if (type === 'pmessage') {
    const broadcast = broadcastOf(String(patternPayload));
    return broadcast ? shownLabel(broadcast) : label('notify', shown([String(payload)]));
  }
  if (type !== 'message') return label('ok', `${String(type)} ${String(channel)}`);
  return label('notify', resultPreview(textOf(String(payload))));
}

function labelOfPop(reply: Resp): MessageLabel {
  const payload = Array.isArray(reply) ? (reply as Resp[])[1] : null;
  if (typeof payload !== 'string') return label('poll', 'nothing');
  const broadcast = broadcastOf(payload);
  if (broadcast) return shownLabel(broadcast);
  const headers = readObject(textOf(payload))?.['headers'] as { redelivered?: unknown } | undefined;
  const task = label('task', taskPreview(headers) ?? shown([payload]));
  return headers?.redelivered === true ? { ...task, mark: 'redelivered' } : task;
}

/** Remote control, its reply or an event; null for anything else, tasks and results among it. */
function broadcastOf(payload = ''): Kind | null {
  if (!payload.includes('pidbox') && !payload.includes('celeryev')) return null;
  const message = readObject(textOf(payload));
  const { delivery_info: info } = (message?.['properties'] ?? {}) as Record<string, unknown>;
  const { exchange, routing_key: key } = (info ?? {}) as Record<string, unknown>;
  const body = textOfBase64(String(message?.['body']));
  const msg = broadcastKind(String(exchange), String(key), body);
  return msg && kind(msg, () => broadcastPreview(body));
}

/** The call that a broker message asks for, or null when it is no task. */
function taskOf(payload: string | undefined): string | null {
  const message = readObject(textOf(payload ?? ''));
  return taskPreview(message?.['headers']);
}

/** From `[message, exchange, routing key]`; reading the whole JSON would cost more than it is worth. */
function taskOfReserve(payload = ''): string {
  const [task, args, kwargs] = RESERVED.map((field) => field.exec(payload)?.[1] ?? '');
  return callPreview(task!, args!, kwargs!);
}

function valuePreview(reply: Resp): string {
  return typeof reply === 'string' ? resultPreview(textOf(reply)) : replyPreview(reply);
}

function replyPreview(reply: Resp): string {
  if (reply === null) return 'nil';
  if (reply instanceof Simple) return reply.text;
  if (Array.isArray(reply)) return `${reply.length} values`;
  return String(reply).slice(0, PREVIEW_LENGTH);
}

function shown(command: Command): string {
  return command.map(textOf).join(' ').slice(0, PREVIEW_LENGTH);
}
