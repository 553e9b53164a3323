// What is known of workers by their events (celery/events/state.py, `Worker`): a heart that was not heard
// for twice its interval counts as still.

import type { Log } from '../worker/log.ts';
import { timeText } from '../worker/log.ts';
import { numberField, textField, type EventFields } from './event.ts';

/** In seconds; used until a worker says how often its heart beats. */
const FREQUENCY_S = 60;
const EXPIRE_FACTOR = 2;
/** Seconds by which an event's time may differ from the receiver's before it is told. */
const DRIFT_MAX_S = 16;
/** So many heartbeats are kept. */
const HEARTBEATS_MAX = 4;
/** What the worker is known by already. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'hostname',
  'timestamp',
  'type',
  'local_received',
]);

export class WorkerState {
  readonly hostname: string;
  /** Times of the last heartbeats, seconds since 1970 by the receiver's clock. */
  heartbeats: number[] = [];
  /** What it last told of itself, as JSON texts. */
  readonly fields = new Map<string, string>();

  constructor(hostname: string) {
    this.hostname = hostname;
  }

  /** When its heart counts as still, in microseconds of the receiver's wall clock; 0 without any beat. */
  get expiresUs(): number {
    const last = this.heartbeats.at(-1);
    if (last === undefined) return 0;
    return Math.round((last + this.#frequencyS * EXPIRE_FACTOR) * 1e6);
  }

  get #frequencyS(): number {
    return numberField(this.fields, 'freq') ?? FREQUENCY_S;
  }

  beat(atS: number): void {
    this.heartbeats.push(atS);
    this.heartbeats.sort((a, b) => a - b);
    if (this.heartbeats.length > HEARTBEATS_MAX) this.heartbeats.shift();
  }
}

export class WorkerStates {
  readonly workers = new Map<string, WorkerState>();
  readonly #log: Log | null;
  /** Of whom it was told that clocks differ. */
  readonly #drifting = new Set<string>();

  /** @param log gets the warning of clocks that differ; null: nobody does */
  constructor(log: Log | null) {
    this.#log = log;
  }

  /** Takes an event of a worker; one that goes is kept as it is, with its heart still. */
  hear(event: EventFields): { worker: WorkerState; isNew: boolean } {
    const hostname = textField(event, 'hostname');
    const known = this.workers.get(hostname);
    const worker = known ?? new WorkerState(hostname);
    for (const [name, value] of event) if (!OWN_FIELDS.has(name)) worker.fields.set(name, value);
    if (textField(event, 'type') === 'worker-offline') {
      worker.heartbeats = [];
      return { worker, isNew: false };
    }
    this.workers.set(hostname, worker);
    const receivedS = numberField(event, 'local_received') ?? 0;
    this.#checkDrift(hostname, receivedS, numberField(event, 'timestamp') ?? 0);
    worker.beat(receivedS);
    return { worker, isNew: known === undefined };
  }

  #checkDrift(hostname: string, receivedS: number, sentS: number): void {
    const driftS = Math.abs(Math.trunc(receivedS) - Math.trunc(sentS));
    if (driftS <= DRIFT_MAX_S || this.#drifting.has(hostname)) return;
    this.#drifting.add(hostname);
    this.#log?.warning(
      `Substantial drift from ${hostname} may mean clocks are out of sync.  Current drift is ` +
        `${driftS} seconds.  [orig: ${moment(receivedS)} recv: ${moment(sentS)}]`,
    );
  }
}

/** `2026-01-01 00:00:01.010000`, as Python writes a datetime. */
export function moment(seconds: number): string {
  const us = Math.round(seconds * 1e6);
  const fraction = us % 1e6;
  return timeText(us) + (fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`);
}
