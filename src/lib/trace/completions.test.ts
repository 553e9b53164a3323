import { expect, test } from 'vitest';
import { Completions } from './completions.ts';

/** At 0, 10, …, 990: the k-th took k + 1. */
function hundred(): Completions {
  const done = new Completions();
  for (let k = 0; k < 100; k++) done.push(10 * k, k + 1);
  return done;
}

test('quantiles are by nearest rank and exact', () => {
  expect(hundred().stretch(0, 1000, 1000, 1000)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99 });
  const few = new Completions();
  for (const duration of [7, 3, 5]) few.push(1, duration);
  expect(few.stretch(0, 10, 10, 10)).toEqual({ count: 3, p50: 5, p95: 7, p99: 7 });
});

test('an instant belongs to the stretch that begins with it', () => {
  const done = hundred();
  // 100 to 190: 11 to 20.
  expect(done.stretch(1, 100, 1000, 1000)).toEqual({ count: 10, p50: 15, p95: 20, p99: 20 });
  expect(done.stretch(10, 100, 2000, 2000).count).toBe(0);
});

test('what ends after what is seen does not count, and counts when it is seen', () => {
  const done = hundred();
  expect(done.stretch(0, 100, 50, 1000)).toEqual({ count: 6, p50: 3, p95: 6, p99: 6 });
  expect(done.stretch(0, 100, 100, 1000).count).toBe(10);
  // Back again, after it was kept.
  expect(done.stretch(0, 100, 50, 1000).count).toBe(6);
});

test('a stretch that is not read to its end is not kept', () => {
  const done = new Completions();
  done.push(10, 1);
  expect(done.stretch(0, 100, 500, 60).count).toBe(1);
  done.push(70, 3);
  expect(done.stretch(0, 100, 500, 500)).toEqual({ count: 2, p50: 1, p95: 3, p99: 3 });
  done.push(600, 3);
  expect(done.stretch(0, 200, 900, 900).count).toBe(2);
});

test('single ones are listed as long as they are few', () => {
  const done = hundred();
  expect(done.countAt(20)).toBe(3);
  expect(done.list(10, 20, 5)).toEqual([
    { tUs: 10, durationUs: 2 },
    { tUs: 20, durationUs: 3 },
  ]);
  expect(done.list(0, 990, 99)).toEqual([]);
});
