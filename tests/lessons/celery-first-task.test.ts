// The first task: in the picture the ack leaves above the bar of the work, and to the eyes of `client` there is no
// cross on worker1.

import { expect, test } from 'vitest';
import { seenFrom } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('the ack leaves before the work begins, and client cannot see the death', async () => {
  for (const trace of await scenarioRuns('celery-first-task', 'killed', [1, 2, 3])) {
    const ack = idOf(trace, 'send', 'msg', 'ack');
    const work = idOf(trace, 'span', 'name', 'tasks.add');
    expect(trace.timeAt(ack)).toBeLessThan(trace.timeAt(work));
    const { has } = seenFrom(trace, 'client', Infinity);
    expect(has(idOf(trace, 'send', 'msg', 'task'))).toBe(true);
    expect(has(idOf(trace, 'kill'))).toBe(false);
    expect(has(ack)).toBe(false);
  }
});

/** The first event of a kind. */
function idOf(trace: TraceStore, kind: string, key = '', text = ''): number {
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) === kind && (key === '' || trace.textAt(id, key) === text)) return id;
  }
  throw new Error(`no ${kind} ${text}`);
}
