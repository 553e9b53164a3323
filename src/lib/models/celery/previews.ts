// What a message shows of itself in the diagram: at most 200 bytes of what it is about (NET5).

import { loads, partsOf } from './json.ts';
import { pythonRepr } from './python-repr.ts';

/** Names in the trace are bounded; longer ones end in an ellipsis. */
const NAME_LENGTH = 120;

export function shortened(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 1)}…`;
}

/** `tasks.add(4, 4)` from the descriptions that a task message carries. */
export function callPreview(task: string, argsRepr: string, kwargsRepr: string): string {
  const positional = argsRepr.replace(/^\(/, '').replace(/,?\)$/, '');
  const keywords =
    kwargsRepr === '{}'
      ? ''
      : kwargsRepr.replace(/^\{|\}$/g, '').replace(/'([\p{L}\p{N}_$]+)': /gu, '$1=');
  const comma = positional !== '' && keywords !== '' ? ', ' : '';
  return shortened(`${task}(${positional}${comma}${keywords})`);
}

/** The same from the headers of a task message, or null when they are not a task's. */
export function taskPreview(headers: unknown): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  const { task, argsrepr = '', kwargsrepr = '' } = headers as Record<string, unknown>;
  if (typeof task !== 'string') return null;
  return callPreview(task, String(argsrepr), String(kwargsrepr));
}

/** A stored result: `8`, `STARTED`, `ValueError: boom 7`. */
export function resultPreview(text: string): string {
  const meta = readObject(text);
  if (meta === null) return text.slice(0, 60);
  if (meta['status'] === 'SUCCESS') return shortened(pythonRepr(meta['result']));
  const { exc_type: type, exc_message: args } = (meta['result'] ?? {}) as Record<string, unknown>;
  if (typeof type !== 'string') return String(meta['status']);
  return `${type}: ${Array.isArray(args) ? args.join(', ') : String(args)}`;
}

/** Tell that a worker is there and nothing else: they hold no run open. */
const BEATS: ReadonlySet<string> = new Set(['worker.online', 'worker.heartbeat']);

/** What workers ask and answer each other when one of them starts: nobody's question. */
const MINGLE = /"method": "hello"|^\{"[^"]+": \{(?=.*"revoked": )(?=.*"clock": )/;

/**
 * What a message of this exchange is, or null when no worker broadcasts there.
 *
 * @param body JSON
 */
export function broadcastKind(
  exchange: string,
  routingKey: string,
  body: string,
): 'broadcast' | 'reply' | 'hello' | 'event' | 'heartbeat' | null {
  const isReply = exchange.startsWith('reply.');
  if (isReply || exchange.endsWith('.pidbox')) {
    if (MINGLE.test(body)) return 'hello';
    return isReply ? 'reply' : 'broadcast';
  }
  if (exchange !== 'celeryev') return null;
  return BEATS.has(routingKey) ? 'heartbeat' : 'event';
}

/** `ping`, the types of events, or the names of the workers that answer. */
export function broadcastPreview(body: string): string {
  if (body.startsWith('[')) return shortened([...partsOf(body).values()].map(typeOf).join(', '));
  const message = readObject(body) ?? {};
  const { method, type } = message;
  return shortened(String(method ?? type ?? Object.keys(message).join(' ')));
}

function typeOf(event: string): string {
  return String(readObject(event)?.['type']);
}

/** The JSON object in a text, or null. */
export function readObject(text: string): Record<string, unknown> | null {
  try {
    const value = loads(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
