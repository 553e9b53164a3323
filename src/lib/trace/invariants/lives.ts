// How each process stands, as the trace tells it: its incarnation, alive or not, paused or not.

import type { TraceEvent } from '#lib/protocol/trace.ts';

export interface ProcessLife {
  isAlive: boolean;
  isPaused: boolean;
  /** 0 before the first start. */
  incarnation: number;
  /** When it last ended, and -1 before that. */
  endUs: number;
}

const UNBORN: Readonly<ProcessLife> = {
  isAlive: false,
  isPaused: false,
  incarnation: 0,
  endUs: -1,
};

export class Lives {
  readonly #lives = new Map<string, ProcessLife>();

  of(process: string): Readonly<ProcessLife> {
    return this.#lives.get(process) ?? UNBORN;
  }

  follow(event: TraceEvent): void {
    switch (event.kind) {
      case 'start': {
        const { incarnation } = event;
        const { endUs } = this.of(event.node);
        this.#lives.set(event.node, { isAlive: true, isPaused: false, incarnation, endUs });
        return;
      }
      case 'exit':
      case 'kill':
      case 'powerOff':
        Object.assign(this.#life(event.node), {
          isAlive: false,
          isPaused: false,
          endUs: event.tUs,
        });
        return;
      case 'pause':
      case 'resume':
        this.#life(event.node).isPaused = event.kind === 'pause';
        return;
      default:
        return;
    }
  }

  #life(process: string): ProcessLife {
    let life = this.#lives.get(process);
    if (!life) this.#lives.set(process, (life = { ...UNBORN }));
    return life;
  }
}
