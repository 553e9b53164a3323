// What the tab Jobs shows of the tasks of `n1` after its death, and who found out.

import { expect, test } from 'vitest';
import { JobsFold } from '#lib/trace/disco-jobs.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('two maps of n1 were done and are lost; a map_shuffle says so before they run again', async () => {
  for (const trace of await scenarioRuns('disco-word-count', 'lost', [1, 2, 3])) {
    const [job] = new JobsFold(trace).at(Infinity).jobs;
    const attempts = job!.tasks.flatMap((task) =>
      task.attempts.map((attempt) => ({ ...attempt, task: task.name })),
    );
    const lost = attempts.filter(({ end }) => end === 'lost');
    expect(lost.map(({ node, task }) => `${node} ${task}`)).toEqual(['n1 map:0', 'n1 map:3']);

    const again = attempts.filter(({ task, end }) => /^map:[03]$/.test(task) && end === 'done');
    expect(again.map(({ node }) => node)).not.toContain('n1');
    const saidUs = timeOfFailure(trace, /^map_shuffle:\d+: input$/);
    expect(again.every(({ fromUs }) => fromUs >= saidUs)).toBe(true);
  }
});

/** When master first heard that a task could not read its input. */
function timeOfFailure(trace: TraceStore, preview: RegExp): number {
  for (let id = 0; id < trace.eventCount; id++) {
    const isFailure = trace.kindAt(id) === 'send' && trace.textAt(id, 'msg') === 'failed';
    if (isFailure && preview.test(trace.textAt(id, 'preview')!)) return trace.timeAt(id);
  }
  return Infinity;
}
