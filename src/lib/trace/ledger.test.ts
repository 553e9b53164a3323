import { expect, test } from 'vitest';
import { ledgerAt } from './ledger.ts';
import { TraceStore } from './store.ts';

const state = (tUs: number, node: string, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node, name, value },
});
const effect = (tUs: number, value: unknown) => ({
  ...{ tUs, kind: 'effect', node: 'w1', name: 'tasks.pay(7)', value },
});

/** A task that is redelivered after its worker died over it, and one that nobody takes. */
function redelivered(): TraceStore {
  const trace = new TraceStore();
  trace.take([
    {
      lightcone: 1,
      build: 'test',
      seed: 1,
      nodes: ['c', 'w1', 'w2'],
    },
    state(10, 'c', 'task/a', 'SENT'),
    state(11, 'c', 'task/b', 'SENT'),
    state(20, 'w1', 'task/a', 'RECEIVED'),
    state(30, 'w1', 'task/a', 'STARTED'),
    effect(40, 'a'),
    state(41, 'w1', 'queue/celery', { ready: 1, unacked: 1 }),
    effect(42, 'unheard of'),
    state(50, 'w2', 'task/a', 'RECEIVED'),
    state(60, 'w2', 'task/a', 'STARTED'),
    effect(70, 'a'),
    state(80, 'w2', 'task/a', 'SUCCESS'),
    state(90, 'w2', 'ack/a', true),
  ]);
  return trace;
}

test('what happened to a task is counted up to the time that is shown', () => {
  const trace = redelivered();
  expect(ledgerAt(trace, 9)).toEqual([]);
  expect(ledgerAt(trace, 40)).toMatchObject([
    { taskId: 'a', sent: 1, delivered: 1, started: 1, applied: 1, acked: 0, stored: 0 },
    { taskId: 'b', sent: 1, delivered: 0, started: 0, applied: 0, acked: 0, stored: 0 },
  ]);
});

test('a task that was carried out twice shows', () => {
  expect(ledgerAt(redelivered(), 100)[0]).toEqual({
    ...{ taskId: 'a', what: 'tasks.pay(7)' },
    ...{ sent: 1, delivered: 2, started: 2, applied: 2, acked: 1, stored: 1 },
  });
});

test('an ack counts once it leaves: a worker that is struck before has told nobody', () => {
  const trace = new TraceStore();
  const send = (tUs: number, node: string, to: string) => ({
    ...{ tUs, kind: 'send', node, to, proto: 'amqp', msg: 'ack', bytes: 1, preview: '' },
  });
  trace.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['c', 'w1', 'w2'] },
    state(20, 'w1', 'task/a', 'RECEIVED'),
    state(30, 'w1', 'ack/a', true),
    { tUs: 30, kind: 'kill', node: 'w1' },
    state(50, 'w2', 'task/a', 'RECEIVED'),
    state(60, 'w2', 'ack/a', true),
    send(60, 'w2', 'c'),
    { tUs: 60, kind: 'kill', node: 'w2' },
  ]);
  expect(ledgerAt(trace, 50)).toMatchObject([{ delivered: 2, acked: 0 }]);
  expect(ledgerAt(trace, 60)).toMatchObject([{ delivered: 2, acked: 1 }]);
});

test('effects and states of other things are nobody’s', () => {
  expect(ledgerAt(redelivered(), 100).map(({ taskId }) => taskId)).toEqual(['a', 'b']);
});
