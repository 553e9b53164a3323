// When an entry of beat's schedule is due: every so many seconds, or by `crontab`. As in
// celery/schedules.py, an entry that was never sent counts as sent when beat first saw it.

import { ImproperlyConfigured } from '../errors.ts';
import type { PublishOptions } from '../app.ts';
import type { CallValues } from '../space.ts';
import { type Crontab } from './crontab.ts';

/** Every so many microseconds. */
export interface Interval {
  kind: 'interval';
  everyUs: number;
}

export type Schedule = Interval | Crontab;

/** One line of the schedule: what is sent, and when. */
export interface PeriodicEntry {
  name: string;
  /** Name of the task: nobody looks whether it exists. */
  task: string;
  schedule: Schedule;
  call: CallValues;
  options: PublishOptions;
}

/**
 * An interval.
 *
 * @param seconds above 0
 */
export function intervalOf(seconds: number): Interval {
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new ImproperlyConfigured(`invalid schedule: ${seconds} is no number of seconds above 0`);
  }
  return { kind: 'interval', everyUs: Math.max(1, Math.round(seconds * 1e6)) };
}

/** When an entry that was sent at `lastUs` is due again; wall-clock microseconds. */
export function nextDueUs(schedule: Schedule, lastUs: number): number {
  return schedule.kind === 'interval' ? lastUs + schedule.everyUs : schedule.nextAfter(lastUs);
}

/** `<freq: 1.00 second>`, `<crontab: 0 4 * * * (m/h/d/dM/MY)>`: as the log at DEBUG shows it. */
export function reprSchedule(schedule: Schedule): string {
  if (schedule.kind === 'crontab') return schedule.toString();
  return `<freq: ${humanSeconds(schedule.everyUs / 1e6)}>`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `5.00 minutes`, `1.00 second`, `now`: Celery's `humanize_seconds`. */
export function humanSeconds(seconds: number, prefix = ''): string {
  const rounded = Number(seconds.toFixed(2));
  const found = UNITS.find(([, length]) => rounded >= length);
  if (!found) return 'now';
  const [unit, divider] = found;
  const count = rounded / divider;
  return `${prefix}${count.toFixed(2)} ${unit}${count === 1 ? '' : 's'}`;
}
