// What workers and clients tell of themselves (celery/events/event.py): a type, who says it, when, and
// fields of the type's own, as JSON on the exchange `celeryev`. Received events keep their fields as
// JSON texts, so that a number stays what its sender wrote.

import type { Body } from '#lib/node/promise.ts';
import { hostOf } from '../ids.ts';
import { dumps, loads, partsOf, pythonFloat, RawJson } from '../json.ts';
import type { CeleryApp } from '../app.ts';
import type { Message } from '../message.ts';
import { EVENTS } from '../transports/bus.ts';

/** Fields as JSON texts, in the order in which they were written. */
export type EventFields = Map<string, string>;

/** Seconds since 1970, as Python's `time.time()`. */
export function secondsOf(wallUs: number): RawJson {
  return new RawJson(pythonFloat(wallUs / 1e6));
}

/** `worker`, `task`. */
export function groupOf(type: string): string {
  return type.split('-', 1)[0]!;
}

/** An event's JSON text; the clock goes on by one. */
export function eventText(
  app: CeleryApp,
  hostname: string,
  type: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  return dumps({
    hostname,
    utcoffset: 0,
    pid: app.process.spec.pid,
    clock: app.tick(),
    ...fields,
    timestamp: secondsOf(app.process.wallUs()),
    type,
  });
}

/** As it travels; nothing of it is kept anywhere. */
export function eventMessage(hostname: string, body: string): Message {
  return {
    body,
    headers: { hostname },
    properties: { correlationId: '', replyTo: '', deliveryMode: 1, priority: 0 },
  };
}

/**
 * Sends one event of a program's own.
 *
 * @throws OperationalError when the broker cannot be reached
 */
export function* sendEvent(
  app: CeleryApp,
  hostname: string,
  type: string,
  fields: Readonly<Record<string, unknown>>,
): Body<void> {
  const message = eventMessage(hostname, eventText(app, hostname, type, fields));
  const bus = app.createBus();
  yield* bus.publish({ exchange: EVENTS, routingKey: type.replaceAll('-', '.'), message });
  bus.close();
}

/** How a client signs: `gen25267@host`. */
export function anonymousName(app: CeleryApp): string {
  return `gen${app.process.spec.pid}@${hostOf(app.process)}`;
}

/** The events of one message: one, or a list of them, as workers send those of tasks. */
export function readEvents(body: string): EventFields[] {
  return body.startsWith('[') ? [...partsOf(body).values()].map(partsOf) : [partsOf(body)];
}

export function textField(event: EventFields, name: string): string {
  const value = event.has(name) ? loads(event.get(name)!) : '';
  return typeof value === 'string' ? value : '';
}

/** Null where there is no such number. */
export function numberField(event: EventFields, name: string): number | null {
  const value = event.has(name) ? loads(event.get(name)!) : null;
  return typeof value === 'number' ? value : null;
}
