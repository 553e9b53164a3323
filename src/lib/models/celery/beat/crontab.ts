// `crontab(...)`: at which minutes an entry is due. Texts and rules are those of celery/schedules.py
// (5.2.6): five fields, all of which must fit (a day of the week AND a day of the month), names only
// for days of the week.

import { CeleryError } from '../errors.ts';

/** What a field may be given as. */
export type CrontabField = number | string | readonly number[];

export interface CrontabFields {
  /** 0 to 59. */
  minute?: CrontabField;
  /** 0 to 23. */
  hour?: CrontabField;
  /** 0 (Sunday) to 6, or `mon`. */
  dayOfWeek?: CrontabField;
  /** 1 to 31. */
  dayOfMonth?: CrontabField;
  /** 1 to 12. */
  monthOfYear?: CrontabField;
}

/** A pattern that nobody can read. Frozen, as all that learners of a realm share. */
export class ParseException extends CeleryError {
  override name = 'ParseException';
  override get pythonModule(): string {
    return 'celery.schedules';
  }
}

/** Python's own of that name. */
class ValueError extends CeleryError {
  override name = 'ValueError';
  override get pythonModule(): string {
    return 'builtins';
  }
}

/** Field -> how many values it has, and the first. The order is that of `repr`. */
const FIELDS = {
  minute: [60, 0],
  hour: [24, 0],
  dayOfWeek: [7, 0],
  dayOfMonth: [31, 1],
  monthOfYear: [12, 1],
} as const;
type FieldName = keyof typeof FIELDS;
/** Names of the fields. */
export const CRONTAB_FIELDS = Object.keys(FIELDS) as readonly FieldName[];

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const RANGE = '(\\w+?)-(\\w+)';
const STEPS = '/(\\w+)?';

const MINUTE_US = 60_000_000;
const DAY_MINUTES = 1440;
/** A 29th of February comes within eight years; what comes later never does. */
const HORIZON_DAYS = 366 * 9;

export class Crontab {
  readonly kind = 'crontab';
  readonly #given: Readonly<Record<FieldName, CrontabField>>;
  readonly #values: Readonly<Record<FieldName, ReadonlySet<number>>>;

  /** @throws ParseException, ValueError with Celery's texts */
  constructor(fields: CrontabFields = {}) {
    const given = Object.fromEntries(
      CRONTAB_FIELDS.map((name) => [name, fields[name] ?? '*'] as const),
    ) as Record<FieldName, CrontabField>;
    this.#given = given;
    this.#values = Object.fromEntries(
      CRONTAB_FIELDS.map((name) => [name, expand(given[name], FIELDS[name])] as const),
    ) as Record<FieldName, ReadonlySet<number>>;
  }

  /** Values of a field, in order. */
  valuesOf(name: FieldName): number[] {
    return [...this.#values[name]].sort((a, b) => a - b);
  }

  /** The first due minute after the one in which `wallUs` lies, in microseconds since 1970. */
  nextAfter(wallUs: number): number {
    const first = Math.floor(wallUs / MINUTE_US) + 1;
    let day = Math.floor(first / DAY_MINUTES);
    let from = first - day * DAY_MINUTES;
    for (const last = day + HORIZON_DAYS; day < last; day++, from = 0) {
      if (!this.#fitsDay(day)) continue;
      const minute = this.#minuteFrom(from);
      if (minute !== null) return (day * DAY_MINUTES + minute) * MINUTE_US;
    }
    return Infinity;
  }

  #fitsDay(day: number): boolean {
    const date = new Date(day * DAY_MINUTES * 60_000);
    return (
      this.#values.dayOfWeek.has(date.getUTCDay()) &&
      this.#values.dayOfMonth.has(date.getUTCDate()) &&
      this.#values.monthOfYear.has(date.getUTCMonth() + 1)
    );
  }

  #minuteFrom(from: number): number | null {
    for (let minute = from; minute < DAY_MINUTES; minute++) {
      if (!this.#values.hour.has(Math.floor(minute / 60))) minute += 59 - (minute % 60);
      else if (this.#values.minute.has(minute % 60)) return minute;
    }
    return null;
  }

  /** `<crontab: 0 4 * * mon (m/h/d/dM/MY)>`. */
  toString(): string {
    const words = CRONTAB_FIELDS.map((name) => {
      const given = this.#given[name];
      return typeof given === 'object' ? `[${given.join(', ')}]` : String(given);
    });
    return `<crontab: ${words.join(' ')} (m/h/d/dM/MY)>`;
  }
}
for (const Class of [ParseException, Crontab]) {
  Object.freeze(Class);
  Object.freeze(Class.prototype);
}

function expand(
  given: CrontabField,
  [count, first]: readonly [number, number],
): ReadonlySet<number> {
  const values = valuesOf(given, count, first);
  const last = first + count - 1;
  for (const value of values) {
    if (Number.isInteger(value) && value >= first && value <= last) continue;
    throw new ValueError(
      `Invalid crontab pattern.  Valid range is ${first}-${last}. '${value}' was found.`,
    );
  }
  return new Set(values);
}

function valuesOf(given: CrontabField, count: number, first: number): readonly number[] {
  if (typeof given === 'number') return [given];
  if (typeof given === 'string') return new FieldReader(count, first).read(given);
  if (Array.isArray(given)) return given as readonly number[];
  throw new ValueError(
    `Argument cronspec needs to be a number, a string or a list: ${typeof given}`,
  );
}

/** Celery's `crontab_parser`. */
class FieldReader {
  readonly #count: number;
  readonly #first: number;

  constructor(count: number, first: number) {
    this.#count = count;
    this.#first = first;
  }

  read(text: string): number[] {
    return text.split(',').flatMap((part) => {
      if (part === '') throw new ParseException('empty part');
      return this.#part(part);
    });
  }

  #part(part: string): number[] {
    const stepped = new RegExp(`^${RANGE}${STEPS}`).exec(part);
    if (stepped) return every(this.#range(stepped[1]!, stepped[2]!), stepped[3]);
    const range = new RegExp(`^${RANGE}`).exec(part);
    if (range) return this.#range(range[1]!, range[2]!);
    const star = new RegExp(`^\\*${STEPS}`).exec(part);
    if (star) return every(this.#all(), star[1]);
    return part.startsWith('*') ? this.#all() : [this.#number(part)];
  }

  #all(): number[] {
    return Array.from({ length: this.#count }, (_, index) => this.#first + index);
  }

  /** `fri-mon` goes round the end. */
  #range(fromText: string, toText: string): number[] {
    const from = this.#number(fromText);
    const to = this.#number(toText);
    return to < from
      ? this.#all().filter((value) => value >= from || value <= to)
      : this.#all().filter((value) => value >= from && value <= to);
  }

  #number(text: string): number {
    const value = /^\d+$/.test(text)
      ? Number(text)
      : WEEKDAYS.indexOf(text.slice(0, 3).toLowerCase());
    if (value < 0) throw new ValueError(`Invalid weekday literal '${text}'.`);
    const last = this.#first + this.#count - 1;
    if (value > last) throw new ValueError(`Invalid end range: ${value} > ${last}.`);
    if (value < this.#first) {
      throw new ValueError(`Invalid beginning range: ${value} < ${this.#first}.`);
    }
    return value;
  }
}

function every(values: readonly number[], stepText: string | undefined): number[] {
  if (stepText === undefined) throw new ParseException('empty filter');
  const step = Number(stepText);
  if (!Number.isInteger(step) || step === 0) {
    throw new ValueError(`invalid literal for int() with base 10: '${stepText}'`);
  }
  return values.filter((_, index) => index % step === 0);
}
