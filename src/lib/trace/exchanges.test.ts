import { expect, test } from 'vitest';
import { Exchanges } from './exchanges.ts';
import { TraceStore } from './store.ts';

const HEADER = { lightcone: 1, build: 'test', seed: 1, nodes: ['a', 'b', 's'] };
const start = (node: string) => ({ tUs: 0, kind: 'start', node, incarnation: 1, command: 'x' });
const bytes = { bytes: 1, preview: '' };

interface More {
  cause?: number;
  conn?: number;
  proto?: string;
}

const send = (
  tUs: number,
  node: string,
  to: string,
  msg: string,
  { cause, ...more }: More = {},
) => ({
  ...{ tUs, kind: 'send', node, cause, to, proto: 'node', msg, ...bytes, ...more },
});
const deliver = (tUs: number, node: string, id: number, from: string, msg: string, more = {}) => ({
  ...{ tUs, kind: 'deliver', node, cause: id, send: id, from, proto: 'node', msg, ...more },
});

function exchangesOf(...lines: object[]): Exchanges {
  const trace = new TraceStore();
  trace.take([HEADER, start('a'), start('b'), start('s'), ...lines]);
  const exchanges = new Exchanges(trace);
  for (let id = 0; id < trace.eventCount; id++) exchanges.take(id);
  return exchanges;
}

function waiting(exchanges: Exchanges, node: string, ...times: number[]): number[] {
  const steps = exchanges.waitingAt(node);
  return times.map((tUs) => steps?.valueAt(tUs) ?? 0);
}

test('an answer belongs to the question in consequence of which it was sent', () => {
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'ask'), // 3
    send(11, 'a', 's', 'ask'), // 4
    deliver(20, 's', 3, 'a', 'ask'), // 5
    deliver(21, 's', 4, 'a', 'ask'), // 6
    send(30, 's', 'a', 'answer', { cause: 6 }), // 7
    send(31, 's', 'a', 'answer', { cause: 5 }), // 8
    deliver(40, 'a', 7, 's', 'answer'), // 9
    deliver(41, 'a', 8, 's', 'answer'), // 10
  );
  expect(exchanges.at(0)).toEqual({ askId: 3, arrivedId: 5, answerId: 8, endId: 10 });
  expect(exchanges.at(1)).toEqual({ askId: 4, arrivedId: 6, answerId: 7, endId: 9 });
  expect([...exchanges.ended.data.subarray(0, 2)]).toEqual([1, 0]);
  expect(waiting(exchanges, 's', 19, 20, 21, 29, 30, 31)).toEqual([0, 1, 2, 2, 1, 0]);
});

test('a server that takes questions out of a list of its own answers the oldest', () => {
  const timer = { tUs: 25, kind: 'timer', node: 's', timer: 1 };
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'ask'), // 3
    send(11, 'b', 's', 'ask'), // 4
    send(12, 'b', 's', 'ask'), // 5
    deliver(20, 's', 3, 'a', 'ask'), // 6
    { ...timer, tUs: 20, op: 'set', cause: 6, dueUs: 25 }, // 7
    deliver(21, 's', 4, 'b', 'ask'), // 8
    deliver(22, 's', 5, 'b', 'ask'), // 9
    { ...timer, op: 'fired', cause: 7 }, // 10
    send(25, 's', 'a', 'answer', { cause: 10 }), // 11
    send(26, 's', 'b', 'answer', { cause: 10 }), // 12
  );
  const answers = [0, 1, 2].map((index) => exchanges.at(index).answerId);
  expect(answers).toEqual([11, 12, -1]);
  expect(waiting(exchanges, 's', 22, 25, 26)).toEqual([3, 2, 1]);
});

test('a question that was lost is nobody’s to answer', () => {
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'ask'), // 3
    { tUs: 12, kind: 'lose', node: 'a', send: 3, reason: 'loss' },
    send(20, 'a', 's', 'ask'), // 5
    deliver(30, 's', 5, 'a', 'ask'), // 6
    send(31, 's', 'a', 'answer', { cause: 6 }), // 7
  );
  expect(exchanges.at(0)).toMatchObject({ arrivedId: -1, answerId: -1 });
  expect(exchanges.at(1)).toMatchObject({ arrivedId: 6, answerId: 7, endId: -1 });
  expect(exchanges.ended.length).toBe(0);
});

test('what waited at a process is gone with it', () => {
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'ask'), // 3
    send(11, 'b', 's', 'ask'), // 4
    deliver(20, 's', 3, 'a', 'ask'), // 5
    deliver(21, 's', 4, 'b', 'ask'), // 6
    send(25, 's', 'a', 'answer', { cause: 5 }), // 7
    { tUs: 30, kind: 'kill', node: 's' },
  );
  expect(waiting(exchanges, 's', 21, 25, 30)).toEqual([2, 1, 0]);
});

test('a message that was not asked for is no answer, and a word that nobody answers waits for nothing', () => {
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'heartbeat'), // 3
    deliver(20, 's', 3, 'a', 'heartbeat'), // 4
    // Of its own accord: in no turn that a message began.
    send(25, 's', 'a', 'task', { cause: 2 }), // 5
    deliver(30, 'a', 5, 's', 'task'), // 6
    send(35, 'a', 's', 'done', { cause: 6 }), // 7
  );
  expect(exchanges.at(1)).toMatchObject({ askId: 5, answerId: 7 });
  expect(waiting(exchanges, 's', 20, 99)).toEqual([0, 0]);
  expect(waiting(exchanges, 'a', 30, 35)).toEqual([1, 0]);
});

test('on a connection who connected asks, in one piece or several', () => {
  const conn = { conn: 1 };
  const exchanges = exchangesOf(
    { tUs: 1, kind: 'connect', node: 'a', conn: 1, to: 's', port: 80 }, // 3
    send(10, 'a', 's', 'data', conn), // 4
    send(11, 'a', 's', 'data', conn), // 5
    deliver(20, 's', 4, 'a', 'data', conn), // 6
    deliver(21, 's', 5, 'a', 'data', conn), // 7
    send(30, 's', 'a', 'data', { ...conn, cause: 7 }), // 8
    send(31, 's', 'a', 'data', { ...conn, cause: 7 }), // 9: the rest of the answer
  );
  expect(exchanges.count).toBe(2);
  expect(exchanges.at(1)).toMatchObject({ askId: 5, answerId: 8 });
  expect(waiting(exchanges, 's', 20, 21, 30)).toEqual([1, 2, 0]);
});

test('where the vocabulary tells questions from answers, either side may ask', () => {
  const rpyc = { conn: 1, proto: 'rpyc' };
  const exchanges = exchangesOf(
    send(10, 'a', 's', 'callattr', rpyc), // 3
    deliver(20, 's', 3, 'a', 'callattr', rpyc), // 4
    send(21, 's', 'a', 'call', { ...rpyc, cause: 4 }), // 5: it asks back
    deliver(30, 'a', 5, 's', 'call', rpyc), // 6
    send(31, 'a', 's', 'reply', { ...rpyc, cause: 6 }), // 7
    deliver(40, 's', 7, 'a', 'reply', rpyc), // 8
    send(41, 's', 'a', 'reply', { ...rpyc, cause: 8 }), // 9
  );
  expect(exchanges.at(0)).toMatchObject({ askId: 3, answerId: 9 });
  expect(exchanges.at(1)).toMatchObject({ askId: 5, answerId: 7, endId: 8 });
});
