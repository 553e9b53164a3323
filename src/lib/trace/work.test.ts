import { expect, test } from 'vitest';
import { TraceStore } from './store.ts';
import { WorkFold } from './work.ts';

const state = (tUs: number, node: string, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node, name, value },
});
const start = (tUs: number, node: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, machine: node, command: 'x', incarnation },
});
const online = { state: 'online', size: 2, queues: ['celery'] };

/** w1 begins a task and dies; w2 gets it, fails, and is told to try again. */
function story(): TraceStore {
  const trace = new TraceStore();
  trace.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['broker', 'c', 'w1', 'w2'] },
    start(0, 'broker'),
    start(0, 'w1'),
    start(0, 'w2'),
    state(1, 'broker', 'connections', 3),
    state(2, 'w1', 'worker/w1@h', online),
    state(2, 'w2', 'worker/w2@h', { ...online, size: 1 }),
    state(10, 'c', 'call/a', { what: 'tasks.pay(7)', retries: 0, queue: 'celery' }),
    state(10, 'c', 'task/a', 'SENT'),
    state(11, 'c', 'call/b', { what: 'tasks.pay(8)', retries: 0, queue: 'celery' }),
    state(11, 'c', 'task/b', 'SENT'),
    state(12, 'broker', 'queue/celery', { ready: 2, unacked: 0 }),
    state(20, 'w1', 'task/a', 'RECEIVED'),
    state(21, 'w1', 'task/b', 'RECEIVED'),
    state(22, 'broker', 'queue/celery', { ready: 0, unacked: 2 }),
    state(30, 'w1', 'task/a', 'STARTED'),
    { tUs: 40, kind: 'kill', node: 'w1' },
    state(50, 'w2', 'task/a', 'RECEIVED'),
    state(60, 'w2', 'task/a', 'STARTED'),
    state(65, 'w2', 'call/a', { what: 'tasks.pay(7)', retries: 1, queue: 'slow' }),
    state(65, 'w2', 'task/a', 'SENT'),
    state(80, 'w2', 'task/a', 'RETRY'),
    start(90, 'w1', 2),
    state(95, 'w1', 'worker/w1@h', online),
  ]);
  return trace;
}

test('tasks, workers and queues as they stand at a time', () => {
  const work = new WorkFold(story()).at(30);
  expect(work.tasks).toMatchObject([
    { taskId: 'a', what: 'tasks.pay(7)', state: 'STARTED', worker: 'w1', startedUs: 30, sent: 1 },
    { taskId: 'b', state: 'RECEIVED', worker: 'w1', startedUs: null, isOrphan: false },
  ]);
  expect(work.workers).toMatchObject([
    { name: 'w1@h', node: 'w1', life: 'alive', size: 2, active: 1, reserved: 1, done: 0 },
    { name: 'w2@h', active: 0, reserved: 0 },
  ]);
  expect(work.queues).toEqual([
    {
      ...{ name: 'celery', node: 'broker', ready: 0, unacked: 2 },
      history: [
        { tUs: 12, ready: 2 },
        { tUs: 22, ready: 0 },
      ],
    },
  ]);
  expect(work.servers).toEqual([{ node: 'broker', life: 'alive', connections: 3 }]);
});

test('what a dead worker had is orphaned until somebody else has it', () => {
  const fold = new WorkFold(story());
  const dead = fold.at(45);
  expect(dead.tasks.map(({ isOrphan }) => isOrphan)).toEqual([true, true]);
  expect(dead.workers[0]).toMatchObject({ life: 'killed', active: 0, reserved: 0 });
  expect(fold.at(60).tasks[0]).toMatchObject({ worker: 'w2', isOrphan: false, delivered: 2 });
  // A new life of the worker does not have what the old one had.
  const again = fold.at(100);
  expect(again.workers[0]).toMatchObject({ life: 'alive', active: 0, reserved: 0 });
});

test('an attempt that has sent the next one still ends as it ends', () => {
  const { tasks, workers } = new WorkFold(story()).at(80);
  expect(tasks[0]).toMatchObject({ state: 'RETRY', retries: 1, queue: 'slow', endedUs: 80 });
  expect(workers[1]).toMatchObject({ done: 1 });
});

test('backward it shows what it showed before, and through a lens only what is known', () => {
  const fold = new WorkFold(story());
  const before = fold.at(30);
  fold.at(100);
  expect(fold.at(30)).toEqual(before);
  const trace = story();
  const known = new WorkFold(trace, (id) => trace.processAt(id).node === 'c');
  expect(known.at(100).tasks.map(({ state, delivered }) => [state, delivered])).toEqual([
    ['SENT', 0],
    ['SENT', 0],
  ]);
  expect(known.at(100).workers).toEqual([]);
});
