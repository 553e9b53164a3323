// `signals`: what happens in clients and workers, for programs that want to hear of it
// (celery/signals.py, utils/dispatch/signal.py). A receiver gets one object; what it throws stops
// nobody else.

import { isStop } from '#lib/node/meter.ts';
import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { checkOptions } from './context.ts';

type Facts = Readonly<Record<string, unknown>>;
type Receiver = (facts: Facts) => unknown;

/** Those of Celery that this build sends. */
export const SIGNALS = [
  'beforeTaskPublish',
  'afterTaskPublish',
  'taskReceived',
  'taskPrerun',
  'taskPostrun',
  'taskSuccess',
  'taskFailure',
  'taskRetry',
  'taskRevoked',
  'taskUnknown',
  'workerInit',
  'workerProcessInit',
  'workerReady',
  'workerShuttingDown',
  'workerShutdown',
] as const;

interface ConnectOptions {
  sender?: unknown;
  dispatchUid?: unknown;
}

interface Entry extends ConnectOptions {
  receiver: Receiver;
}

/** Tells of a receiver that threw. */
type Report = (receiver: Receiver, error: unknown) => Body<void>;

export class Signal {
  readonly name: string;
  readonly #report: Report;
  #receivers: Entry[] = [];

  constructor(name: string, report: Report) {
    this.name = name;
    this.#report = report;
  }

  /** Adds a receiver, once; of one sender only, if it names one. */
  connect(receiver: Receiver, options: ConnectOptions = {}): Receiver {
    if (typeof receiver !== 'function') {
      throw new ImproperlyConfigured(`${this.name}.connect needs a function: ${String(receiver)}`);
    }
    checkOptions(`option of ${this.name}.connect`, options, ['sender', 'dispatchUid']);
    const { sender, dispatchUid = receiver } = options;
    const isKnown = this.#receivers.some(
      (one) => one.dispatchUid === dispatchUid && one.sender === sender,
    );
    if (!isKnown) this.#receivers.push({ receiver, sender, dispatchUid });
    return receiver;
  }

  /** Takes a receiver away; true when it was there. */
  disconnect(
    receiver: Receiver | null = null,
    { dispatchUid = receiver }: ConnectOptions = {},
  ): boolean {
    const before = this.#receivers.length;
    this.#receivers = this.#receivers.filter((one) => one.dispatchUid !== dispatchUid);
    return this.#receivers.length < before;
  }

  hasListeners(): boolean {
    return this.#receivers.length > 0;
  }

  /** Calls those who listen to everybody or to this sender, one after the other. */
  send(facts: Facts): SimPromise<void> {
    return run(this.#send(facts));
  }

  *#send(facts: Facts): Body<void> {
    for (const { receiver, sender } of [...this.#receivers]) {
      if (sender !== undefined && sender !== facts['sender']) continue;
      try {
        yield* wait(receiver({ signal: this, ...facts }));
      } catch (error) {
        if (isStop(error)) throw error;
        yield* this.#report(receiver, error);
      }
    }
  }

  toString(): string {
    return `<Signal: ${this.name}>`;
  }
}

export type Signals = Readonly<Record<(typeof SIGNALS)[number], Signal>>;

export function createSignals(report: Report): Signals {
  return Object.fromEntries(SIGNALS.map((name) => [name, new Signal(name, report)])) as Signals;
}
