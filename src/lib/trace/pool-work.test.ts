import { expect, test } from 'vitest';
import { PoolWork } from './pool-work.ts';
import { TraceStore } from './store.ts';

const start = (tUs: number, node: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, machine: 'm', command: 'x', incarnation },
});
const future = (tUs: number, node: string, id: string, state: string) => ({
  ...{ tUs, kind: 'state', node, name: 'scoop futures' },
  value: { id, call: `f(${id})`, state, worker: node },
});
const worker = (tUs: number, node: string, state: string) => ({
  ...{ tUs, kind: 'state', node, name: 'scoop workers', value: { worker: node, state } },
});

/** p/2 dies while it runs future 1; p/1 sends it again and runs it itself. */
const STORY = [
  { lightcone: 1, build: 'test', seed: 1, nodes: ['p'] },
  start(0, 'p/1'),
  start(0, 'p/2'),
  worker(5, 'p/1', 'busy'),
  future(6, 'p/1', '1', 'submitted'),
  future(7, 'p/1', '1', 'sent'),
  worker(10, 'p/2', 'busy'),
  future(10, 'p/2', '1', 'running'),
  worker(12, 'p/1', 'idle'),
  { tUs: 20, kind: 'kill', node: 'p/2' },
  future(50, 'p/1', '1', 'lost'),
  worker(60, 'p/1', 'busy'),
  future(60, 'p/1', '1', 'running'),
  future(65, 'p/1', '1', 'waiting'),
  future(66, 'p/1', '2', 'running'),
  future(70, 'p/1', '2', 'failed'),
  future(71, 'p/1', '1', 'running'),
  future(80, 'p/1', '1', 'done'),
];

function lanesOf(isKnown?: (id: number) => boolean) {
  const trace = new TraceStore();
  trace.take(STORY);
  return new PoolWork(trace, isKnown).lanes();
}

test('lost work is cut where its worker was gone, and is begun again', () => {
  const [first, second] = lanesOf();
  expect(second).toMatchObject({ node: 'p/2', gone: { tUs: 20, isViolent: true } });
  expect(second!.bars).toMatchObject([
    { work: '1', call: 'f(1)', fromUs: 10, toUs: 20, end: 'cut', attempt: 1 },
  ]);
  expect(second!.phases).toEqual([{ state: 'busy', fromUs: 10, toUs: 20 }]);
  expect(first!.resent).toMatchObject([{ work: '1', tUs: 50 }]);
  expect(first!.gone).toBeNull();
});

test('a run that waits keeps its row, another runs in the next', () => {
  const [first] = lanesOf();
  expect(first!.rowCount).toBe(2);
  expect(
    first!.bars.map(({ kind, fromUs, toUs, end, attempt, row }) => [
      kind,
      fromUs,
      toUs,
      end,
      attempt,
      row,
    ]),
  ).toEqual([
    ['running', 60, 65, null, 2, 0],
    ['waiting', 65, 71, null, 2, 0],
    ['running', 66, 70, 'failed', 1, 1],
    ['running', 71, 80, 'done', 2, 0],
  ]);
});

test('an index that grows says the same as one made at the end', () => {
  const trace = new TraceStore();
  const work = new PoolWork(trace);
  for (const line of STORY) {
    trace.take([line]);
    work.lanes();
  }
  expect(work.lanes()).toEqual(lanesOf());
});

test('through a lens what is not known has not happened', () => {
  // Of the death nobody is told.
  const [, second] = lanesOf((id) => id < 8);
  expect(second!.gone).toBeNull();
  expect(second!.bars).toMatchObject([{ toUs: null, end: null }]);
});

test('spans of other models are bars too', () => {
  const trace = new TraceStore();
  const span = (tUs: number, op: string) => ({
    ...{ tUs, kind: 'span', node: 'w/1', op, span: 3, name: 'tasks.add', detail: '(2, 3)' },
  });
  trace.take([STORY[0]!, start(0, 'w/1'), span(5, 'begin'), span(9, 'end')]);
  expect(new PoolWork(trace).lanes()).toMatchObject([
    { node: 'w/1', bars: [{ call: 'tasks.add(2, 3)', fromUs: 5, toUs: 9, end: 'done' }] },
  ]);
});
