// The first lesson says that a machine without power, a paused one and one that is cut off look the
// same to whoever waits. What its client can know is compared, message by message, up to its end.

import { expect, test } from 'vitest';
import { seenFrom } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

const SEEDS = [1, 2, 3];

test('client sees the same three worlds, and another one when worker2 is killed', async () => {
  const views = async (id: string): Promise<string[][]> =>
    (await scenarioRuns('three-worlds', id, SEEDS)).map(viewOfClient);
  const off = await views('off');
  expect(off[0]!.length).toBeGreaterThan(10);
  expect(off[0]!.join()).toContain('worker2: no reply');
  expect(await views('paused')).toEqual(off);
  expect(await views('cut')).toEqual(off);
  expect(await views('killed')).not.toEqual(off);
});

/** Everything that the client can know by the end of the run, in the order of time. */
function viewOfClient(trace: TraceStore): string[] {
  const { has } = seenFrom(trace, 'client', Infinity);
  const seen: string[] = [];
  for (let id = 0; id < trace.eventCount; id++) {
    if (!has(id)) continue;
    const texts = ['msg', 'to', 'text'].map((key) => trace.textAt(id, key) ?? '');
    const who = trace.processAt(id).name;
    seen.push([trace.timeAt(id), who, trace.kindAt(id), ...texts].join(' '));
  }
  return seen;
}
