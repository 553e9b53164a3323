// What keeps a run alive (KT7): foreground timers, messages under way, inputs not yet begun, faults
// and starts to come, a turn that is not over, and timers whose obligation somebody holds,
// or nobody where they ask for that.
// Changed at commits only, so that it never depends on how far anybody ran ahead.

import type { Process } from './process.ts';

/** A background timer that no obligation makes foreground. */
const PLAIN_BACKGROUND = '*';
/** Before the name of an obligation: foreground while nobody holds it. */
const UNLESS = '!';

interface Obligation {
  heldCount: number;
  /** Timers that are foreground while it is held, */
  timerCount: number;
  /** and those that are while it is not. */
  unlessCount: number;
}

export class Liveness {
  readonly #obligations = new Map<string, Obligation>();
  #foregroundCount = 0;
  #busyUntilUs = 0;

  /** The end of the last turn that was begun. */
  get busyUntilUs(): number {
    return this.#busyUntilUs;
  }

  /** True when something foreground can still happen at this time. */
  isForegroundAt(tUs: number): boolean {
    if (this.#foregroundCount > 0 || tUs <= this.#busyUntilUs) return true;
    for (const { heldCount, timerCount, unlessCount } of this.#obligations.values()) {
      if ((heldCount > 0 ? timerCount : unlessCount) > 0) return true;
    }
    return false;
  }

  count(isForeground: boolean, delta: 1 | -1): void {
    if (isForeground) this.#foregroundCount += delta;
  }

  turnUntil(endUs: number): void {
    if (endUs > this.#busyUntilUs) this.#busyUntilUs = endUs;
  }

  /** @param background as in the operation `timerSet` */
  countTimer(background: string, delta: 1 | -1): void {
    if (background === '') this.#foregroundCount += delta;
    else if (background.startsWith(UNLESS)) {
      this.#obligation(background.slice(UNLESS.length)).unlessCount += delta;
    } else if (background !== PLAIN_BACKGROUND) this.#obligation(background).timerCount += delta;
  }

  /** A process takes or lets go of obligations; it never holds fewer than none. */
  oblige(process: Process, token: string, delta: number): void {
    const before = process.obligations.get(token) ?? 0;
    const after = Math.max(0, before + delta);
    this.#obligation(token).heldCount += after - before;
    process.obligations.set(token, after);
  }

  /** A process ended, and with it all it had waited for. */
  forget(process: Process): void {
    for (const { isForeground } of process.tickets.values()) this.count(isForeground, -1);
    for (const { background } of process.timers.values()) this.countTimer(background, -1);
    for (const [token, held] of process.obligations) this.#obligation(token).heldCount -= held;
  }

  #obligation(token: string): Obligation {
    let obligation = this.#obligations.get(token);
    if (obligation) return obligation;
    obligation = { heldCount: 0, timerCount: 0, unlessCount: 0 };
    this.#obligations.set(token, obligation);
    return obligation;
  }
}
