import { expect, test } from 'vitest';
import { RemoteCalls } from './remote-calls.ts';
import { ObjectsFold } from './remote-objects.ts';
import { TraceStore } from './store.ts';

const state = (tUs: number, node: string, name: string, value: unknown) => ({
  ...{ tUs, kind: 'state', node, name, value },
});
const start = (tUs: number, node: string, incarnation = 1) => ({
  ...{ tUs, kind: 'start', node, command: 'x', incarnation },
});
const daemon = (objects: unknown[], more: object = {}) => ({
  ...{ location: 'server:5000', server: 'thread', connections: 1, busy: 1, workers: 4 },
  ...{ objects: [['Pyro.Daemon', 'DaemonObject', ''], ...objects], ...more },
});
const NAMES = [
  ['shop', 'PYRO:shop@server:5000', ['class:shop.Shop']],
  ['lost', 'PYRO:lost@server:5000', []],
  ['old', 'PYRO:old@elsewhere:1', []],
];

function traceOf(...events: object[]): TraceStore {
  const trace = new TraceStore();
  trace.take([{ lightcone: 1, build: 'test', seed: 1, nodes: ['ns', 'server'] }, ...events]);
  return trace;
}

const fold = (trace: TraceStore, isKnown?: (id: number) => boolean) =>
  new ObjectsFold(trace, new RemoteCalls(trace), isKnown);

/** A server that dies and comes back with another object. */
function story(): TraceStore {
  return traceOf(
    start(0, 'ns'),
    start(0, 'server'),
    state(10, 'server', 'pyro4 daemon', daemon([['shop', 'Shop', 'single']])),
    state(20, 'ns', 'pyro4 names', NAMES),
    { tUs: 30, kind: 'kill', node: 'server' },
    start(40, 'server', 2),
    state(50, 'server', 'pyro4 daemon', daemon([['lost', 'Lost', '']])),
    state(60, 'server', 'pyro4 daemon', daemon([['lost', 'Lost', '']], { open: false })),
  );
}

test('daemons with what they serve and how busy they are', () => {
  expect(fold(story()).at(10)).toEqual({
    nameServers: [],
    daemons: [
      {
        ...{ node: 'server', life: 'alive', isOpen: true, location: 'server:5000' },
        ...{ server: 'thread', connections: 1, busy: 1, workers: 4 },
        objects: [{ id: 'shop', type: 'Shop', mode: 'single' }],
      },
    ],
    references: [],
  });
});

test('a name is stale when nobody listens, or nobody serves that object', () => {
  const objects = fold(story());
  const whereabouts = (tUs: number) =>
    objects.at(tUs).nameServers[0]!.names.map((row) => row.whereabouts);
  expect(whereabouts(20)).toEqual(['served', 'no object', 'unknown']);
  expect(whereabouts(30)).toEqual(['nobody', 'nobody', 'unknown']);
  // Started again, and not listening yet.
  expect(whereabouts(40)).toEqual(['nobody', 'nobody', 'unknown']);
  expect(whereabouts(50)).toEqual(['no object', 'served', 'unknown']);
  expect(whereabouts(60)).toEqual(['nobody', 'nobody', 'unknown']);
  // Backward it shows what it showed before.
  expect(whereabouts(20)).toEqual(['served', 'no object', 'unknown']);
});

test('a process that was started again has forgotten', () => {
  expect(fold(story()).at(30).daemons).toMatchObject([{ life: 'killed', busy: 0 }]);
  expect(fold(story()).at(40).daemons).toEqual([]);
});

test('through a lens a death is silence, and what was not heard of is not there', () => {
  const trace = story();
  const known = fold(trace, (id) => trace.processAt(id).node === 'ns' || id === 2);
  expect(known.at(30).nameServers[0]!.names[0]).toMatchObject({ whereabouts: 'served' });
  expect(fold(trace, (id) => id !== 3).at(30).nameServers).toEqual([]);
});

test('both ends of a connection of RPyC, with what they hold', () => {
  const end = (value: object) => ({ peer: '', open: true, held: 0, netrefs: 0, ...value });
  const trace = traceOf(
    { tUs: 0, kind: 'connect', node: 'client', conn: 0, to: 'shop', port: 18861 },
    { tUs: 1, kind: 'accept', node: 'shop', send: 0, conn: 0, from: 'client', to: 'client' },
    {
      ...{ tUs: 2, kind: 'send', node: 'client', conn: 0, to: 'shop', proto: 'rpyc' },
      ...{ msg: 'getroot', bytes: 1, preview: '' },
    },
    state(3, 'shop', 'rpyc/18861-client:32768', end({ held: 3, of: [], lent: [['list', 3]] })),
    state(4, 'client', 'rpyc/32768-shop:18861', end({ netrefs: 3, of: [['list', 3]] })),
    { tUs: 5, kind: 'close', node: 'client', conn: 0, to: 'shop' },
  );
  expect(fold(trace).at(4).references).toMatchObject([
    {
      ...{ conn: 0, port: 18861, isOpen: true },
      ends: [
        { node: 'client', pending: 1, asked: 1, netrefs: 3, held: 0, kinds: [['list', 3]] },
        { node: 'shop', pending: 0, asked: 0, netrefs: 0, held: 3, kinds: [] },
      ],
    },
  ]);
  // Nobody has told yet: the real package never does.
  expect(fold(trace).at(2).references[0]!.ends[0]).toMatchObject({ netrefs: null, kinds: null });
  expect(fold(trace).at(5).references[0]).toMatchObject({
    isOpen: false,
    ends: [{ netrefs: 0 }, {}],
  });
});

test('what has another shape than it should have is left out', () => {
  const broken = ['x', null, [1], [['shop']], { location: 5000 }, { objects: 7 }];
  const events = broken.flatMap((value, index) => [
    state(index, 'ns', 'pyro4 names', value),
    state(index, 'ns', 'pyro4 daemon', value),
  ]);
  expect(fold(traceOf(...events)).at(99)).toEqual({ nameServers: [], daemons: [], references: [] });
});
