import { describe, expect, test } from 'vitest';
import { TraceStore } from './store.ts';
import { waitGraphAt } from './waits.ts';

function traceOf(deadlocks: string[][], ...events: object[]): TraceStore {
  const trace = new TraceStore();
  trace.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['a', 'b', 'c'] },
    ...events.map((event, tUs) => ({ tUs, ...event })),
    {
      kind: 'end',
      tUs: 99,
      reason: 'quiescent',
      waiting: [],
      deadlocks,
      eventCount: events.length,
    },
  ]);
  return trace;
}

const begin = (node: string, wait: number, by?: string, line = `${node}.py:${wait}`) => ({
  ...{ kind: 'wait', node, op: 'begin', wait, what: `data from ${by}`, line },
  ...(by === undefined ? {} : { by }),
});
const end = (node: string, wait: number) => ({
  ...{ kind: 'wait', node, op: 'end', wait, what: 'data', line: `${node}.py:${wait}` },
});
const ask = (node: string, to: string, line: string, preview: string) => ({
  ...{ kind: 'send', node, conn: 0, to, proto: 'pyro4', msg: 'invoke', bytes: 1, preview, line },
});

const shown = (trace: TraceStore, tUs: number) =>
  waitGraphAt(trace, tUs).edges.map((it) => [it.from, ...it.to, it.circle]);

describe('KT8 who waits for whom', () => {
  test('waits that are open, by number, with what was asked before', () => {
    const trace = traceOf(
      [],
      ask('a', 'b', 'a.py:1', 'shop.price()'),
      begin('a', 1, 'b'),
      ask('b', 'c', 'b.py:9', 'another line'),
      begin('b', 1, 'c'),
      end('a', 1),
    );
    expect(waitGraphAt(trace, 3)).toMatchObject({
      nodes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      edges: [
        {
          number: 1,
          from: 'a',
          to: ['b'],
          id: 1,
          sinceUs: 1,
          question: { id: 0, text: 'invoke shop.price()' },
        },
        { number: 2, from: 'b', to: ['c'], line: 'b.py:1', question: null, circle: null },
      ],
      closedUs: null,
    });
    expect(shown(trace, 4)).toEqual([['b', 'c', null]]);
  });

  test('nobody in particular is waited for, and threads of libraries have no line', () => {
    const trace = traceOf([], begin('a', 1), { ...begin('a', 2, 'b'), line: undefined });
    expect(waitGraphAt(trace, 9)).toEqual({ nodes: [], edges: [], closedUs: null });
  });

  test('a circle is a deadlock from its last wait on, if the run says that it never ends', () => {
    const events = [begin('a', 1, 'b'), begin('c', 1, 'a'), begin('b', 1, 'a'), begin('a', 2, 'b')];
    const locked = traceOf([['a', 'b', 'c']], ...events);
    expect(shown(locked, 2)).toEqual([
      ['a', 'b', 'circle'],
      ['c', 'a', null],
      ['b', 'a', 'circle'],
    ]);
    expect(shown(locked, 3)).toEqual([
      ['a', 'b', 'deadlock'],
      // Never freed either, and not what holds the others.
      ['c', 'a', null],
      ['b', 'a', 'deadlock'],
      ['a', 'b', 'deadlock'],
    ]);
    expect(waitGraphAt(locked, 3).closedUs).toBe(3);
    expect(shown(traceOf([], ...events), 3).map(([, , circle]) => circle)).not.toContain(
      'deadlock',
    );
  });

  test('who is stuck alone waits for itself, and for nobody else', () => {
    const trace = traceOf([['a']], begin('a', 1, 'a'), begin('a', 2, 'a'), begin('b', 1, 'a'));
    expect(shown(trace, 0)).toEqual([['a', 'a', null]]);
    expect(shown(trace, 2)).toEqual([
      ['a', 'a', 'deadlock'],
      ['a', 'a', 'deadlock'],
      ['b', 'a', null],
    ]);
    expect(waitGraphAt(trace, 2).closedUs).toBe(1);
  });

  test('through a lens nothing is a deadlock, and a wait lasts until its end is known', () => {
    const trace = traceOf(
      [['a', 'b']],
      begin('a', 1, 'b'),
      begin('b', 1, 'a'),
      begin('c', 1, 'a'),
      end('c', 1),
    );
    const { edges, closedUs } = waitGraphAt(trace, 9, (id) => id < 3);
    expect(edges.map(({ from, circle }) => [from, circle])).toEqual([
      ['a', 'circle'],
      ['b', 'circle'],
      ['c', null],
    ]);
    expect(closedUs).toBeNull();
  });

  test('children of a node are named where they wait themselves', () => {
    const trace = traceOf([], begin('a', 1, 'b/1 b b/2'), begin('b/2', 1, 'c'));
    expect(shown(trace, 9)).toEqual([
      ['a', 'b', 'b/2', null],
      ['b/2', 'c', null],
    ]);
  });
});
