import { expect, test } from 'vitest';
import { Estimates } from './estimates.ts';
import { Future } from './future.ts';
import { FutureQueue } from './queue.ts';

function future(number: number, depth = 0, key = 'f'): Future {
  const made = new Future(['w', number], { call: null, text: '', key });
  made.depth = depth;
  return made;
}

test('the newest children run first, the oldest futures go to others', () => {
  const queue = new FutureQueue(new Estimates());
  for (const [number, depth] of [
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
  ] as const) {
    queue.add(future(number, depth));
  }
  expect([queue.take(), queue.take()].map((it) => it?.id[1])).toEqual([5, 3]);
  expect([queue.takeOldest(), queue.takeOldest()].map((it) => it?.id[1])).toEqual([1, 2]);
  expect(queue.length).toBe(1);
});

test('how long it takes is not known before four runs', () => {
  const estimates = new Estimates();
  const queue = new FutureQueue(estimates);
  expect(queue.durationNs).toBe(0);
  const [first, second] = [future(1), future(2)];
  queue.add(first);
  queue.add(second);
  for (const ns of [10, 20, 30]) estimates.note('f', ns);
  expect(queue.durationNs).toBe(Infinity);
  estimates.note('f', 40);
  expect(queue.durationNs).toBe(50);
  expect([queue.remove(first), queue.remove(first), queue.durationNs]).toEqual([true, false, 25]);
});
