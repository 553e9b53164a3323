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

test('n1 comes back: its files lie there under tries that are over', async () => {
  for (const trace of await scenarioRuns('disco-word-count', 'back', [1, 2])) {
    const [job] = new JobsFold(trace).at(Infinity).jobs;
    const counted = job!.tasks.flatMap(({ name, attempts }) =>
      attempts.filter(({ end }) => end === 'done').map(({ number }) => `${name}-${number}`),
    );
    const files = filesOfN1(trace);
    expect(files).toEqual([
      expect.stringMatching(/\/map-0-\d+\.0$/),
      expect.stringMatching(/\/map-3-\d+\.0$/),
    ]);
    const tries = files.map((path) => /(map)-(\d-\d+)\.0$/.exec(path)!.slice(1).join(':'));
    expect(counted.filter((one) => /^map:[03]-/.test(one))).toHaveLength(2);
    expect(counted.filter((one) => tries.includes(one))).toEqual([]);
  }
});

/** What tasks have written on `n1`, and nobody has removed. */
function filesOfN1(trace: TraceStore): string[] {
  const paths = new Set<string>();
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'file' || trace.processAt(id).node !== 'n1') continue;
    const [op, path] = [trace.textAt(id, 'op'), trace.textAt(id, 'path')!];
    if (op === 'write') paths.add(path);
    if (op === 'remove') paths.delete(path);
  }
  return [...paths].sort();
}
