// What the text says of the two calls inside one account, and of whom the lock lets buy.

import { expect, test } from 'vitest';
import { findMoment } from '#lib/lessons/pattern.ts';
import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { ObjectsFold } from '#lib/trace/remote-objects.ts';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

test('where the picture stops two calls are inside', async () => {
  for (const trace of await scenarioRuns('pyro4-shop', 'lost', [1, 2, 3])) {
    const second = findMoment(trace, { deliver: 'invoke', to: 'shop', nth: 6 });
    const { daemons } = new ObjectsFold(trace, new RemoteCalls(trace)).at(trace.timeAt(second));
    expect(daemons.find(({ node }) => node === 'shop')).toMatchObject({
      server: 'thread',
      busy: 2,
    });
  }
});

test('who gets the goods differs from seed to seed', async () => {
  const seeds = Array.from({ length: 8 }, (_, index) => index + 1);
  const runs = await scenarioRuns('pyro4-shop', 'locked', seeds);
  const ada = runs.filter((trace) => linesOf(trace, 'ada').includes('80 bought'));
  const ben = runs.filter((trace) => linesOf(trace, 'ben').includes('90 bought'));
  expect(ada.length).toBeGreaterThan(0);
  expect(ben.length).toBeGreaterThan(0);
  expect(ada.length + ben.length).toBe(8);
});
