// What the experiments for learners are to show (tests/fixtures/experiments/celery-*).

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../bin/experiment.ts';
import { experiment, type Experiment, type ExperimentOptions } from './harness.ts';

async function open(name: string): Promise<Experiment> {
  const folder = new URL(`../../fixtures/experiments/${name}/`, import.meta.url);
  const files = await readFolder(fileURLToPath(folder));
  const { nodes, network, untilMs } = JSON.parse(files['cluster.json']!) as ExperimentOptions;
  return experiment({
    files,
    nodes,
    ...(network ? { network } : {}),
    ...(untilMs === undefined ? {} : { untilMs }),
  });
}

test('SEMANTICS 1.11 prefetch: a worker holds up to four tasks behind a long one', async () => {
  const run = await open('celery-prefetch');
  const held = (queue: string) =>
    run
      .lines('client')
      .filter((line) => line.startsWith(`${queue}: 8`))
      .map((line) => line.split(' ')[3]);
  expect(held('four')).toEqual(['t0', 't2', 't4', 't6', 't8']);
  expect(held('fair')).toEqual(['t0', 't2', 't4', 't6', 't8']);
  expect(held('one')).toEqual(['t0', 't2']);
  expect(held('late')).toEqual(['t0']);
});

test('SEMANTICS 1.7 visibility timeout: two workers run one task', async () => {
  const run = await open('celery-visibility-timeout');
  const paid = (who: string) => run.of('effect').filter(({ name }) => name === `paid ${who}`);
  expect(paid('ada').map(({ node }) => node)).toEqual(['worker1/1', 'worker2/1']);
  expect(paid('bob')).toHaveLength(2);
  const begun = run.whenMs('worker2', 'begins for ada');
  expect(begun).toBeGreaterThan(run.whenMs('worker1', 'begins for ada') + 10_000);
  expect(begun).toBeLessThan(run.whenMs('worker1', 'has paid ada'));
});

test('a web application answers at once when a worker does the work', async () => {
  const run = await open('celery-web-application');
  const waits = (node: string) =>
    run.lines(node).map((line) => Number(/answer after ([\d.]+) s/.exec(line)?.[1]));
  expect(waits('atSlow')).toEqual([2.04, 3.54, 5.04, 6.54, 8.04]);
  expect(waits('atQuick').every((seconds) => seconds < 0.2)).toBe(true);
  for (const node of ['atSlow', 'atQuick']) {
    expect(run.lines(node).filter((line) => line.endsWith(': stock has 5 pages'))).toHaveLength(1);
  }
});

test('SEMANTICS 1.10 a chord with a failed or lost member fails, and its errback says so', async () => {
  const run = await open('celery-chord-failure');
  expect(run.lines('client')).toEqual([
    'well: 6 SUCCESS',
    'a member fails: RangeError nothing to count FAILURE',
    'a member dies: WorkerLostError Worker exited prematurely: exitcode 1 Job: 4. FAILURE',
    'group and then: 6 SUCCESS',
    'a chain breaks: RangeError nothing to count FAILURE',
    'with a callback: 4 SUCCESS',
    'the callback: 8 SUCCESS',
    'with an errback: RangeError nothing to count FAILURE',
  ]);
  const told = [...run.lines('worker1'), ...run.lines('worker2')].filter((line) =>
    / failed: /.test(line),
  );
  expect(told.map((line) => line.replace(/^.*\] /, ''))).toEqual([
    'tasks.total failed: ChordError',
    'tasks.count failed: RangeError',
    'tasks.total failed: ChordError',
  ]);
});

describe('SEMANTICS 1.7 a task that kills its pool process', () => {
  test('fails once, or comes back for ever', async () => {
    const run = await open('celery-killer-task');
    expect(run.lines('client')).toEqual([
      'once: WorkerLostError FAILURE',
      'again: TimeoutError PENDING',
      'others still run: 3',
    ]);
    const received = (task: string) =>
      run.lines('worker').filter((line) => line.includes(`${task}[`) && line.endsWith('received'));
    expect(received('tasks.once')).toHaveLength(1);
    expect(received('tasks.again').length).toBeGreaterThan(20);
  });
});

test('SEMANTICS 1.11 pools: two at a time, or one after the other without an answer', async () => {
  const run = await open('celery-pools');
  const lines = run.lines('client');
  expect(lines[0]).toBe('answer: prefork@prefork threads@threads');
  const seconds = (pool: string) =>
    lines
      .filter((line) => line.startsWith(`${pool}:`))
      .map((line) => Math.round(Number(line.split(' ')[1])));
  expect(seconds('prefork')).toEqual([3, 3, 6, 6]);
  expect(seconds('threads')).toEqual([3, 3, 6, 6]);
  expect(seconds('solo')).toEqual([3, 6, 9, 12]);
  const rest = lines.slice(1).map((line) => line.replace(/^.* s, /, ''));
  expect(new Set(rest)).toEqual(new Set(['its own request: true, children: 1']));
});
