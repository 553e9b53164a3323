import { expect, test } from 'vitest';
import { Measures } from './measures.ts';
import type { Steps } from './steps.ts';
import { TraceStore } from './store.ts';

const HEADER = { lightcone: 1, build: 'test', seed: 1, nodes: ['c', 's'] };
const start = (tUs: number, node: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, incarnation, command: 'x' },
});
const ask = (tUs: number) => ({
  ...{ tUs, kind: 'send', node: 'c', to: 's', proto: 'node', msg: 'ask', bytes: 1, preview: '' },
});
const deliver = (tUs: number, node: string, id: number, msg: string) => ({
  ...{ tUs, kind: 'deliver', node, cause: id, send: id, from: 'x', proto: 'node', msg },
});
const answer = (tUs: number, cause: number) => ({
  ...{ ...ask(tUs), node: 's', to: 'c', msg: 'answer', cause },
});

/** The first is answered after 20; the second waits while `s` is paused, the third when it is killed. */
const LINES = [
  start(0, 'c'), // 0
  start(0, 's'), // 1
  ask(10), // 2
  deliver(20, 's', 2, 'ask'), // 3
  answer(30, 3), // 4
  deliver(35, 'c', 4, 'answer'), // 5
  ask(40), // 6
  deliver(50, 's', 6, 'ask'), // 7
  { tUs: 60, kind: 'pause', node: 's' }, // 8
  { tUs: 80, kind: 'resume', node: 's' }, // 9
  ask(85), // 10
  answer(90, 7), // 11
  deliver(95, 's', 10, 'ask'), // 12
  deliver(100, 'c', 11, 'answer'), // 13
  { tUs: 120, kind: 'kill', node: 's' }, // 14
  start(150, 's', 2), // 15
];

function measuresOf(lines: readonly object[], isKnown?: (id: number) => boolean): Measures {
  const trace = new TraceStore();
  trace.take([HEADER, ...lines]);
  const measures = new Measures(trace, isKnown);
  measures.extend();
  return measures;
}

const at = (steps: Steps | undefined, ...times: number[]): number[] =>
  times.map((tUs) => steps?.valueAt(tUs) ?? -1);

test('questions take until their answer is there; what nobody answers has not ended', () => {
  const { calls, work } = measuresOf(LINES);
  expect(calls.list(0, 200, 9)).toEqual([
    { tUs: 35, durationUs: 25 },
    { tUs: 100, durationUs: 60 },
  ]);
  expect(work.count).toBe(0);
});

test('a node is at work while it has a question to answer, and neither paused nor gone', () => {
  const measures = measuresOf(LINES);
  const busy = new Map(measures.busy).get('s');
  expect(at(busy, 19, 20, 30, 50, 59, 60, 79, 80, 90, 95, 119, 120, 160)).toEqual([
    0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0,
  ]);
  // 10 + 10 + 10 + 25 of 200.
  expect(busy!.meanIn(0, 200)).toBe(55 / 200);
  expect(at(new Map(measures.busy).get('c'), 20, 200)).toEqual([0, 0]);
});

test('what waits at a server, what is under way, and what broke in between', () => {
  const measures = measuresOf(LINES);
  const [[node, waiting]] = measures.questions as [[string, Steps]];
  expect(node).toBe('s');
  expect(at(waiting, 20, 30, 50, 70, 90, 95, 120)).toEqual([1, 0, 1, 1, 0, 1, 0]);
  expect(at(measures.underWay, 10, 20, 30, 35, 40, 50, 85, 90, 95, 100)).toEqual([
    1, 0, 1, 0, 1, 0, 1, 2, 1, 0,
  ]);
  expect(measures.breaks).toEqual([
    { tUs: 60, kind: 'pause', node: 's' },
    { tUs: 80, kind: 'resume', node: 's' },
    { tUs: 120, kind: 'kill', node: 's' },
    { tUs: 150, kind: 'restart', node: 's' },
  ]);
});

test('spans of children count for their node, and end with them', () => {
  const span = (tUs: number, op: string) => ({
    ...{ tUs, kind: 'span', node: 's/1', op, span: 1, name: 'work' },
  });
  const { busy } = measuresOf([
    start(0, 's'),
    start(1, 's/1'),
    span(10, 'begin'),
    span(30, 'end'),
    span(40, 'begin'),
    { tUs: 45, kind: 'kill', node: 's/1' },
  ]);
  expect(at(new Map(busy).get('s'), 9, 10, 29, 30, 40, 45)).toEqual([0, 1, 1, 0, 1, 0]);
});

test('work in hand is no work while its process is paused', () => {
  const { busy } = measuresOf([
    start(0, 's'),
    { tUs: 10, kind: 'span', node: 's', op: 'begin', span: 1, name: 'work' },
    { tUs: 20, kind: 'pause', node: 's' },
    { tUs: 30, kind: 'resume', node: 's' },
  ]);
  expect(at(new Map(busy).get('s'), 10, 20, 29, 30)).toEqual([1, 0, 0, 1]);
});

test('queues that a server tells of', () => {
  const queue = (tUs: number, ready: number, unacked: number) => ({
    ...{ tUs, kind: 'state', node: 's', name: 'queue/celery', value: { ready, unacked } },
  });
  const [told] = measuresOf([queue(10, 2, 0), queue(20, 1, 1), queue(30, 0, 1)]).queues;
  expect(told).toMatchObject({ node: 's', name: 'celery' });
  expect(at(told!.ready, 10, 20, 30)).toEqual([2, 1, 0]);
  expect(at(told!.unacked, 10, 20, 30)).toEqual([0, 1, 1]);
});

test('a trace that grows is the same as one that is whole, however it is read', () => {
  const trace = new TraceStore();
  trace.take([HEADER, ...LINES.slice(0, 7)]);
  const growing = new Measures(trace);
  while (!growing.extend(2)) expect(growing.readUs).toBeLessThanOrEqual(40);
  expect(growing.readUs).toBe(40);
  trace.take(LINES.slice(7));
  growing.extend();
  const whole = measuresOf(LINES);
  expect(growing.calls.list(0, 200, 9)).toEqual(whole.calls.list(0, 200, 9));
  const busy = (measures: Measures) => at(new Map(measures.busy).get('s'), 25, 55, 70, 85, 110);
  expect(busy(growing)).toEqual(busy(whole));
});

test('a lens leaves out what its node does not know', () => {
  // The client hears of nothing but answers: the pause, the death and what waits are not there.
  const isKnown = (id: number): boolean => ![8, 9, 12, 14, 15].includes(id);
  const { breaks, questions, calls } = measuresOf(LINES, isKnown);
  expect(breaks).toEqual([]);
  expect(at(questions[0]![1], 95)).toEqual([0]);
  expect(calls.count).toBe(2);
});

test('in parts and up to an event it measures what it does of a trace that ends there', () => {
  const trace = new TraceStore();
  trace.take([HEADER, ...LINES]);
  const measures = new Measures(trace, () => true, 11);
  for (let parts = 1; !measures.extend(5); parts++) expect(parts).toBeLessThan(3);
  expect(measures.extend(5)).toBe(true);
  const short = measuresOf(LINES.slice(0, 12));
  expect(measures.readUs).toBe(90);
  expect(measures.calls.count).toBe(short.calls.count);
  expect(at(measures.questions[0]![1], 50, 70, 90)).toEqual(at(short.questions[0]![1], 50, 70, 90));
  expect(measures.breaks).toEqual(short.breaks);
});
