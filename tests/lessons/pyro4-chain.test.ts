// The text says that a thread server lets two calls into one object at once, and a multiplex server does not.

import { expect, test } from 'vitest';
import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { ObjectsFold } from '#lib/trace/remote-objects.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('two calls are inside a when it is a thread server, and one when it is not', async () => {
  const [ring] = await scenarioRuns('pyro4-chain', 'ring');
  const [thread] = await scenarioRuns('pyro4-chain', 'thread');
  expect(callsAtOnce(ring!, 'a')).toBe(1);
  expect(callsAtOnce(thread!, 'a')).toBe(2);
  expect(callsAtOnce(thread!, 'b')).toBe(1);
});

/** The most calls that the Objects panel ever shows at work in a node's daemon. */
function callsAtOnce(trace: TraceStore, node: string): number {
  const objects = new ObjectsFold(trace, new RemoteCalls(trace));
  let most = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    for (const daemon of objects.at(trace.timeAt(id)).daemons) {
      if (daemon.node === node) most = Math.max(most, daemon.busy);
    }
  }
  return most;
}
