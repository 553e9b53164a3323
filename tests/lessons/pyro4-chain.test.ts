// The text says that a thread server lets two calls into one object at once, and a multiplex server does not.

import { expect, test } from 'vitest';
import { callsAtOnce } from '../support/daemons.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('two calls are inside a when it is a thread server, and one when it is not', async () => {
  const [ring] = await scenarioRuns('pyro4-chain', 'ring');
  const [thread] = await scenarioRuns('pyro4-chain', 'thread');
  expect(callsAtOnce(ring!, 'a')).toBe(1);
  expect(callsAtOnce(thread!, 'a')).toBe(2);
  expect(callsAtOnce(thread!, 'b')).toBe(1);
});
