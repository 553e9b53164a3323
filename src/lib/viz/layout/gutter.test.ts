import { expect, test } from 'vitest';
import { formatTick, type Tick } from './axis.ts';
import { freeTicks, gutterOf, markY, tagOf } from './gutter.ts';
import { textWidth } from './labels.ts';

const phone = gutterOf(44);
const desktop = gutterOf(64);
const HOURS_US = 3_600e6;
const tickAt = (y: number, text: string): Tick => ({ row: 0, y, text, isBreak: false });

test('every time of a day fits the gutter of a phone, and its tag', () => {
  const times = [0, 999_900, 9_999_000, 99.9e6, 1029e6, 3599e6, 2 * HOURS_US, 23.99 * HOURS_US];
  for (const tUs of times) {
    expect(textWidth(formatTick(tUs, true)) + phone.inset).toBeLessThanOrEqual(44);
    expect(tagOf(phone, tUs, 0).width).toBeLessThanOrEqual(44);
  }
  expect(formatTick(1029e6, true)).toBe('17:09');
  expect(formatTick(7_380e6, true)).toBe('2h03');
});

test('a time gives way to a mark that would cover it, and only to that', () => {
  const tag = tagOf(phone, 0, -100);
  expect(freeTicks([tickAt(50, '17:09'), tickAt(90, '17:10')], phone, tag, [45])).toMatchObject([
    { y: 90 },
  ]);
  // 10.3 stands right of the strip where the gutter is wide.
  expect(freeTicks([tickAt(50, '10.3')], desktop, tag, [50])).toHaveLength(1);
  expect(freeTicks([tickAt(50, '10.3')], desktop, tagOf(desktop, 0, 60), [])).toEqual([]);
});

test('a mark at the cursor stands clear of a tag that is as wide as the gutter', () => {
  const wide = tagOf(phone, 1029e6, 100);
  expect([70, 95, 100, 110, 130].map((y) => markY(y, wide))).toEqual([70, 81, 81, 119, 130]);
  expect(markY(100, tagOf(desktop, 412_000, 100))).toBe(100);
});
