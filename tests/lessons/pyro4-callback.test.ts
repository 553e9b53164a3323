// What the text says of the circle in the Waits panel, and of left, which is read while order is at work.

import { expect, test } from 'vitest';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { callsAtOnce } from '../support/daemons.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('guest waits for kitchen, kitchen for the bell, the bell for kitchen', async () => {
  const [trace] = await scenarioRuns('pyro4-callback', 'start');
  const { edges } = waitGraphAt(trace!, trace!.frontierUs);
  expect(edges.map(({ from, to, circle }) => [from, ...to, circle])).toEqual([
    ['guest', 'kitchen', 'deadlock'],
    ['kitchen', 'guest', 'deadlock'],
    ['guest', 'kitchen', 'deadlock'],
  ]);
});

test('with threads two calls are inside kitchen, without only one', async () => {
  const [start] = await scenarioRuns('pyro4-callback', 'start');
  const [thread] = await scenarioRuns('pyro4-callback', 'thread');
  expect(callsAtOnce(start!, 'kitchen')).toBe(1);
  expect(callsAtOnce(thread!, 'kitchen')).toBe(2);
});
