import { expect, test } from 'vitest';
import { TraceStore } from './store.ts';
import { Tally } from './tally.ts';

const send = (tUs: number, node: string, to: string, proto: string, msg: string) => ({
  ...{ tUs, kind: 'send', node, to, proto, msg, bytes: 1, preview: '' },
});
const about = (tUs: number, kind: string, node: string, id: number, more = {}) => ({
  ...{ tUs, kind, node, send: id, ...more },
});
const deliver = (tUs: number, node: string, id: number, from: string) =>
  about(tUs, 'deliver', node, id, { from, proto: 'x', msg: 'y' });
const effect = (tUs: number, node: string, value?: unknown) => ({
  ...{ tUs, kind: 'effect', node, name: 'pay(7)', value },
});

/** A datagram that arrives twice, a packet that is lost once, one that is lost for good, a heartbeat, a pipe. */
function trace(): TraceStore {
  const store = new TraceStore();
  store.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['a', 'b'] },
    send(10, 'a', 'b', 'node', 'ask'), // 0
    about(11, 'duplicate', 'a', 0), // 1
    deliver(20, 'b', 0, 'a'), // 2
    about(21, 'drop', 'b', 0, { reason: 'duplicate' }), // 3
    send(30, 'a', 'b', 'node', 'ask'), // 4
    about(31, 'lose', 'a', 4, { reason: 'loss' }), // 5
    about(40, 'retransmit', 'a', 4, { attempt: 1 }), // 6
    deliver(50, 'b', 4, 'a'), // 7
    send(60, 'b', 'a', 'node', 'answer'), // 8
    about(61, 'lose', 'b', 8, { reason: 'loss' }), // 9
    send(70, 'b', 'a', 'redis', 'heartbeat'), // 10
    deliver(75, 'a', 10, 'b'), // 11
    send(80, 'a', 'a/1', 'pool', 'job'), // 12
    deliver(81, 'a/1', 12, 'a'), // 13
    effect(90, 'a/1', 'x'), // 14
    effect(91, 'b', 'x'), // 15
    effect(92, 'b', 'y'), // 16
    { tUs: 93, kind: 'file', node: 'b', op: 'write', path: '/db', bytes: 30 },
    { tUs: 94, kind: 'file', node: 'b', op: 'append', path: '/db', bytes: 12 },
    { tUs: 95, kind: 'file', node: 'b', op: 'read', path: '/db', bytes: 42 },
  ]);
  return store;
}

test('messages are counted by node: what stays within one and what is background is not', () => {
  const tally = new Tally(trace());
  expect(tally.to(100)).toBe(true);
  expect(tally.of('a')).toMatchObject({ sent: 2, received: 0, lost: 0, effects: 1 });
  expect(tally.of('b')).toMatchObject({ sent: 1, received: 2, lost: 1, effects: 2 });
  expect(tally.of('b').writtenBytes).toBe(42);
  expect([...tally.of('b').files]).toEqual(['/db']);
});

test('a packet is lost until it is sent again', () => {
  const tally = new Tally(trace());
  tally.to(35);
  expect(tally.of('a').lost).toBe(1);
  tally.to(40);
  expect(tally.of('a').lost).toBe(0);
  // And back.
  tally.to(35);
  expect(tally.of('a')).toMatchObject({ sent: 2, lost: 1 });
});

test('others have heard from a node when something of it has arrived, a heartbeat included', () => {
  const tally = new Tally(trace());
  tally.to(100);
  expect([...tally.of('a').heardUs]).toEqual([['b', 50]]);
  expect([...tally.of('b').heardUs]).toEqual([['a', 75]]);
});

test('messages are counted by kind, with what the network did to them', () => {
  const tally = new Tally(trace());
  tally.to(100);
  expect([...tally.kinds.values()]).toEqual([
    {
      ...{ proto: 'node', msg: 'ask', role: 'command', sent: 2, delivered: 2 },
      ...{ lost: 1, unwanted: 1, repeated: 1, copied: 1 },
    },
    expect.objectContaining({ msg: 'answer', sent: 1, delivered: 0, lost: 1 }),
    expect.objectContaining({ msg: 'heartbeat', role: 'background', sent: 1, delivered: 1 }),
    expect.objectContaining({ proto: 'pool', msg: 'job', sent: 1, delivered: 1 }),
  ]);
});

test('an effect of one unit of work is one, wherever it happens', () => {
  const tally = new Tally(trace());
  tally.to(100);
  expect([...tally.effects.values()]).toEqual([
    { name: 'pay(7)', unit: 'x', ids: [14, 15], by: ['a/1', 'b'] },
    { name: 'pay(7)', unit: 'y', ids: [16], by: ['b'] },
  ]);
});

test('a long trace is counted a part at a time, a lens only by what it knows', () => {
  const parts = new Tally(trace());
  let calls = 1;
  while (!parts.to(100, 5)) calls++;
  expect(calls).toBe(4);
  expect(parts.of('b').received).toBe(2);
  const lens = new Tally(trace(), (id) => id !== 2 && id !== 3 && id !== 9);
  lens.to(100);
  expect(lens.of('b')).toMatchObject({ received: 1, lost: 0 });
});
