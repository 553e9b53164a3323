import { expect, test } from 'vitest';
import { Steps } from './steps.ts';

function stepsOf(...changes: [tUs: number, value: number][]): Steps {
  const steps = new Steps();
  for (const [tUs, value] of changes) steps.set(tUs, value);
  return steps;
}

test('a number stands still between its changes', () => {
  const steps = stepsOf([10, 2], [30, 5], [40, 0]);
  expect([0, 9, 10, 29, 30, 39, 40, 99].map((tUs) => steps.valueAt(tUs))).toEqual([
    0, 0, 2, 2, 5, 5, 0, 0,
  ]);
});

test('of several changes at one instant the last one counts', () => {
  const steps = stepsOf([10, 2], [10, 3], [20, 3]);
  expect(steps.length).toBe(1);
  expect(steps.valueAt(10)).toBe(3);
});

test('the highest and the mean of a stretch', () => {
  const steps = stepsOf([10, 2], [30, 5], [40, 0]);
  expect(steps.maxIn(0, 9)).toBe(0);
  expect(steps.maxIn(12, 29)).toBe(2);
  expect(steps.maxIn(29, 30)).toBe(5);
  // 2 × 20 and 5 × 10 over 50.
  expect(steps.meanIn(0, 50)).toBe(90 / 50);
  expect(steps.meanIn(20, 35)).toBe((2 * 10 + 5 * 5) / 15);
  expect(steps.meanIn(0, 5)).toBe(0);
});

test('two numbers are added, whichever changed first', () => {
  const sum = stepsOf([10, 2], [30, 0]);
  sum.blend(stepsOf([5, 1], [10, 4], [50, 0]));
  expect([4, 5, 10, 29, 30, 50].map((tUs) => sum.valueAt(tUs))).toEqual([0, 1, 6, 6, 4, 0]);
  expect(sum.meanIn(0, 50)).toBe((5 * 1 + 20 * 6 + 20 * 4) / 50);
  sum.change(60, 2);
  expect(sum.valueAt(60)).toBe(2);
  const alone = new Steps();
  alone.blend(stepsOf([7, 1]));
  expect(alone.valueAt(7)).toBe(1);
});
