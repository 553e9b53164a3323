// Expected times and texts: celery/schedules.py of 5.2.6, looked at with the real one.

import { describe, expect, test } from 'vitest';
import { Crontab, ParseException, type CrontabFields } from './crontab.ts';
import { humanSeconds, intervalOf, nextDueUs } from './schedule.ts';

const us = (iso: string): number => Date.parse(`${iso}Z`) * 1000;
const next = (fields: CrontabFields, from: string): string =>
  new Date(new Crontab(fields).nextAfter(us(from)) / 1000).toISOString().slice(0, 16);

describe('crontab', () => {
  test.each<[CrontabFields, string, string]>([
    [{}, '2026-01-01T00:00:00', '2026-01-01T00:01'],
    [{}, '2026-01-01T00:00:59.999', '2026-01-01T00:01'],
    [{ minute: '*/15' }, '2026-01-01T00:46:00', '2026-01-01T01:00'],
    [{ minute: 0, hour: 4 }, '2026-01-01T04:00:00', '2026-01-02T04:00'],
    [{ minute: 30, hour: '8-10' }, '2026-01-01T10:31:00', '2026-01-02T08:30'],
    // 2026-01-01 is a Thursday.
    [{ minute: 0, hour: 0, dayOfWeek: 'mon' }, '2026-01-01T00:00:00', '2026-01-05T00:00'],
    [{ minute: 0, hour: 0, dayOfWeek: 'sat-mon' }, '2026-01-04T12:00:00', '2026-01-05T00:00'],
    [{ minute: [5, 7], hour: 23 }, '2026-01-01T23:05:10', '2026-01-01T23:07'],
    [
      { minute: 0, hour: 0, dayOfMonth: 29, monthOfYear: 2 },
      '2026-01-01T00:00:00',
      '2028-02-29T00:00',
    ],
    // Both must fit.
    [
      { minute: 0, hour: 0, dayOfMonth: 13, dayOfWeek: 5 },
      '2026-01-01T00:00:00',
      '2026-02-13T00:00',
    ],
  ])('%j after %s is due at %s', (fields, from, due) => {
    expect(next(fields, from)).toBe(due);
  });

  test('a 30th of February never comes', () => {
    const never = new Crontab({ dayOfMonth: 30, monthOfYear: 2 });
    expect(never.nextAfter(us('2026-01-01T00:00:00'))).toBe(Infinity);
  });

  test('steps count from the first value', () => {
    expect(new Crontab({ hour: '1-23/6' }).valuesOf('hour')).toEqual([1, 7, 13, 19]);
    expect(new Crontab({ dayOfMonth: '*/10' }).valuesOf('dayOfMonth')).toEqual([1, 11, 21, 31]);
  });

  test('shows itself as the real one', () => {
    expect(String(new Crontab({ minute: '*/1' }))).toBe('<crontab: */1 * * * * (m/h/d/dM/MY)>');
  });

  test.each<[CrontabFields, string]>([
    [{ minute: 60 }, "Invalid crontab pattern.  Valid range is 0-59. '60' was found."],
    [{ dayOfMonth: 0 }, "Invalid crontab pattern.  Valid range is 1-31. '0' was found."],
    [{ minute: '61' }, 'Invalid end range: 61 > 59.'],
    [{ monthOfYear: '0' }, 'Invalid beginning range: 0 < 1.'],
    [{ dayOfWeek: 'someday' }, "Invalid weekday literal 'someday'."],
    [{ minute: '1,,2' }, 'empty part'],
    [{ minute: '*/' }, 'empty filter'],
  ])('%j is refused', (fields, message) => {
    expect(() => new Crontab(fields)).toThrow(message);
  });

  test('what cannot be read is a ParseException', () => {
    expect(() => new Crontab({ minute: '1,,2' })).toThrow(ParseException);
  });
});

test('an interval counts from the last time', () => {
  expect(nextDueUs(intervalOf(1.5), 10)).toBe(1_500_010);
  expect(() => intervalOf(0)).toThrow('invalid schedule: 0');
});

test.each([
  [300, '5.00 minutes'],
  [1, '1.00 second'],
  [1.99, '1.99 seconds'],
  [0.99, 'now'],
  [3600, '1.00 hour'],
])('%d s reads %s', (seconds, text) => {
  expect(humanSeconds(seconds)).toBe(text);
});
