import { expect, test } from 'vitest';
import { nodeStatesAt } from './node-states.ts';
import { TraceStore } from './store.ts';

const start = (tUs: number, node: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, incarnation, command: 'x' },
});
const span = (tUs: number, node: string, op: string, number: number, detail?: string) => ({
  ...{ tUs, kind: 'span', node, op, span: number, name: 'pay', detail },
});
const wait = { kind: 'wait', node: 'c', wait: 1, what: 'data from w', line: 'c.ts:7' };

const trace = new TraceStore();
trace.take([
  { lightcone: 1, build: 'test', seed: 1, nodes: ['c', 'w'] },
  start(0, 'c'),
  start(5, 'w'),
  start(6, 'w/1'),
  { ...wait, tUs: 10, op: 'begin', by: 'w w/1' },
  span(20, 'w/1', 'begin', 1, '(7)'),
  span(30, 'w', 'begin', 1),
  span(40, 'w', 'end', 1),
  { tUs: 50, kind: 'kill', node: 'w/1' },
  { tUs: 50, kind: 'kill', node: 'w' },
  { ...wait, tUs: 60, op: 'end' },
  start(70, 'w', 2),
]);
const at = (tUs: number) => nodeStatesAt(trace, ['c', 'w'], tUs);

test('who has not started stands for nothing', () => {
  expect(at(4)[1]).toEqual({
    ...{ node: 'w', status: 'unborn', incarnation: 0, sinceUs: null },
    ...{ work: null, wait: null, childCount: 0 },
  });
});

test('who waits tells for what, since when, where in the program, and who could end it', () => {
  expect(at(15)[0]).toMatchObject({
    ...{ status: 'waiting', sinceUs: 10, work: null },
    wait: { what: 'data from w', line: 'c.ts:7', by: ['w', 'w/1'] },
  });
  expect(at(60)[0]).toMatchObject({ status: 'ready', sinceUs: 60, wait: null });
});

test('a node is busy with what it or a child of it began last', () => {
  expect(at(25)[1]).toMatchObject({
    ...{ status: 'busy', sinceUs: 20, childCount: 1 },
    work: { text: 'pay(7)', count: 1 },
  });
  expect(at(30)[1]).toMatchObject({ sinceUs: 30, work: { text: 'pay', count: 2 } });
  expect(at(40)[1]).toMatchObject({ sinceUs: 20, work: { text: 'pay(7)', count: 1 } });
});

test('who is gone is gone since its death, and back as another incarnation', () => {
  expect(at(65)[1]).toMatchObject({ status: 'killed', sinceUs: 50, work: null, childCount: 0 });
  expect(at(70)[1]).toMatchObject({ status: 'ready', sinceUs: 70, incarnation: 2 });
});
