// Hears events (celery/events/receiver.py): from now on, what is sent while somebody listens; nothing
// is kept for those who come later.
//
//   const stream = yield* EventStream.open(app, '#');
//   for (let events = yield* stream.next(null); events; events = yield* stream.next(null)) …

import { Deferred, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { cast } from '../control/client.ts';
import { COST, serialiseNs } from '../costs.ts';
import { RedisConnectionError } from '../errors.ts';
import { uuid } from '../ids.ts';
import { dumps } from '../json.ts';
import type { Message } from '../message.ts';
import { EVENTS, type Bus } from '../transports/bus.ts';
import { numberField, readEvents, secondsOf, textField, type EventFields } from './event.ts';

/** Gets the messages of events that `routingKey` asks for: `worker.#`, `#`. */
export function* subscribeEvents(
  app: CeleryApp,
  bus: Bus,
  routingKey: string,
  onMessage: (message: Message) => void,
): Body<void> {
  const queue = `celeryev.${uuid(app.process)}`;
  yield* bus.subscribe({ exchange: EVENTS, queue, routingKey, onMessage });
}

/** Who sent a message, without reading it. */
export function senderOf({ headers }: Message): string {
  return typeof headers['hostname'] === 'string' ? headers['hostname'] : '';
}

/**
 * The events of a message: moves Lamport's clock, and notes the time. A client's own clock is not to be
 * relied on, because clients hear of nobody: what they sent counts as now.
 */
export function receiveEvents(app: CeleryApp, { body }: Message): EventFields[] {
  const { process } = app;
  process.spendNs(serialiseNs(body.length));
  const events = readEvents(body);
  for (const event of events) {
    process.spendNs(COST.eventNs);
    if (textField(event, 'type') === 'task-sent') event.set('clock', dumps((app.clock || 1) - 1));
    app.hear(numberField(event, 'clock'));
    event.set('local_received', secondsOf(process.wallUs()).text);
  }
  return events;
}

/** Messages of events in the order in which they came. */
export class EventStream {
  readonly #app: CeleryApp;
  readonly #bus: Bus;
  readonly #batches: EventFields[][] = [];
  #news = new Deferred<void>();
  #isLost = false;

  private constructor(app: CeleryApp, bus: Bus) {
    this.#app = app;
    this.#bus = bus;
  }

  /**
   * Listens from now on.
   *
   * @param isWakingWorkers asks them to tell of themselves at once
   * @throws OperationalError when the broker cannot be reached
   */
  static *open(app: CeleryApp, routingKey: string, isWakingWorkers: boolean): Body<EventStream> {
    const bus = app.createBus();
    const stream = new EventStream(app, bus);
    bus.onLost = () => stream.#lose();
    yield* subscribeEvents(app, bus, routingKey, (message) => {
      stream.#batches.push(receiveEvents(app, message));
      stream.#wake();
    });
    if (!isWakingWorkers) return stream;
    yield* cast(app, { method: 'heartbeat', arguments: {}, destination: null });
    return stream;
  }

  /**
   * The events of the next message; null when none has come in time.
   *
   * @param timeoutUs null: waits for as long as it takes, which holds no run open
   * @throws RedisConnectionError, AmqpError when the connection is lost
   */
  *next(timeoutUs: number | null): Body<EventFields[] | null> {
    const batch = this.#batches.shift();
    if (batch) return batch;
    if (this.#isLost) throw new RedisConnectionError('Connection closed by server.');
    this.#news = new Deferred<void>();
    const { process } = this.#app;
    const elapsed = new Deferred<void>();
    const timer =
      timeoutUs === null
        ? 0
        : process.setTimer(timeoutUs, () => elapsed.resolve(), { label: 'events' });
    yield* wait(SimPromise.race([this.#news.promise, elapsed.promise]));
    if (timer > 0) process.clearTimer(timer);
    const isLate = this.#batches.length === 0 && !this.#isLost;
    return isLate ? null : yield* this.next(null);
  }

  close(): void {
    this.#bus.onLost = null;
    this.#bus.close();
  }

  #lose(): void {
    this.#isLost = true;
    this.#wake();
  }

  #wake(): void {
    this.#news.resolve();
  }
}
