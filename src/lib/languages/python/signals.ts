// Signals of one interpreter (NODE6; runtime/signals.py is their other half): which have come and wait
// for the main thread, which the program handles, and its alarm clock. Default actions are the
// process's own.

import type { NodeProcess } from '#lib/node/process.ts';
import { SIGNAL_NAMES, UNHANDLED_SIGNALS } from '#lib/protocol/signals.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';

/** What else happens when a signal comes that the program handles. */
export interface SignalEffects {
  /** The main thread looks up from what it waits for. */
  interrupt(): void;
  /** The byte goes to the socket of `signal.set_wakeup_fd`. */
  notify(file: number, byte: number): void;
}

const ALARM = { name: 'SIGALRM', number: 14 };
/** Which clock runs in trace and report. */
const ALARM_LABEL = 'alarm';

export class Signals {
  readonly #process: NodeProcess;
  readonly #effects: SignalEffects;
  /** Of each number one at most, as on Linux. */
  readonly #pending = new Set<number>();
  readonly #handled = new Set<number>();
  #wakeupFile = -1;
  #alarm = { timer: 0, dueUs: 0, intervalUs: 0 };

  constructor(process: NodeProcess, effects: SignalEffects) {
    this.#process = process;
    this.#effects = effects;
  }

  /** The program handles (or ignores) a signal from now on, or with `isDefault` no longer. */
  handle(number: number, name: string, isDefault: boolean): void {
    if (isDefault) this.#handled.delete(number);
    else this.#handled.add(number);
    // Others cannot come from outside.
    const isKnown = (SIGNAL_NAMES as readonly string[]).includes(name);
    if (!isKnown || UNHANDLED_SIGNALS.has(name)) return;
    this.#process.onSignal(name, isDefault ? null : () => this.raise(number));
  }

  /** One has come that the program handles. */
  raise(number: number): void {
    this.#pending.add(number);
    if (this.#wakeupFile >= 0) this.#effects.notify(this.#wakeupFile, number);
    this.#effects.interrupt();
  }

  /** The lowest number of those that have come, 0 for none; it is taken. */
  take(): number {
    if (this.#pending.size === 0) return 0;
    const number = Math.min(...this.#pending);
    this.#pending.delete(number);
    return number;
  }

  setWakeup(file: number): void {
    this.#wakeupFile = file;
  }

  /** SIGALRM after so many seconds, and again after each interval; 0 for never. */
  setAlarm(seconds: number, interval: number): void {
    this.#process.clearTimer(this.#alarm.timer);
    this.#alarm = { timer: 0, dueUs: 0, intervalUs: usFromSeconds(interval) };
    if (seconds > 0) this.#wind(usFromSeconds(seconds));
  }

  /** Seconds until the alarm, 0 when none is set. */
  get alarmLeft(): number {
    const { timer, dueUs } = this.#alarm;
    return timer ? Math.max(0, dueUs - this.#process.nowUs()) / 1e6 : 0;
  }

  get alarmInterval(): number {
    return this.#alarm.intervalUs / 1e6;
  }

  #wind(delayUs: number): void {
    this.#alarm.dueUs = this.#process.nowUs() + delayUs;
    this.#alarm.timer = this.#process.setTimer(delayUs, () => this.#ring(), { label: ALARM_LABEL });
  }

  #ring(): void {
    this.#alarm.timer = 0;
    if (this.#alarm.intervalUs > 0) this.#wind(this.#alarm.intervalUs);
    if (this.#handled.has(ALARM.number)) this.raise(ALARM.number);
    else this.#process.exit(128 + ALARM.number, ALARM.name, ALARM.name);
  }
}
