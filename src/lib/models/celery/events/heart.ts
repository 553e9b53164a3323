// A worker's heartbeat (celery/worker/heartbeat.py): `worker-online`, then `worker-heartbeat` every two
// seconds, and `worker-offline` when it goes regularly. A heart that beats changes nothing, so its timer
// is background; who is to notice that it no longer does asks for the obligation that it holds (KT7).

import type { NodeProcess } from '#lib/node/process.ts';
import { RawJson } from '../json.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Seconds between two heartbeats. */
export const HEARTBEAT_S = 2;

/** Held by a worker of that name while its heart beats. */
export const heartToken = (hostname: string): string => `celery/heart/${hostname}`;

const SOFTWARE = { sw_ident: 'py-celery', sw_ver: '5.2.6', sw_sys: 'Linux' } as const;
/** The machine's load is not modelled. */
const LOAD = new RawJson('[0.0, 0.0, 0.0]');

/** What a heartbeat tells of its worker. */
export interface HeartFacts {
  readonly process: NodeProcess;
  readonly hostname: string;
  /** Tasks that run. */
  readonly activeCount: number;
  /** Tasks begun since the start. */
  readonly processedCount: number;
}

export class Heart {
  readonly #facts: HeartFacts;
  readonly #dispatcher: Dispatcher;
  #timer = 0;

  constructor(facts: HeartFacts, dispatcher: Dispatcher) {
    this.#facts = facts;
    this.#dispatcher = dispatcher;
  }

  start(): void {
    this.#beat('worker-online');
    this.#facts.process.oblige(heartToken(this.#facts.hostname), 1);
    this.#arm();
  }

  stop(): void {
    if (this.#timer === 0) return;
    this.#facts.process.clearTimer(this.#timer);
    this.#timer = 0;
    this.#facts.process.oblige(heartToken(this.#facts.hostname), -1);
    this.#beat('worker-offline');
  }

  /** Remote control asks for one at once, and is told another frequency (celery/worker/control.py). */
  beatOnce(): void {
    this.#dispatcher.send('worker-heartbeat', { freq: 5, ...SOFTWARE });
  }

  #arm(): void {
    const { process } = this.#facts;
    const beat = (): void => {
      this.#beat('worker-heartbeat');
      this.#arm();
    };
    this.#timer = process.setTimer(HEARTBEAT_S * 1e6, beat, {
      isBackground: true,
      label: 'heartbeat',
    });
  }

  #beat(type: string): void {
    this.#dispatcher.send(type, {
      freq: new RawJson(`${HEARTBEAT_S}.0`),
      active: this.#facts.activeCount,
      processed: this.#facts.processedCount,
      loadavg: LOAD,
      ...SOFTWARE,
    });
  }
}
