// Exchanges as kombu imitates them on Redis (kombu/transport/virtual/exchange.py): the bindings of an
// exchange are a set of `routing key, pattern, queue`, and whoever publishes reads it and pushes to
// each queue itself.

import type { ExchangeType } from '../amqp.ts';
import { textOf } from '../resp.ts';

export const SEPARATOR = '\x06\x16';

/** kombu's: `*` ends in something else than a dot, but dots may stand in it. */
const WILDCARDS: Readonly<Record<string, string>> = { '*': String.raw`.*?[^\.]`, '#': '.*?' };

/** Member of an exchange's set. */
export function bindingOf(type: ExchangeType, routingKey: string, queue: string): string {
  const pattern = type === 'topic' ? patternOf(routingKey) : '';
  return [routingKey, pattern, queue].join(SEPARATOR);
}

/** The queues that a message goes to, in the order of their names: a set has none. */
export function queuesFor(table: readonly string[], routingKey: string): string[] {
  const queues = new Set<string>();
  for (const member of table) {
    const [key = '', pattern = '', queue = ''] = textOf(member).split(SEPARATOR);
    const isMatch = pattern !== '' ? isTopicMatch(key, routingKey) : key === routingKey;
    if (queue !== '' && isMatch) queues.add(queue);
  }
  return [...queues].sort((a, b) => (a < b ? -1 : 1));
}

function patternOf(routingKey: string): string {
  const words = routingKey.split('.').map((word) => WILDCARDS[word] ?? escaped(word));
  return `^${words.join(String.raw`\.`)}$`;
}

/** The pattern in the set is not believed: it is made again from the key. */
function isTopicMatch(key: string, routingKey: string): boolean {
  return new RegExp(patternOf(key), 'u').test(routingKey);
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
