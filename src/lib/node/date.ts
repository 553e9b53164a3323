// Date in virtual time, UTC only: the local methods are the UTC ones, whatever zone the browser is in.
// Built on ECMAScript's own day arithmetic (21.4.1); parsing takes ISO 8601 and the text that toString
// and toUTCString write, nothing else, because engines agree on nothing else.

import { currentProcess } from './current.ts';
import { simErrors } from './engine-errors.ts';

/** The engine's own: what processes get counts calls. */
const { construct } = Reflect;

// The engine's Date is exact for UTC and explicit times; only zones, parsing and the clock differ.
const NativeDate = Date;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;

function nowMs(): number {
  const { port } = currentProcess();
  return port === null ? 0 : Math.floor(port.wallUs() / 1000);
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const ISO =
  /^([+-]\d{6}|\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/;
const TEXT =
  /^(?:[A-Z][a-z]{2},? )?(?:(\d{1,2}) ([A-Z][a-z]{2})|([A-Z][a-z]{2}) (\d{1,2}),?) (-?\d{1,6})(?: (\d\d):(\d\d)(?::(\d\d))?)?(?: (?:GMT|UTC|Z)(?:\+0000)?(?: \(.*\))?)?$/;

/** Milliseconds since 1970 of a text, NaN when it is none of the forms above. A missing zone means UTC. */
function parse(text: string): number {
  const iso = ISO.exec(text.trim());
  if (iso) {
    const [
      ,
      year,
      month = '01',
      day = '01',
      hour = '00',
      minute = '00',
      second = '00',
      fraction = '',
      zone,
    ] = iso;
    const ms = NativeDate.UTC(
      +year!,
      +month - 1,
      +day,
      +hour,
      +minute,
      +second,
      +fraction.padEnd(3, '0').slice(0, 3),
    );
    const isReal = +month >= 1 && +month <= 12 && +day >= 1 && +day <= daysIn(+year!, +month - 1);
    if (!isReal || +hour > 24 || +minute > 59 || +second > 59) return NaN;
    return yearFixed(ms, +year!) - zoneMs(zone);
  }
  const words = TEXT.exec(text.trim());
  if (!words) return NaN;
  const [
    ,
    dayFirst,
    monthAfter,
    monthFirst,
    dayAfter,
    year,
    hour = '0',
    minute = '0',
    second = '0',
  ] = words;
  const month = (MONTHS as readonly string[]).indexOf(monthAfter ?? monthFirst ?? '');
  if (month < 0) return NaN;
  return yearFixed(
    NativeDate.UTC(+year!, month, +(dayFirst ?? dayAfter!), +hour, +minute, +second),
    +year!,
  );
}

function daysIn(year: number, month: number): number {
  return new NativeDate(yearFixed(NativeDate.UTC(year, month + 1, 0), year)).getUTCDate();
}

/** Date.UTC reads the years 0 to 99 as 1900 to 1999. */
function yearFixed(ms: number, year: number): number {
  if (year < 0 || year > 99) return ms;
  return new NativeDate(ms).setUTCFullYear(year);
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
}

function timeFrom(args: readonly unknown[]): number {
  if (args.length === 0) return nowMs();
  if (args.length > 1) return NativeDate.UTC(...(args.map(Number) as [number, number]));
  const [value] = args;
  if (value instanceof SimDate) return value.getTime();
  const plain: unknown = typeof value === 'object' && value !== null ? value.valueOf() : value;
  return typeof plain === 'string' ? parse(plain) : new NativeDate(Number(plain)).getTime();
}

let nativeOf: (date: SimDate) => Date;

/** The Date of simulated processes; its clock is that of the process whose turn it is. */
export class SimDate {
  readonly #date: Date;

  static {
    nativeOf = (date) => date.#date;
  }

  constructor(...args: unknown[]) {
    this.#date = new NativeDate(timeFrom(args));
  }

  static now(): number {
    return nowMs();
  }
  static parse(text: unknown): number {
    return parse(String(text));
  }
  static UTC(...args: [number, number]): number {
    return NativeDate.UTC(...args);
  }

  valueOf(): number {
    return this.#date.getTime();
  }
  getTime(): number {
    return this.#date.getTime();
  }
  setTime(ms: number): number {
    return this.#date.setTime(ms);
  }
  getTimezoneOffset(): number {
    return Number.isNaN(this.getTime()) ? NaN : 0;
  }
  getYear(): number {
    return this.#date.getUTCFullYear() - 1900;
  }
  toISOString(): string {
    if (Number.isNaN(this.getTime())) throw new simErrors.RangeError('invalid date');
    return this.#date.toISOString();
  }
  toJSON(): string | null {
    return Number.isNaN(this.getTime()) ? null : this.toISOString();
  }
  toDateString(): string {
    const date = this.#date;
    if (Number.isNaN(this.getTime())) return 'Invalid Date';
    const year = date.getUTCFullYear();
    const yearText = year < 0 ? `-${pad(-year, 6)}` : pad(year, 4);
    return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${pad(date.getUTCDate())} ${yearText}`;
  }
  toTimeString(): string {
    const date = this.#date;
    if (Number.isNaN(this.getTime())) return 'Invalid Date';
    return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())} GMT+0000 (UTC)`;
  }
  toString(): string {
    return Number.isNaN(this.getTime())
      ? 'Invalid Date'
      : `${this.toDateString()} ${this.toTimeString()}`;
  }
  toUTCString(): string {
    return this.#date.toUTCString();
  }
  toLocaleString(): string {
    return this.#plainText();
  }
  toLocaleDateString(): string {
    return this.#plainText().slice(0, 10);
  }
  toLocaleTimeString(): string {
    return this.#plainText().slice(11);
  }
  /** `2026-01-01 00:00:02`, where other engines' locales would each say something else. */
  #plainText(): string {
    return Number.isNaN(this.getTime())
      ? 'Invalid Date'
      : this.toISOString().replace('T', ' ').slice(0, 19);
  }
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? this.valueOf() : this.toString();
  }
}

