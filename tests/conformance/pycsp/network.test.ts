// Channels between nodes: behaviour as recorded with PyCSP 0.9.2 between two interpreters.

import { expect, test } from 'vitest';
import { experiment, sandboxed } from '../celery/harness.ts';

const IMPORTS = `import { process, Parallel, Channel, poison, retire, shutdown, AltSelect, InputGuard,
  OutputGuard, TimeoutGuard } from 'pycsp';
import { sleep, name } from 'node';
`;
const env = { PYCSP_PORT: '8888' };

const HOST = `${IMPORTS}
const b = new Channel('B');
console.log(await b.address);
const p = process(async function p(cin) {
  try {
    for (;;) console.log('host got', await cin());
  } catch (error) {
    console.log(error.name);
  }
});
await Parallel(p(b.reader()));
await shutdown();
console.log('host end');
`;
const CLIENT = `${IMPORTS}
const b = new Channel('B', { connect: ['host', 8888] });
const w = b.writer();
for (let i = 0; i < 3; i++) await w(i);
await retire(w);
await b.disconnect();
await shutdown();
console.log('client end');
`;

test('a channel of another node: values, retirement, and both nodes end', async () => {
  const { end, lines, sent } = await experiment({
    files: { 'host.ts': HOST, 'client.ts': CLIENT },
    nodes: { host: { run: 'host.ts', env }, client: { run: 'client.ts', startMs: 100 } },
  });
  expect(end.waiting).toEqual([]);
  expect(lines('client')).toEqual(['client end']);
  expect(lines('host')).toEqual([
    "['host', 8888]",
    ...['host got 0', 'host got 1', 'host got 2'],
    ...['ChannelRetireException', 'host end'],
  ]);
  expect(sent('client', 'host')).toEqual([
    ...['register', 'join', 'write', 'write', 'write', 'retire', 'deregister'],
  ]);
  expect(sent('host', 'client')).toEqual(['registered', 'taken', 'taken', 'taken']);
});

test('nobody there: ChannelConnectException after 2 s', async () => {
  const { lines, whenMs } = await experiment({
    files: {
      'client.ts': `${IMPORTS}
        const w = new Channel('B', { connect: ['client', 45999] }).writer();
        await w(1).catch((error) => console.log(error.name, error.message));
        await shutdown();`,
    },
    nodes: { client: 'client.ts' },
  });
  expect(lines('client')).toEqual([
    "ChannelConnectException PyCSP (register channel) unable to reach channel home thread ('B' at ('client', 45999)) ('client', 45999)",
  ]);
  expect(whenMs('client', 'Channel')).toBeCloseTo(2000, -1);
});

test('NODE4 the node where a channel lives is killed: who writes waits for ever', async () => {
  const { end, lines } = await experiment({
    files: {
      'host.ts': `${IMPORTS}
        const r = new Channel('B').reader();
        console.log(await r());
        await sleep(30);`,
      'client.ts': `${IMPORTS}
        const w = new Channel('B', { connect: ['host', 8888] }).writer();
        await w(1);
        console.log('sent 1');
        await w(2);`,
    },
    nodes: { host: { run: 'host.ts', env }, client: { run: 'client.ts', startMs: 100 } },
    faults: [{ atMs: 500, kill: 'host' }] as never,
  });
  expect(lines('client')).toEqual(['sent 1']);
  expect(end.waiting).toEqual([
    expect.objectContaining({ node: 'client', what: '__INIT__: write 2 to B', by: ['host'] }),
  ]);
});

const OWNER = `${IMPORTS}
const c = new Channel(name);
const give = process(async function give(cout) {
  for (let i = 0; i < 3; i++) { await sleep(name === 'left' ? 0.02 : 0.03); await cout(name + i); }
});
await Parallel(give(c.writer()));
await shutdown();
`;

test('an alternation over channels of two nodes takes each value once', async () => {
  const { end, lines } = await experiment({
    files: {
      'owner.ts': OWNER,
      'client.ts': `${IMPORTS}
        const far = (node) => new Channel(node, { connect: [node, 8888] }).reader();
        const [l, r] = [far('left'), far('right')];
        const got = [];
        for (let i = 0; i < 6; i++) got.push((await AltSelect(new InputGuard(l), new InputGuard(r)))[1]);
        console.log(got.sort());
        console.log((await AltSelect(new InputGuard(l), new TimeoutGuard(0.1)))[1]);
        await shutdown();`,
    },
    nodes: {
      left: { run: 'owner.ts', env },
      right: { run: 'owner.ts', env },
      client: { run: 'client.ts', startMs: 10 },
    },
  });
  expect(end.waiting).toEqual([]);
  expect(lines('client')).toEqual([
    "['left0', 'left1', 'left2', 'right0', 'right1', 'right2']",
    'undefined',
  ]);
});

