import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { lineCosts } from './line-costs.ts';

test('a line that several nodes ran cost what it cost all of them', () => {
  const trace = new TraceStore();
  const nodes = ['ada', 'ben', 'shop'];
  trace.take([
    { lightcone: 1, build: 'test', seed: 1, nodes },
    ...nodes.slice(0, 2).flatMap((node, conn) => [
      { tUs: 0, kind: 'connect', node, conn, to: 'shop', port: 1, line: 'client.ts:1' },
      { tUs: 0, kind: 'accept', node: 'shop', send: conn * 4, conn, from: node, to: node },
      {
        ...{ tUs: 0, kind: 'send', node, conn, to: 'shop', proto: 'rpyc', msg: 'call', bytes: 1 },
        ...{ preview: '', line: 'client.ts:2' },
      },
      {
        ...{ tUs: 0, kind: 'wait', node, op: 'begin', wait: 1, what: '', line: 'client.ts:2' },
        by: 'shop',
      },
    ]),
  ]);
  expect(lineCosts(trace, 0, 5)).toEqual([
    { file: 'client.ts', line: 2, nodeCount: 2, roundTrips: 2, waitedUs: 10 },
  ]);
});