const FIELDS = [
  'FullYear',
  'Month',
  'Date',
  'Day',
  'Hours',
  'Minutes',
  'Seconds',
  'Milliseconds',
] as const;

/** `getHours` and `getUTCHours` are one function, and so are the setters. */
function defineFields(): void {
  const prototype = SimDate.prototype as unknown as Record<string, unknown>;
  const define = (name: string, utcName: Exclude<keyof Date, symbol>) => {
    const method = {
      [name](this: SimDate, ...args: unknown[]): unknown {
        const date = nativeOf(this);
        return (date[utcName] as (...args: unknown[]) => unknown).apply(date, args);
      },
    }[name];
    Object.defineProperty(prototype, name, {
      value: method,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  };
  for (const field of FIELDS) {
    for (const verb of field === 'Day' ? ['get'] : ['get', 'set']) {
      const utcName = `${verb}UTC${field}` as Exclude<keyof Date, symbol>;
      define(`${verb}${field}`, utcName);
      define(utcName, utcName);
    }
  }
}
defineFields();

/** `Date(…)` without `new` gives the text of now, as in ECMAScript. */
const callable = {
  Date: function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new SimDate().toString();
    return construct(SimDate, args, new.target === callable ? SimDate : new.target);
  },
}.Date;
for (const name of ['now', 'parse', 'UTC'] as const) {
  Object.defineProperty(callable, name, {
    value: SimDate[name],
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
Object.defineProperty(callable, 'prototype', { value: SimDate.prototype, writable: false });
Object.defineProperty(callable, 'length', { value: 7 });
Object.defineProperty(SimDate.prototype, 'constructor', {
  value: callable,
  writable: true,
  configurable: true,
});

/** What learners know as Date. */
export const DateConstructor: unknown = callable;
