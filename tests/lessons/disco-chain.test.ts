// The lesson says what each reduce has, in which order its results are joined, and that the second job reads
// them where they lie. Shown by the tab Jobs, and by who reads which file.

import { expect, test } from 'vitest';
import { JobsFold } from '#lib/trace/disco-jobs.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

/** What each of the two reduces is given by the hash, in the order in which it leaves it. */
const PARTS = [
  '["and",5] ["bird",3] ["dog",4] ["saw",5] ["the",11]',
  '["a",3] ["cat",3] ["fox",4]',
];

test('each reduce keeps its own words, the results follow each other, Counts reads both', async () => {
  for (const trace of await scenarioRuns('disco-chain', 'start', [1, 2, 3])) {
    const [words, counts] = new JobsFold(trace).at(Infinity).jobs;
    // One pair is one line.
    const sizes = PARTS.map((part) => part.length + 1);
    const reduces = words!.tasks.filter(({ stage }) => stage === 'reduce');
    expect(reduces.map(({ name }) => name)).toEqual(['reduce:8', 'reduce:9']);
    expect(reduces.map(({ outputs }) => outputs.map(({ size }) => size))).toEqual(
      sizes.map((size) => [size]),
    );
    expect(words!.results.map(({ size }) => size)).toEqual(sizes);

    const maps = counts!.tasks.filter(({ stage }) => stage === 'map');
    expect(maps).toHaveLength(words!.results.length);
    const read = readByTasks(trace);
    expect(words!.results.filter(({ path }) => !read.has(path))).toEqual([]);
  }
});

/** Paths that processes of tasks have read: `n1/6`, and not the data server of `n1`. */
function readByTasks(trace: TraceStore): Set<string> {
  const paths = new Set<string>();
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'file' || trace.textAt(id, 'op') !== 'read') continue;
    if (trace.processAt(id).name.includes('/')) paths.add(trace.textAt(id, 'path')!);
  }
  return paths;
}
