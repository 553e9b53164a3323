import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setCurrent } from './current.ts';
import { DateConstructor } from './date.ts';
import { Meter } from './meter.ts';
import { JobQueue } from './promise.ts';

const SimDate = DateConstructor as DateConstructor;
const port = {
  wallUs: () => 1_767_225_600_123_456,
  monotonicUs: () => 0,
  random: () => 0,
  randomBytes: (count: number) => new Uint8Array(count),
  setTimer: () => 0,
  clearTimer: () => undefined,
  log: () => undefined,
};
beforeAll(() => void setCurrent({ queue: new JobQueue(), meter: new Meter(), port }));
afterAll(() => void setCurrent(null));

test("KT1 now is the machine's wall clock", () => {
  expect(SimDate.now()).toBe(1_767_225_600_123);
  expect(new SimDate().toISOString()).toBe('2026-01-01T00:00:00.123Z');
  expect(SimDate()).toBe('Thu Jan 01 2026 00:00:00 GMT+0000 (UTC)');
});

test('local time is UTC', () => {
  const date = new SimDate(2024, 1, 29, 12, 30);
  expect(date.getTime()).toBe(Date.UTC(2024, 1, 29, 12, 30));
  expect([date.getHours(), date.getDay(), date.getTimezoneOffset()]).toEqual([12, 4, 0]);
  date.setMonth(0);
  expect(date.toString()).toBe('Mon Jan 29 2024 12:30:00 GMT+0000 (UTC)');
  expect(date.toLocaleString()).toBe('2024-01-29 12:30:00');
});

describe('a text', () => {
  test.each([
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2024', Date.UTC(2024, 0, 1)],
    ['2024-02-29T12:30', Date.UTC(2024, 1, 29, 12, 30)],
    ['2024-02-29T12:30:15.5+02:00', Date.UTC(2024, 1, 29, 10, 30, 15, 500)],
    ['-000001-01-01T00:00:00Z', -62_198_755_200_000],
    ['0099-01-01', -59_042_995_200_000],
    ['Thu, 29 Feb 2024 12:30:00 GMT', Date.UTC(2024, 1, 29, 12, 30)],
    ['Feb 29 2024', Date.UTC(2024, 1, 29)],
  ])('%s is read', (text, ms) => {
    expect(SimDate.parse(text)).toBe(ms);
  });

  test.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    'tomorrow',
    '',
    '29/02/2024',
    '2024-01-01T25:00',
  ])('%s is no date', (text) => {
    expect(SimDate.parse(text)).toBeNaN();
  });

  test('that toString and toISOString write is read back', () => {
    const date = new SimDate(1_709_209_815_000);
    expect(SimDate.parse(date.toString())).toBe(date.getTime());
    expect(SimDate.parse(date.toISOString())).toBe(date.getTime());
    expect(SimDate.parse(date.toUTCString())).toBe(date.getTime());
  });
});

test('an invalid date says so', () => {
  const date = new SimDate(NaN);
  expect([String(date), date.toJSON(), date.getTime()]).toEqual(['Invalid Date', null, NaN]);
  expect(() => date.toISOString()).toThrow('invalid date');
});

test('dates compare, subtract and copy', () => {
  const [early, late] = [new SimDate(1_000), new SimDate(2_000)];
  expect([early < late, Number(late) - Number(early), new SimDate(late).getTime()]).toEqual([
    true,
    1_000,
    2_000,
  ]);
  expect(JSON.stringify({ early })).toBe('{"early":"1970-01-01T00:00:01.000Z"}');
  expect(early).toBeInstanceOf(SimDate);
  expect(early.constructor).toBe(SimDate);
});
