import { expect, test } from 'vitest';
import { TraceStore } from './store.ts';
import { Units } from './units.ts';

const state = (tUs: number, node: string, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node, name, value },
});
const future = (tUs: number, node: string, told: string) =>
  state(tUs, node, 'scoop futures', { id: 'm/1', call: 'f(3)', state: told });

function unitsOf(...lines: object[]): Units {
  const trace = new TraceStore();
  trace.take([{ lightcone: 1, build: 'test', seed: 1, nodes: ['c', 'w1', 'w2'] }, ...lines]);
  const units = new Units(trace);
  for (let id = 0; id < trace.eventCount; id++) units.take(id);
  return units;
}

test('a task of Celery that is run twice has ended once, when it ended first', () => {
  const units = unitsOf(
    state(5, 'c', 'call/a', { what: 'tasks.pay(7)' }),
    state(10, 'c', 'task/a', 'SENT'),
    state(20, 'w1', 'task/a', 'STARTED'),
    state(30, 'w2', 'task/a', 'STARTED'),
    state(40, 'w1', 'task/a', 'SUCCESS'),
    state(50, 'w2', 'task/a', 'SUCCESS'),
  );
  expect(units.all.get('a')).toMatchObject({
    ...{ kind: 'celery', what: 'tasks.pay(7)', begun: 2, done: 2, failed: 0 },
    ...{ nodes: ['w1', 'w2'], submittedUs: 5, endedUs: 40 },
  });
  expect(units.ended.length).toBe(1);
  const steps = units.waiting.get('celery')!;
  expect([5, 10, 19, 20].map((tUs) => steps.valueAt(tUs))).toEqual([0, 1, 1, 0]);
});

test('a future of SCOOP that waits for others has begun once; a lost one waits again', () => {
  const units = unitsOf(
    future(10, 'c', 'submitted'),
    future(20, 'w1', 'running'),
    future(25, 'w1', 'waiting'),
    future(30, 'w1', 'running'),
    future(40, 'c', 'lost'),
    future(50, 'w2', 'running'),
    future(60, 'w2', 'done'),
  );
  expect(units.all.get('m/1')).toMatchObject({
    ...{ what: 'f(3)', begun: 2, done: 1, lost: 1, nodes: ['w1', 'w2'], endedUs: 60 },
  });
  const steps = units.waiting.get('scoop')!;
  expect([10, 20, 40, 50].map((tUs) => steps.valueAt(tUs))).toEqual([1, 0, 1, 0]);
});

test('a task of Disco is begun with each attempt; one of a dead job waits for nothing', () => {
  const jobs = (tUs: number, status: string) =>
    state(tUs, 'c', 'disco jobs', [{ name: 'j', status, stages: [] }]);
  const task = (told: string, attempt: number | null, failures = 0) => ({
    ...{ job: 'j', task: 'map:0', state: told, node: 'w1', attempt, failures },
  });
  const late = { ...task('waiting', null), task: 'reduce:0' };
  const tasks = (tUs: number, first: object) => state(tUs, 'c', 'disco tasks', [first, late]);
  const units = unitsOf(
    jobs(10, 'active'),
    tasks(10, task('running', 1)),
    tasks(20, task('pending', 1, 1)),
    tasks(30, task('running', 2, 1)),
    tasks(40, task('done', null, 1)),
    jobs(50, 'dead'),
    tasks(50, task('done', null, 1)),
  );
  expect(units.all.get('j/map:0')).toMatchObject({ begun: 2, done: 1, failed: 1, endedUs: 40 });
  expect(units.all.get('j/reduce:0')).toMatchObject({ begun: 0, done: 0, endedUs: null });
  const steps = units.waiting.get('disco')!;
  expect([10, 20, 30, 40, 50].map((tUs) => steps.valueAt(tUs))).toEqual([1, 2, 1, 1, 0]);
});

test('what has not the shape that it should have is left out', () => {
  const units = unitsOf(
    state(1, 'c', 'scoop futures', 7),
    state(2, 'c', 'scoop futures', { id: 3 }),
    state(3, 'c', 'disco tasks', { job: 'j' }),
    state(4, 'c', 'disco jobs', null),
  );
  expect(units.all.size).toBe(0);
});
