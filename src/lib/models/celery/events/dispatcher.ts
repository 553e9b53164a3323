// Sends events (celery/events/dispatcher.py) over a connection of its own. Nobody waits for them, and
// none is lost with a connection: what could not be sent is kept for the next one.

import { queueMicrotask, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { COST, serialiseNs } from '../costs.ts';
import { CeleryError } from '../errors.ts';
import { EVENTS, type Broadcast, type Bus } from '../transports/bus.ts';
import { eventMessage, eventText, groupOf } from './event.ts';

/** So many task events go in one message at most. */
const BUFFER_LIMIT = 24;

export class Dispatcher {
  readonly #app: CeleryApp;
  readonly #hostname: string;
  /** Of which groups it sends events. */
  readonly groups: Set<string>;
  #bus: Bus | null = null;
  /** What was to be sent while there was no connection. */
  #kept: Broadcast[] = [];
  /** Task events of this turn: they leave together (buffer_group). */
  #buffer: string[] = [];

  constructor(app: CeleryApp, hostname: string, groups: readonly string[]) {
    this.#app = app;
    this.#hostname = hostname;
    this.groups = new Set(groups);
  }

  /** Null while there is no connection. */
  get bus(): Bus | null {
    return this.#bus;
  }

  /** Connects, and sends what was kept. */
  *open(): Body<void> {
    const bus = this.#app.createBus();
    try {
      yield* bus.ready(EVENTS);
    } catch (error) {
      // A lost broker is noticed by the connection that brings the tasks.
      if (!(error instanceof CeleryError)) throw error;
      return bus.close();
    }
    this.#bus = bus;
    const kept = this.#kept;
    this.#kept = [];
    for (const broadcast of kept) this.#publish(broadcast);
  }

  close(): void {
    this.#flush();
    this.#bus?.close();
    this.#bus = null;
  }

  /** Those of tasks leave together at the end of the turn, those of the worker at once. */
  send(type: string, fields: Readonly<Record<string, unknown>>): void {
    const group = groupOf(type);
    if (!this.groups.has(group)) return;
    const text = eventText(this.#app, this.#hostname, type, fields);
    this.#app.process.spendNs(COST.eventNs + serialiseNs(text.length));
    if (group !== 'task') return this.#publish(this.#broadcast(type.replaceAll('-', '.'), text));
    this.#buffer.push(text);
    if (this.#buffer.length >= BUFFER_LIMIT) this.#flush();
    else if (this.#buffer.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#buffer.length === 0) return;
    const text = `[${this.#buffer.join(', ')}]`;
    this.#buffer = [];
    this.#publish(this.#broadcast('task.multi', text));
  }

  #broadcast(routingKey: string, body: string): Broadcast {
    return { exchange: EVENTS, routingKey, message: eventMessage(this.#hostname, body) };
  }

  #publish(broadcast: Broadcast): void {
    if (!this.#bus?.tell(broadcast)) this.#kept.push(broadcast);
  }
}
