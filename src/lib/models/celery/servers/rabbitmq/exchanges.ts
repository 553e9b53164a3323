// RabbitMQ's exchanges and bindings: which queues a message goes to. Semantics: AMQP 0-9-1 and
// https://www.rabbitmq.com/tutorials/amqp-concepts. A message comes to a queue once, however many
// ways lead there.

import type { ExchangeType } from '../../amqp.ts';

export interface ExchangeOptions {
  type: ExchangeType;
  durable: boolean;
  /** Goes with its last binding. */
  autoDelete: boolean;
}

export interface Exchange extends ExchangeOptions {
  name: string;
}

export interface Binding {
  /** An exchange. */
  source: string;
  destination: string;
  isToExchange: boolean;
  routingKey: string;
  /** Of a headers exchange: what to find, and `x-match`. */
  args: Readonly<Record<string, unknown>>;
}

/** What decides where a message goes. */
export interface Routable {
  exchange: string;
  routingKey: string;
  headers: Readonly<Record<string, unknown>>;
}

/** The exchanges that are always there; the nameless one leads to the queue that a key names. */
const PREDECLARED: readonly [string, ExchangeType][] = [
  ['', 'direct'],
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
  ['amq.topic', 'topic'],
];

export function isPredeclared(name: string): boolean {
  return PREDECLARED.some(([known]) => known === name);
}

export class Exchanges {
  readonly #exchanges = new Map<string, Exchange>();
  #bindings: Binding[] = [];

  constructor() {
    for (const [name, type] of PREDECLARED) {
      this.declare(name, { type, durable: true, autoDelete: false });
    }
  }

  get(name: string): Exchange | null {
    return this.#exchanges.get(name) ?? null;
  }

  /** Makes an exchange; one that is there stays as it is. */
  declare(name: string, options: ExchangeOptions): Exchange {
    let exchange = this.#exchanges.get(name);
    if (!exchange) this.#exchanges.set(name, (exchange = { name, ...options }));
    return exchange;
  }

  delete(name: string): void {
    this.#exchanges.delete(name);
    this.#keep(({ source, destination, isToExchange }) => {
      return source !== name && !(isToExchange && destination === name);
    });
  }

  bind(binding: Binding): void {
    if (!this.#bindings.some((other) => isSame(other, binding))) this.#bindings.push(binding);
  }

  unbind(binding: Binding): void {
    this.#keep((other) => !isSame(other, binding));
  }

  /** A queue is gone, and its bindings with it. */
  forgetQueue(name: string): void {
    this.#keep(({ destination, isToExchange }) => isToExchange || destination !== name);
  }

  /** Everything declared, in order. */
  all(): { exchanges: Exchange[]; bindings: readonly Binding[] } {
    return { exchanges: [...this.#exchanges.values()], bindings: this.#bindings };
  }

  /** Names of the queues that a message goes to, in the order of their bindings. */
  route(message: Routable): Set<string> {
    if (message.exchange === '') return new Set([message.routingKey]);
    const queues = new Set<string>();
    const seen = new Set([message.exchange]);
    // A set grows while it is walked: exchanges may be bound in a circle.
    for (const name of seen) {
      const exchange = this.#exchanges.get(name);
      if (!exchange) continue;
      for (const binding of this.#bindings) {
        if (binding.source !== name || !isMatch(exchange.type, binding, message)) continue;
        (binding.isToExchange ? seen : queues).add(binding.destination);
      }
    }
    return queues;
  }

  #keep(isKept: (binding: Binding) => boolean): void {
    const gone = this.#bindings.filter((binding) => !isKept(binding));
    this.#bindings = this.#bindings.filter(isKept);
    for (const { source } of gone) {
      const isBound = this.#bindings.some((binding) => binding.source === source);
      if (this.#exchanges.get(source)?.autoDelete && !isBound) this.delete(source);
    }
  }
}

function isSame(a: Binding, b: Binding): boolean {
  return (
    a.source === b.source &&
    a.destination === b.destination &&
    a.isToExchange === b.isToExchange &&
    a.routingKey === b.routingKey &&
    JSON.stringify(a.args) === JSON.stringify(b.args)
  );
}

function isMatch(type: ExchangeType, binding: Binding, message: Routable): boolean {
  switch (type) {
    case 'fanout':
      return true;
    case 'direct':
      return binding.routingKey === message.routingKey;
    case 'topic':
      return matchesTopic(binding.routingKey.split('.'), message.routingKey.split('.'));
    case 'headers':
      return matchesHeaders(binding.args, message.headers);
  }
}

/**
 * Whether a key, split at its dots, fits a pattern: `*` is one word, `#` any number of them. Row by
 * row over the pattern, because trying every split of several `#` would take exponential time.
 */
function matchesTopic(pattern: readonly string[], words: readonly string[]): boolean {
  // fits[n]: the pattern so far fits the first n words.
  let fits = words.map(() => false);
  fits.unshift(true);
  for (const part of pattern) {
    const next: boolean[] = [];
    for (let count = 0; count <= words.length; count++) {
      const before = count > 0 && (part === '#' ? next[count - 1]! : fits[count - 1]!);
      if (part === '#') next.push(fits[count]! || before);
      else next.push(before && (part === '*' || part === words[count - 1]));
    }
    fits = next;
  }
  return fits.at(-1)!;
}

/** `x-match: all` (the default) or `any`; entries that begin with `x-` do not count. */
function matchesHeaders(
  args: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, unknown>>,
): boolean {
  const wanted = Object.entries(args).filter(([name]) => !name.startsWith('x-'));
  const isFound = ([name, value]: [string, unknown]): boolean =>
    Object.hasOwn(headers, name) &&
    (value === null || JSON.stringify(headers[name]) === JSON.stringify(value));
  return args['x-match'] === 'any' ? wanted.some(isFound) : wanted.every(isFound);
}
