import { describe, expect, test } from 'vitest';
import { JobsFold, shuffledBetween, type JobLine } from './disco-jobs.ts';
import { TraceStore } from './store.ts';

const state = (tUs: number, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node: 'master', name, value },
});
const start = (tUs: number, node: string, command: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, command, incarnation },
});
const NODES = [
  start(0, 'master', 'disco-master'),
  start(0, 'n2', 'disco-node'),
  start(0, 'n1', 'disco-node --slots 2'),
];
const stage = (name: string, more: object = {}) => ({
  ...{ name, grouping: 'split', waiting: 0, pending: 0, running: 0, done: 0, failed: 0 },
  ...{ shuffled: [], ...more },
});
const jobs = (tUs: number, status = 'active', more: object = {}) =>
  state(tUs, 'disco jobs', [
    { name: 'Job@1', status, stages: [stage('map')], results: [], ...more },
  ]);
const task = (name: string, state: string, node: string, attempt: number | null, more = {}) => ({
  ...{ job: 'Job@1', task: name, state, node, attempt, failures: 0, avoided: [] },
  ...{ isLacking: false, outputs: [], ...more },
});
const tasks = (tUs: number, ...list: object[]) => state(tUs, 'disco tasks', list);

function traceOf(...events: object[]): TraceStore {
  const trace = new TraceStore();
  trace.take([{ lightcone: 1, build: 'test', seed: 1, nodes: ['master', 'n1', 'n2'] }, ...events]);
  return trace;
}

const attempts = (job: JobLine, name: string): string[] =>
  job.tasks
    .find((one) => one.name === name)!
    .attempts.map(({ number, node, fromUs, toUs, end }) =>
      [number, node, fromUs, toUs, end].join(' '),
    );

/** map:0 fails on n1, is done on n2, is lost there and runs again. */
const STORY = traceOf(
  ...NODES,
  jobs(10),
  tasks(10, task('map:0', 'running', 'n1', 1)),
  jobs(20),
  tasks(20, task('map:0', 'waiting', '', null, { failures: 1, avoided: ['n1'] })),
  tasks(30, task('map:0', 'running', 'n2', 2, { failures: 1, avoided: ['n1'] })),
  tasks(40, task('map:0', 'done', 'n2', null, { outputs: [{ label: 0, size: 7 }] })),
  tasks(50, task('map:0', 'pending', 'n2', null, { avoided: ['n1', 'n2'] })),
  tasks(60, task('map:0', 'running', 'n1', 3)),
  tasks(70, task('map:0', 'done', 'n1', null, { outputs: [{ label: 0, size: 9 }] })),
  jobs(80, 'ready', {
    stages: [
      stage('map', { shuffled: [['n1', 'n2', 5]] }),
      stage('x', { shuffled: [['n1', 'n2', 2]] }),
    ],
    results: ['disco://n1/disco/data/Job@1/map-0-3.0', 'tag://kept'],
  }),
  { tUs: 90, kind: 'kill', node: 'master' },
  start(100, 'master', 'disco-master', 2),
);

describe('attempts', () => {
  test.each([
    [15, ['1 n1 10  running']],
    [25, ['1 n1 10 20 failed']],
    [45, ['1 n1 10 20 failed', '2 n2 30 40 done']],
    [55, ['1 n1 10 20 failed', '2 n2 30 40 lost']],
    [75, ['1 n1 10 20 failed', '2 n2 30 40 lost', '3 n1 60 70 done']],
  ])('at %i', (tUs, expected) => {
    const [job] = new JobsFold(STORY).at(tUs).jobs;
    expect(attempts(job!, 'map:0')).toEqual(expected);
  });

  test('back in time is the same as for the first time', () => {
    const fold = new JobsFold(STORY);
    const later = fold.at(85);
    expect(fold.at(25)).toEqual(new JobsFold(STORY).at(25));
    expect(fold.at(85)).toEqual(later);
  });

  test('what a dead job leaves was dropped, and what killed it has failed', () => {
    const fold = new JobsFold(
      traceOf(
        ...NODES,
        jobs(10),
        tasks(10, task('map:0', 'running', 'n1', 1), task('map:1', 'running', 'n2', 2)),
        jobs(20, 'dead'),
        tasks(
          20,
          task('map:0', 'running', '', null, { failures: 1 }),
          task('map:1', 'running', '', null),
        ),
      ),
    );
    const [job] = fold.at(30).jobs;
    expect(attempts(job!, 'map:0')).toEqual(['1 n1 10 20 failed']);
    expect(attempts(job!, 'map:1')).toEqual(['2 n2 10 20 dropped']);
    expect(job!.endUs).toBe(20);
  });
});

test('results lie on a node and have the size of the output that they are', () => {
  const [job] = new JobsFold(STORY).at(80).jobs;
  expect(job!.results).toEqual([
    {
      ...{ url: 'disco://n1/disco/data/Job@1/map-0-3.0', node: 'n1' },
      ...{ path: '/disco/data/Job@1/map-0-3.0', size: 9 },
    },
    { url: 'tag://kept', node: '', path: '', size: null },
  ]);
  expect([...shuffledBetween(job!)]).toEqual([['n1 n2', 7]]);
});

test('with its master a job is forgotten, also when the master comes back', () => {
  const isForgotten = (tUs: number) => new JobsFold(STORY).at(tUs).jobs[0]!.isForgotten;
  expect([85, 95, 110].map(isForgotten)).toEqual([false, true, true]);
});

test('nodes by name, with how they stand', () => {
  const trace = traceOf(...NODES, { tUs: 5, kind: 'kill', node: 'n1' });
  expect(new JobsFold(trace).at(4).nodes[0]).toMatchObject({ life: 'alive', deathsUs: [] });
  expect(new JobsFold(trace).at(5).nodes).toEqual([
    { name: 'n1', life: 'killed', deathsUs: [5] },
    { name: 'n2', life: 'alive', deathsUs: [] },
  ]);
});

test('a lens that has not heard of it knows of no job', () => {
  const known = new JobsFold(STORY, (id) => STORY.timeAt(id) <= 10);
  expect(known.at(85).jobs.map(({ status, tasks: own }) => [status, own[0]!.state])).toEqual([
    ['active', 'running'],
  ]);
  expect(new JobsFold(STORY, () => false).at(85).jobs).toEqual([]);
});

test('blobs with the nodes of their replicas; what has another shape is left out', () => {
  const told = [{ tag: 'texts', blobs: [{ name: 'a$1-0', nodes: ['n1', 'n2'] }, 5] }, 'nonsense'];
  const trace = traceOf(
    ...NODES,
    state(10, 'disco blobs', told),
    state(20, 'disco tasks', [{ job: 'nobody' }, null]),
    state(30, 'disco jobs', { not: 'a list' }),
  );
  expect(new JobsFold(trace).at(40)).toMatchObject({
    jobs: [],
    tags: [{ tag: 'texts', blobs: [{ name: 'a$1-0', nodes: ['n1', 'n2'] }] }],
  });
});