test('a reply comes over a channel end that was sent along, to Python and back', async () => {
  const { end, lines, of } = await sandboxed({
    files: {
      'server.py': `
from pycsp.parallel import *
cin = Channel('requests').reader()
for _ in range(2):
    reply, (a, b) = cin()
    print('asked', a, b)
    reply({'sum': a + b})
    reply.disconnect()
shutdown()
`,
      'client.ts': `${IMPORTS}
        const answers = new Channel('answers');
        await answers.address;
        const cin = answers.reader();
        const ask = new Channel('requests', { connect: ['server', 8888] }).writer();
        await ask([answers.writer(), [20, 22]]);
        console.log(await cin());
        await ask([answers.writer(), ['a', 'b']]);
        console.log(await cin());
        await shutdown();`,
    },
    nodes: {
      server: { run: 'python server.py', env },
      client: { run: 'client.ts', startMs: 100 },
    },
  });
  expect(lines('server')).toEqual(['asked 20 22', 'asked a b']);
  expect(lines('client')).toEqual(['{sum: 42}', "{sum: 'ab'}"]);
  expect(of('exit')).toHaveLength(2);
  expect(end.waiting).toEqual([]);
  expect(of('send', 'server').every(({ proto }) => proto === 'pycsp')).toBe(true);
});

test('a connection that is lost: what waits waits, what comes after it learns of it', async () => {
  const { end, lines, whenMs } = await experiment({
    files: {
      'host.ts': `${IMPORTS}
        const r = new Channel('B').reader();
        console.log(await r());
        await sleep(30);`,
      'client.ts': `${IMPORTS}
        import { Configuration, SOCKETS_CONNECT_TIMEOUT, SOCKETS_STRICT_MODE } from 'pycsp';
        const settings = new Configuration();
        settings.set(SOCKETS_CONNECT_TIMEOUT, 0.5);
        const b = new Channel('B', { connect: ['host', 8888] });
        const w = b.writer();
        await w(1);
        await sleep(1);
        await w(2).catch((error) => console.log(error.name, error.addr));
        await retire(b.writer());
        settings.set(SOCKETS_STRICT_MODE, true);
        await retire(w).catch((error) => console.log(error.name));
        await shutdown();`,
    },
    nodes: { host: { run: 'host.ts', env }, client: { run: 'client.ts', startMs: 100 } },
    faults: [{ atMs: 500, kill: 'host' }] as never,
  });
  expect(end.waiting).toEqual([]);
  expect(lines('client')).toEqual([
    "ChannelLostException ['host', 8888]",
    "PyCSP (retire from channel) unable to reach channel home thread ('B' at ('host', 8888))",
    'ChannelLostException',
  ]);
  expect(whenMs('client', 'ChannelLost')).toBeCloseTo(1700, -2);
});

test('KT8 two nodes that send first: a deadlock of both, by channels of both', async () => {
  const side = (own: string, other: string): string => `${IMPORTS}
    const inn = new Channel(name).reader();
    await sleep(0.05);
    const out = new Channel('${other}', { connect: ['${other}', 8888] }).writer();
    await out('${own}');
    console.log(await inn());
    await shutdown();`;
  const { end } = await experiment({
    files: { 'ada.ts': side('ada', 'ben'), 'ben.ts': side('ben', 'ada') },
    nodes: { ada: { run: 'ada.ts', env }, ben: { run: 'ben.ts', env } },
  });
  expect(end.deadlocks).toEqual([['ada', 'ben']]);
  expect(end.waiting).toEqual([
    expect.objectContaining({ node: 'ada', what: "__INIT__: write 'ada' to ben", by: ['ben'] }),
    expect.objectContaining({ node: 'ben', what: "__INIT__: write 'ben' to ada", by: ['ada'] }),
  ]);
});

test('KT8 who waits at a channel of its own waits for the nodes that use it', async () => {
  const { end } = await experiment({
    files: {
      'home.ts': `${IMPORTS}
        const cin = new Channel('question').reader();
        for (;;) await cin();`,
      'guest.ts': `${IMPORTS}
        const ask = new Channel('question', { connect: ['home', 8888] }).writer();
        await ask(1);
        await new Channel('answer').reader()();`,
    },
    nodes: { home: { run: 'home.ts', env }, guest: { run: 'guest.ts', startMs: 100 } },
  });
  expect(end.waiting[0]).toMatchObject({ node: 'home', by: ['home', 'guest'] });
  expect(end.deadlocks).toEqual([['guest', 'home']]);
});
