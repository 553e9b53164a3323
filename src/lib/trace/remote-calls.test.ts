import { describe, expect, test } from 'vitest';
import { RemoteCalls } from './remote-calls.ts';
import { TraceStore } from './store.ts';

/** A trace of the given events, each a microsecond after the one before. */
function traceOf(...events: object[]): TraceStore {
  const trace = new TraceStore();
  trace.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['client', 'shop'] },
    ...events.map((event, tUs) => ({ tUs, ...event })),
  ]);
  return trace;
}

const send = (node: string, msg: string, more: object = {}) => ({
  ...{ kind: 'send', node, conn: 0, to: node === 'shop' ? 'client' : 'shop', proto: 'rpyc', msg },
  ...{ bytes: 10, preview: msg, ...more },
});
const arrive = (node: string, sent: number, msg: string) => ({
  ...{ kind: 'deliver', node, send: sent, from: '', conn: 0, proto: 'rpyc', msg },
});
const at = (line: string) => ({ line });

const OPENING = [
  { kind: 'connect', node: 'client', conn: 0, to: 'shop', port: 18861 },
  { kind: 'accept', node: 'shop', send: 0, conn: 0, from: 'client', to: 'client' },
];

/** Line 7 asks twice and calls once, line 9 drops what it had; the shop calls back from line 3. */
function story(): TraceStore {
  return traceOf(
    ...OPENING,
    send('client', 'getattr', at('client.py:7')), // 2
    {
      kind: 'wait',
      node: 'client',
      op: 'begin',
      wait: 1,
      what: 'x',
      line: 'client.py:7',
      by: 'shop',
    },
    arrive('shop', 2, 'getattr'),
    { ...send('shop', 'reply'), cause: 4 }, // 5
    arrive('client', 5, 'reply'),
    { kind: 'wait', node: 'client', op: 'end', wait: 1, what: 'x', line: 'client.py:7' },
    send('client', 'call', at('client.py:7')), // 8
    {
      kind: 'wait',
      node: 'client',
      op: 'begin',
      wait: 2,
      what: 'x',
      line: 'client.py:7',
      by: 'shop',
    },
    arrive('shop', 8, 'call'),
    { ...send('shop', 'call', at('shop.py:3')), cause: 10 }, // 11
    arrive('client', 11, 'call'),
    send('client', 'del', at('client.py:9')), // 13
  );
}

describe('what lines cost', () => {
  test('questions, calls, bytes both ways, and the time until now', () => {
    const [line7, line3, ...rest] = new RemoteCalls(story()).linesAt(13);
    expect(line7).toEqual({
      ...{ node: 'client', line: 'client.py:7', firstId: 2, calls: 1, roundTrips: 2 },
      // Two questions and one answer; the first wait took 4 µs, the second is not over.
      ...{ bytes: 30, waitedUs: 4 + (13 - 9) },
    });
    expect(line3).toMatchObject({ node: 'shop', line: 'shop.py:3', calls: 1, roundTrips: 1 });
    // A reference that is dropped is no question.
    expect(rest).toEqual([]);
  });

  test('at an earlier time, and through a lens, less', () => {
    const calls = new RemoteCalls(story());
    expect(calls.linesAt(13)).toHaveLength(2);
    expect(calls.linesAt(2)).toMatchObject([{ calls: 0, roundTrips: 1, bytes: 10, waitedUs: 0 }]);
    expect(calls.linesAt(1)).toEqual([]);
    expect(calls.linesAt(13, (id) => id !== 11)).toMatchObject([{ line: 'client.py:7' }]);
  });

  test('answers that come as soon as they can are told apart from those that come in order', () => {
    const trace = traceOf(
      ...OPENING,
      send('client', 'call', at('client.py:1')), // 2
      send('client', 'call', { ...at('client.py:2'), bytes: 1 }), // 3
      arrive('shop', 2, 'call'),
      arrive('shop', 3, 'call'), // 5
      { ...send('shop', 'reply', { bytes: 700 }), cause: 5 }, // 6
      send('shop', 'reply', { bytes: 30 }), // 7
      arrive('client', 6, 'reply'),
      arrive('client', 7, 'reply'),
    );
    const bytes = new RemoteCalls(trace).linesAt(9).map((it) => [it.line, it.bytes]);
    expect(Object.fromEntries(bytes)).toEqual({ 'client.py:1': 40, 'client.py:2': 701 });
  });

  test("Pyro's servers answer, also a ping with a ping; nobody waits for oneway calls", () => {
    const pyro = { proto: 'pyro4' };
    const trace = traceOf(
      ...OPENING,
      send('client', 'ping', { ...pyro, ...at('c.py:1') }), // 2
      { ...arrive('shop', 2, 'ping'), ...pyro },
      { ...send('shop', 'ping', { ...pyro, ...at('s.py:1') }), cause: 3 }, // 4
      { ...arrive('client', 4, 'ping'), ...pyro },
      send('client', 'oneway', { ...pyro, ...at('c.py:2') }),
    );
    const calls = new RemoteCalls(trace);
    expect(calls.linesAt(6)).toMatchObject([
      { line: 'c.py:1', roundTrips: 1, calls: 0, bytes: 20 },
      { line: 'c.py:2', roundTrips: 0, calls: 1 },
    ]);
    expect(calls.linksAt('pyro4', 6)[0]!.ends).toMatchObject([{ pending: 0 }, { asked: 0 }]);
  });
});

describe('connections', () => {
  test('each end has its questions under way, also those that nobody counts as costs', () => {
    const calls = new RemoteCalls(story());
    const pending = (tUs: number) => calls.linksAt('rpyc', tUs)[0]?.ends.map((it) => it.pending);
    expect(pending(1)).toBeUndefined();
    expect(pending(2)).toEqual([1, 0]);
    expect(pending(6)).toEqual([0, 0]);
    expect(pending(13)).toEqual([2, 1]);
    expect(calls.linksAt('pyro4', 13)).toEqual([]);
  });

  test('two between the same nodes are told apart by the turn that tells of one first', () => {
    const told = { kind: 'state', node: 'client', value: {} };
    const trace = traceOf(
      ...OPENING,
      { kind: 'connect', node: 'client', conn: 1, to: 'shop', port: 18861 },
      { kind: 'accept', node: 'shop', send: 2, conn: 1, from: 'client', to: 'client' },
      { kind: 'open', node: 'client', send: 3, conn: 1 }, // 4
      { ...told, cause: 4, name: 'rpyc/32769-shop:18861' },
      { ...told, name: 'rpyc/32768-shop:18861' },
      { ...told, name: 'rpyc/32769-shop:18861' },
      send('client', 'ping'),
      { ...send('client', 'ping'), conn: 1 },
    );
    const links = new RemoteCalls(trace).linksAt('rpyc', 99);
    expect(links.map(({ conn, ends }) => [conn, ends[0].stateId])).toEqual([
      [0, 6],
      [1, 7],
    ]);
  });

  test('one that is closed has no question under way', () => {
    const trace = traceOf(...OPENING, send('client', 'call', at('c.py:1')), {
      kind: 'reset',
      node: 'shop',
      conn: 0,
      to: 'client',
    });
    const calls = new RemoteCalls(trace);
    expect(calls.linksAt('rpyc', 2)).toMatchObject([{ isOpen: true, ends: [{ pending: 1 }, {}] }]);
    expect(calls.linksAt('rpyc', 3)).toMatchObject([{ isOpen: false, ends: [{ pending: 0 }, {}] }]);
  });
});
