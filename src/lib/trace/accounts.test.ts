import { expect, test } from 'vitest';
import { Accounts } from './accounts.ts';
import { TraceStore } from './store.ts';

const send = (
  tUs: number,
  node: string,
  to: string,
  msg: string,
  preview: string,
  cause?: number,
) => ({
  ...{ tUs, kind: 'send', node, cause, to, conn: 1, proto: 'pyro4', msg, bytes: 9, preview },
});
const deliver = (tUs: number, node: string, id: number, from: string, msg: string) => ({
  ...{ tUs, kind: 'deliver', node, cause: id, send: id, from, conn: 1, proto: 'pyro4', msg },
});
const told = (tUs: number, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node: 'a', name, value },
});
const effect = (tUs: number, node: string, value?: string) => ({
  ...{ tUs, kind: 'effect', node, name: 'charge', value },
});

/** A payment that is asked for twice, because the first answer never came, and is carried out twice. */
function trace(): TraceStore {
  const store = new TraceStore();
  store.take([
    { lightcone: 1, build: 'test', seed: 1, nodes: ['a', 's'] },
    send(10, 'a', 's', 'invoke', 'shop.pay(7)'), // 0
    deliver(20, 's', 0, 'a', 'invoke'), // 1
    effect(21, 's', 'order 7'), // 2
    send(22, 's', 'a', 'result', '', 1), // 3
    { tUs: 25, kind: 'lose', node: 's', send: 3, reason: 'cut' }, // 4
    send(50, 'a', 's', 'invoke', 'shop.pay(7)'), // 5
    deliver(60, 's', 5, 'a', 'invoke'), // 6
    effect(61, 's', 'order 7'), // 7
    send(62, 's', 'a', 'result', '', 6), // 8
    deliver(70, 'a', 8, 's', 'result'), // 9
    send(80, 'a', 's', 'invoke', 'shop.stock()'), // 10
    told(90, 'task/t1', 'SENT'), // 11
    effect(91, 's', 't1'), // 12
    send(92, 'a', 's', 'connect', 'to shop'), // 13: no question
    told(95, 'scoop futures', { id: 'f1', call: 'f(1)', state: 'submitted' }), // 14
  ]);
  return store;
}

test('the same question is one line, with how often it was asked, arrived and was answered', () => {
  const accounts = new Accounts(trace());
  expect(accounts.to(100)).toBe(true);
  expect([...accounts.calls.values()]).toEqual([
    {
      ...{ key: expect.any(String), from: 'a', to: 's', proto: 'pyro4', msg: 'invoke' },
      ...{ preview: 'shop.pay(7)', asked: 2, arrived: 2, answered: 2, ended: 1, firstId: 0 },
    },
    expect.objectContaining({ preview: 'shop.stock()', asked: 1, arrived: 0, firstId: 10 }),
  ]);
});

test('effects and units of Celery are left to its own ledger', () => {
  const accounts = new Accounts(trace());
  accounts.to(100);
  expect(accounts.effects).toEqual([{ name: 'charge', unit: 'order 7', ids: [2, 7], by: ['s'] }]);
  expect(accounts.units.map(({ id }) => id)).toEqual(['f1']);
  expect(accounts.kinds.map(({ msg, sent, lost }) => [msg, sent, lost])).toEqual([
    ['invoke', 3, 0],
    ['result', 2, 1],
    ['connect', 1, 0],
  ]);
});

test('it is counted up to the cursor, back and forth and in parts', () => {
  const accounts = new Accounts(trace());
  const counts = () => [...accounts.calls.values()].map(({ asked, ended }) => [asked, ended]);
  while (!accounts.to(100, 3));
  accounts.to(55);
  expect(counts()).toEqual([[2, 0]]);
  expect(accounts.effects[0]!.ids).toEqual([2]);
  accounts.to(75);
  expect(counts()).toEqual([[2, 1]]);
  accounts.to(5);
  expect(counts()).toEqual([]);
});

test('a lens knows of what it asked, not of what became of it elsewhere', () => {
  const isKnown = (id: number): boolean => [0, 5].includes(id);
  const accounts = new Accounts(trace(), isKnown);
  accounts.to(100);
  expect([...accounts.calls.values()]).toMatchObject([{ asked: 2, arrived: 0, answered: 0 }]);
  expect(accounts.effects).toEqual([]);
});
