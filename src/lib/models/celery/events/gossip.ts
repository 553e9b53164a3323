// Workers listen to each other (celery/worker/consumer/gossip.py): who comes, who goes, whose heart no
// longer beats. They do nothing about it but tell, and it keeps Lamport's clock going.
// Left out: elections.

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import type { Log } from '../worker/log.ts';
import { CeleryError } from '../errors.ts';
import type { Bus } from '../transports/bus.ts';
import type { Message } from '../message.ts';
import { textField, type EventFields } from './event.ts';
import { heartToken } from './heart.ts';
import { receiveEvents, senderOf, subscribeEvents } from './receiver.ts';
import { WorkerStates, type WorkerState } from './worker-states.ts';

/** It looks round after each so many microseconds of listening. */
const LOOK_US = 5_000_000;

export class Gossip {
  readonly #app: CeleryApp;
  readonly #hostname: string;
  readonly #log: Log;
  readonly #states: WorkerStates;
  /** Since when it listens, in microseconds since the start of the run. */
  #sinceUs = 0;
  /** Looks to come, by peer, and when. */
  readonly #looks = new Map<string, { timer: number; dueUs: number }>();

  constructor(app: CeleryApp, hostname: string, log: Log) {
    this.#app = app;
    this.#hostname = hostname;
    this.#log = log;
    this.#states = new WorkerStates(log);
  }

  *listen(bus: Bus): Body<void> {
    try {
      yield* subscribeEvents(this.#app, bus, 'worker.#', (message) => this.#take(message));
    } catch (error) {
      // A lost broker is noticed by the connection that brings the tasks.
      if (!(error instanceof CeleryError)) throw error;
    }
    this.#sinceUs = this.#app.process.nowUs();
    // What it knew before a lost connection is old by now.
    for (const worker of this.#states.workers.values()) this.#lookAfter(worker);
  }

  close(): void {
    for (const { timer } of this.#looks.values()) this.#app.process.clearTimer(timer);
    this.#looks.clear();
  }

  #take(message: Message): void {
    if (senderOf(message) === this.#hostname) return void this.#app.tick();
    for (const event of receiveEvents(this.#app, message)) this.#hear(event);
  }

  #hear(event: EventFields): void {
    const { worker, isNew } = this.#states.hear(event);
    const type = textField(event, 'type');
    if (isNew || type === 'worker-online') this.#log.debug(`${worker.hostname} joined the party`);
    if (type === 'worker-offline') {
      this.#log.debug(`${worker.hostname} left`);
      this.#forget(worker.hostname);
    } else this.#lookAfter(worker);
  }

  /**
   * At the first of its rounds by which the peer may be silent for too long. A look that comes sooner
   * stays: it will see.
   */
  #lookAfter(worker: WorkerState): void {
    const { process } = this.#app;
    const leftUs = Math.max(0, worker.expiresUs - process.wallUs());
    const sinceUs = process.nowUs() - this.#sinceUs;
    const rounds = Math.max(1, Math.ceil((sinceUs + leftUs) / LOOK_US));
    const dueUs = this.#sinceUs + rounds * LOOK_US;
    const armed = this.#looks.get(worker.hostname);
    if (armed && armed.dueUs <= dueUs) return;
    if (armed) process.clearTimer(armed.timer);
    const look = (): void => {
      this.#looks.delete(worker.hostname);
      if (process.wallUs() < worker.expiresUs) return this.#lookAfter(worker);
      this.#log.info(`missed heartbeat from ${worker.hostname}`);
      this.#forget(worker.hostname);
    };
    const options = { unlessHeld: heartToken(worker.hostname), label: 'gossip' };
    const timer = process.setTimer(dueUs - process.nowUs(), look, options);
    this.#looks.set(worker.hostname, { timer, dueUs });
  }

  #forget(hostname: string): void {
    const armed = this.#looks.get(hostname);
    if (armed) this.#app.process.clearTimer(armed.timer);
    this.#looks.delete(hostname);
    this.#states.workers.delete(hostname);
  }
}
