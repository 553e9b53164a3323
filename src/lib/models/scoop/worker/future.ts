// A future as the engine has it: at the worker that submitted it, and again, without its history, at
// the one that runs it.

import { idText, type FutureId } from '../wire.ts';
import type { Opaque, Outcome } from '../space.ts';
import type { Arrivals } from './arrivals.ts';
import type { Waiter } from './waiter.ts';

/** What a face asks to be submitted. */
export interface Submission {
  /** What to call, of the face's. */
  call: Opaque;
  /** `slow(2,){}`: for people. */
  text: string;
  /** The function, for estimates of how long it takes. */
  key: string;
  /** The face's own object, for `callBack`. */
  face?: Opaque;
}

export type FutureState =
  /** Waits in the queue of this worker. */
  | 'queued'
  /** Left for the broker. */
  | 'sent'
  | 'running'
  | 'done'
  | 'cancelled';

export class Future {
  readonly id: FutureId;
  /** `127.0.0.1:32769/7`. */
  readonly name: string;
  readonly text: string;
  readonly key: string;
  /** Null where it came as bytes, and after it was run here. */
  call: Opaque;
  /** As it travels; null until it does. */
  task: Uint8Array | null = null;
  /** Of the run that submitted it, here; they run before what was there before. */
  depth = 0;
  state: FutureState = 'queued';
  outcome: Outcome | null = null;
  /** Which of this worker's futures were done before it. */
  doneIndex = -1;
  /** How often in a row the broker has said that nobody has it. */
  missingCount = 0;
  /** The face's own object, if it wants to be called back. */
  watcher: Opaque = null;
  readonly waiters: Waiter[] = [];
  readonly arrivals: Arrivals[] = [];

  constructor(id: FutureId, { call, text, key }: Submission) {
    this.id = id;
    this.name = idText(id);
    this.call = call;
    this.text = text;
    this.key = key;
  }

  get isDone(): boolean {
    return this.state === 'done' || this.state === 'cancelled';
  }

  /** `(b'127.0.0.1:51230', 50):slow(2,){}=None`. */
  get title(): string {
    const [worker, number] = this.id;
    return `(b'${worker}', ${number}):${this.text}=${this.outcome?.text ?? 'None'}`;
  }
}
