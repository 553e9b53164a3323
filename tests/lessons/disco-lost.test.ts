// Where the files of the lesson lie, who reads from whom, and how long Disco tries, as the tab Jobs has it.

import { expect, test } from 'vitest';
import { runInSandbox } from '../../bin/experiment.ts';
import { readLesson } from '#lib/lessons/folder.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { JobsFold, type DiscoJobs } from '#lib/trace/disco-jobs.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('day1 and day4 lie on n1, the others on a node each, and maps read what is near', async () => {
  for (const trace of await scenarioRuns('disco-lost', 'whole', [1, 2, 3])) {
    const { tags, jobs } = new JobsFold(trace).at(Infinity);
    const [rain] = tags;
    expect(rain!.blobs.map(({ nodes }) => nodes.join())).toEqual(['n1', 'n2', 'n3', 'n1']);
    const map = jobs[0]!.stages.find(({ name }) => name === 'map');
    expect(map!.shuffled).toEqual([]);
  }
});

test('with two replicas each file lies on two nodes', async () => {
  const [trace] = await scenarioRuns('disco-lost', 'done');
  const [rain] = new JobsFold(trace!).at(Infinity).tags;
  expect(rain!.blobs.map(({ nodes }) => new Set(nodes).size)).toEqual([2, 2, 2, 2]);
});

test('n1 gone: one node, then the other, a pause before each, and after an hour and a half an end', async () => {
  const { attempts } = mapZero((await patiently()).at(Infinity));
  expect(attempts).toHaveLength(101);
  for (const [index, { node, fromUs }] of attempts.entries()) {
    const before = attempts[index - 1];
    if (!before) continue;
    if (index === 1) expect(node).not.toBe(before.node);
    expect(['n2', 'n3']).toContain(node);
    expect(fromUs - before.toUs!).toBeGreaterThanOrEqual(Math.min(index, 60) * 1_000_000);
  }
  const minutes = attempts.at(-1)!.toUs! / 60_000_000;
  expect(minutes).toBeGreaterThan(80);
  expect(minutes).toBeLessThan(110);
});

function mapZero({ jobs }: DiscoJobs) {
  expect(jobs[0]!.status).toBe('dead');
  const tasks = jobs[0]!.tasks.filter(({ name }) => name === 'map:0' || name === 'map:3');
  return tasks.find(({ attempts }) => attempts.length === 101)!;
}

/** The scenario, with three hours instead of two minutes. */
async function patiently(): Promise<JobsFold> {
  const lesson = await readLesson('disco-lost', (code) => code);
  const faults = JSON.stringify(lesson.scenarios!['gone']!.faults);
  const cluster = lesson.files['cluster.json']!.replace('120000', String(3 * 3_600_000));
  const prepared = await prepare({
    ...lesson.files,
    'cluster.json': cluster,
    'faults.json': faults,
  });
  const trace = new TraceStore();
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) =>
    trace.append(`${line}\n`),
  );
  return new JobsFold(trace);
}
