import { describe, expect, test } from 'vitest';
import { traceNamed } from '../../../tests/support/fixtures.ts';
import { seenFrom } from './lens.ts';
import type { MessageShape } from './message-shapes.ts';
import { MATCH_LIMIT, Search, type SearchOptions } from './search.ts';
import { TraceStore } from './store.ts';

type Row = Record<string, unknown> & { kind: string };

/** Events a millisecond apart; a number in `send` or `cause` is a position in the list. */
function traceOf(rows: readonly Row[], isOver = true): TraceStore {
  const nodes = [...new Set(rows.map(({ node }) => node))];
  const lines: object[] = [{ lightcone: 1, build: '', seed: 1, nodes }];
  rows.forEach((row, index) => lines.push({ tUs: index * 1000, ...row }));
  if (isOver) {
    const tUs = rows.length * 1000;
    lines.push({ kind: 'end', tUs, reason: 'quiescent', waiting: [], deadlocks: [] });
  }
  return TraceStore.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const send = (node: string, to: string, msg: string, more: object = {}): Row => ({
  ...{ kind: 'send', node, to, proto: 'node', msg, bytes: 1, preview: '' },
  ...more,
});
const deliver = (node: string, from: string, of: number, msg = ''): Row => ({
  ...{ kind: 'deliver', node, from, send: of, proto: 'node', msg },
});

function find(trace: TraceStore, options: Partial<SearchOptions>): number[][] {
  const search = new Search({
    ...{ trace, text: '', shape: null, isKnown: () => true, lastId: trace.eventCount - 1 },
    wordsOf: (id) => JSON.stringify(trace.eventAt(id)),
    ...options,
  });
  while (!search.isDone) search.step(3);
  return search.matches.map(({ ids }) => ids);
}

const shape = (trace: TraceStore, wanted: MessageShape, more: Partial<SearchOptions> = {}) =>
  find(trace, { shape: wanted, ...more });

describe('by words', () => {
  const trace = traceNamed('first-task-killed');

  test('all of them must occur, in any order and case', () => {
    const found = find(trace, { text: 'KILL worker1' }).flat();
    expect(found.map((id) => trace.kindAt(id))).toContain('kill');
    for (const id of found) {
      const words = JSON.stringify(trace.eventAt(id)).toLowerCase();
      expect(words.includes('kill') && words.includes('worker1')).toBe(true);
    }
    expect(find(trace, { text: 'kill nobody' })).toEqual([]);
    expect(find(trace, { text: '  ' })).toEqual([]);
  });

  test('a line of a program finds what happened there, and nothing of longer numbers', () => {
    const log = (line: string): Row => ({
      kind: 'log',
      node: 'a',
      stream: 'out',
      text: line,
      line,
    });
    const rows = [
      { kind: 'wait', node: 'a', op: 'begin', what: 'sleep', line: 'lib/client.py:7' },
      log('client.py:7'),
      log('client.py:70'),
      { kind: 'wait', node: 'a', op: 'end', begin: 0, what: 'sleep' },
      { ...send('a', 'b', 'ask'), line: 'lib/client.py:7' },
      deliver('b', 'a', 4),
    ];
    expect(find(traceOf(rows), { text: 'lib/Client.py:7' })).toEqual([[0], [3], [4]]);
    expect(find(traceOf(rows), { text: 'client.py:7' })).toEqual([[1]]);
    expect(find(traceOf(rows), { text: 'client.py:7 wait' })).toEqual([]);
  });

  test('a lens leaves out what its node cannot know, and nothing later than asked is found', () => {
    const lens = seenFrom(trace, 'client', trace.frontierUs);
    const all = find(trace, { text: 'worker1' }).flat();
    const known = find(trace, { text: 'worker1', isKnown: lens.has }).flat();
    expect(known.length).toBeLessThan(all.length);
    expect(known.every((id) => lens.has(id))).toBe(true);
    expect(
      find(trace, { text: 'worker1', lastId: 20 })
        .flat()
        .every((id) => id <= 20),
    ).toBe(true);
  });

  test('it stops when it has found enough, and says so', () => {
    const many = traceOf(
      Array.from({ length: 3000 }, () => ({ kind: 'spawn', node: 'a', child: 'a/1' })),
    );
    const search = new Search({
      ...{ trace: many, text: 'a', shape: null, lastId: 2999 },
      ...{ isKnown: () => true, wordsOf: () => 'a' },
    });
    search.step(1e9);
    expect([search.matches.length, search.isCut, search.isDone]).toEqual([MATCH_LIMIT, true, true]);
  });

  test('words narrow a shape', () => {
    const both = traceOf([
      send('a', 'b', 'call', { preview: 'red' }),
      send('a', 'b', 'call', { preview: 'blue' }),
    ]);
    expect(shape(both, 'undelivered')).toEqual([[0], [1]]);
    expect(shape(both, 'undelivered', { text: 'blue' })).toEqual([[1]]);
  });
});

describe('request and response', () => {
  test('a call that arrived and the reply that came back', () => {
    const trace = traceOf([
      send('client', 'server', 'call'),
      deliver('server', 'client', 0),
      { ...send('server', 'client', 'reply'), cause: 1 },
      deliver('client', 'server', 2),
    ]);
    expect(shape(trace, 'request')).toEqual([[0, 1, 2, 3]]);
  });

  test('answers out of order go to the call that caused them', () => {
    const trace = traceOf([
      send('client', 'server', 'call'),
      send('client', 'server', 'call'),
      deliver('server', 'client', 0),
      deliver('server', 'client', 1),
      { ...send('server', 'client', 'reply'), cause: 3 },
      { ...send('server', 'client', 'reply'), cause: 2 },
      deliver('client', 'server', 4),
      deliver('client', 'server', 5),
    ]);
    expect(shape(trace, 'request')).toEqual([
      [1, 3, 4, 6],
      [0, 2, 5, 7],
    ]);
  });

  test('without an answer, or with one that was lost, it is none', () => {
    const trace = traceOf([
      send('client', 'server', 'call'),
      deliver('server', 'client', 0),
      { ...send('server', 'client', 'reply'), cause: 1 },
      { kind: 'lose', node: 'server', send: 2, reason: 'loss' },
    ]);
    expect(shape(trace, 'request')).toEqual([]);
  });
});

describe('broadcast and gather', () => {
  const rows = [
    send('boss', 'w1', 'call'),
    send('boss', 'w2', 'call'),
    deliver('w1', 'boss', 0),
    deliver('w2', 'boss', 1),
    send('w1', 'boss', 'reply'),
    send('w2', 'boss', 'reply'),
    deliver('boss', 'w1', 4),
    deliver('boss', 'w2', 5),
  ];

  test('one tells several before it hears from anybody', () => {
    expect(shape(traceOf(rows), 'broadcast')).toEqual([[0, 1, 2, 3]]);
  });

  test('one hears from several before it says anything', () => {
    expect(shape(traceOf(rows), 'gather')).toEqual([[4, 5, 6, 7]]);
  });

  test('one after the other, with an answer between, is neither', () => {
    const trace = traceOf([
      send('boss', 'w1', 'call'),
      deliver('w1', 'boss', 0),
      send('w1', 'boss', 'reply'),
      deliver('boss', 'w1', 2),
      send('boss', 'w2', 'call'),
      deliver('w2', 'boss', 4),
      send('w2', 'boss', 'reply'),
      deliver('boss', 'w2', 6),
    ]);
    expect(shape(trace, 'broadcast')).toEqual([]);
    expect(shape(trace, 'gather')).toEqual([]);
  });

  test('rounds are told apart by whom they reach again', () => {
    const trace = traceOf(['w1', 'w2', 'w1', 'w2'].map((to) => send('boss', to, 'call')));
    expect(shape(trace, 'broadcast')).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

describe('sent but never delivered', () => {
  test('lost, or unwanted where it arrived; what came through at a later try is not', () => {
    const trace = traceOf([
      send('a', 'b', 'call'),
      { kind: 'lose', node: 'a', send: 0, reason: 'loss' },
      send('a', 'b', 'call'),
      { kind: 'lose', node: 'a', send: 2, reason: 'loss' },
      { kind: 'retransmit', node: 'a', send: 2, attempt: 1 },
      deliver('b', 'a', 2),
      send('a', 'b', 'call'),
      { kind: 'drop', node: 'b', send: 6, reason: 'closed' },
    ]);
    expect(shape(trace, 'undelivered')).toEqual([
      [0, 1],
      [6, 7],
    ]);
  });

  test('what is under way may still come, until the run is over', () => {
    const rows = [send('a', 'b', 'call')];
    expect(shape(traceOf(rows, false), 'undelivered')).toEqual([]);
    expect(shape(traceOf(rows), 'undelivered')).toEqual([[0]]);
  });
});

describe('executed twice', () => {
  test('effects of one name, and of one task where they say which', () => {
    const effect = (name: string, value?: string): Row => ({
      kind: 'effect',
      node: 'w',
      name,
      value,
    });
    const trace = traceOf([
      effect('pay'),
      effect('add', 't1'),
      effect('add', 't2'),
      effect('pay'),
      effect('add', 't2'),
      effect('pay'),
    ]);
    expect(shape(trace, 'twice')).toEqual([
      [0, 3, 5],
      [2, 4],
    ]);
  });
});
