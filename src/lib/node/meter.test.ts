import { describe, expect, test } from 'vitest';
import {
  ALLOCATION,
  CALLS_MAX,
  fileIndexOf,
  isStop,
  lineOf,
  Meter,
  positionOf,
  TICK_NS,
} from './meter.ts';

test('a position holds a file and a line', () => {
  const position = positionOf(3, 70_000);
  expect([fileIndexOf(position), lineOf(position)]).toEqual([3, 70_000]);
});

describe('NODE7 CPU time', () => {
  test('is 50 ns per tick, and what models declare', () => {
    const meter = new Meter();
    meter.n = 10;
    meter.spendNs(1_234);
    expect(meter.usedNs).toBe(10 * TICK_NS + 1_234);
  });

  test('starts anew with each turn', () => {
    const meter = new Meter();
    meter.n = 10;
    meter.spendNs(5);
    meter.beginTurn();
    expect(meter.usedNs).toBe(0);
  });

  test('leaves fewer ticks when models have spent', () => {
    const meter = new Meter();
    meter.beginTurn(1_000);
    expect(meter.max).toBe(20);
    meter.spendNs(500);
    expect(meter.max).toBe(10);
  });
});

describe('NODE7 a stop', () => {
  test('carries the line, and stays the same stop for whoever swallows it', () => {
    const meter = new Meter();
    meter.at = positionOf(0, 12);
    meter.n = meter.max + 1;
    let first: unknown;
    try {
      meter.over();
    } catch (error) {
      first = error;
    }
    expect(isStop(first) && lineOf(first.at)).toBe(12);
    expect(() => meter.over()).toThrow(expect.toSatisfy((again) => again === first));
    expect(meter.stop).toBe(first);
  });

  test('is never handed to a catch clause', () => {
    const meter = new Meter();
    meter.n = meter.max + 1;
    expect(() => {
      try {
        meter.over();
      } catch (error) {
        meter.caught(error);
      }
    }).toThrow(expect.toSatisfy(isStop));
  });

  test('strikes when a turn allocates without bound', () => {
    const meter = new Meter();
    expect(() => {
      for (let i = 0; i < 1e6; i++) meter.sized(1_000, 8);
    }).toThrow(expect.toSatisfy((it) => isStop(it) && it.reason === 'memory'));
  });

  test('does not strike for lengths the engine refuses anyway', () => {
    const meter = new Meter();
    expect(meter.sized(-1, 8)).toBe(-1);
    expect(meter.sized('text', 8)).toBe('text');
    expect(meter.stop).toBeNull();
  });
});

test('too deep is an ordinary RangeError with the limit in it', () => {
  const meter = new Meter();
  meter.depth = CALLS_MAX + 1;
  expect(() => meter.over()).toThrow(/calls nested too deep: the limit is 1000/);
  expect(meter.stop).toBeNull();
});

test('what is known to be free again may be allocated again', () => {
  const meter = new Meter();
  const { room } = meter;
  meter.allocate(ALLOCATION.entry);
  meter.release(ALLOCATION.entry);
  meter.release(ALLOCATION.entry);
  expect(meter.room).toBe(room);
});

test('strings and bigints stop growing long before an engine refuses', () => {
  const meter = new Meter();
  expect(meter.grown('short')).toBe('short');
  expect(() => meter.grown('x'.repeat(2 ** 26 + 1))).toThrow(/string too long/);
  expect(() => meter.grown(1n << 300_000n)).toThrow(/bigint too large/);
});
