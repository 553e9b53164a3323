// What daemons and name servers say and refuse, in TypeScript: the texts are those of the recordings
// api-basics, nameserver-api, instancemode, fault-threadpool-exhausted and config-dump.

import { describe, expect, test } from 'vitest';
import { encodeMessage } from '#lib/models/pyro4/message.ts';
import { run } from './run.ts';

const ATTEMPT = `
async function attempt(what: () => unknown) {
  try { console.log(await what()); } catch (error) { console.log(error.name + ': ' + error.message); }
}
`;

describe('NET5 Pyro4 in TypeScript', () => {
  test('a name server says what the real one says', async () => {
    const client = `
import { locateNS, resolve, Proxy } from 'pyro4';
${ATTEMPT}
const ns = await locateNS();
console.log(String(ns));
await attempt(() => ns.register('a.b', 'PYRO:x@localhost:1'));
await attempt(() => ns.register('a.b', 'PYRO:y@localhost:2'));
await attempt(() => ns.register('a.b', 'PYRO:z@localhost:3', { safe: true }));
await attempt(() => ns.lookup('a.b'));
await attempt(() => ns.lookup('zzz'));
await attempt(() => ns.register('q', 'rubbish'));
await attempt(() => ns.register(5 as never, 'PYRO:x@localhost:1'));
await attempt(() => ns.list({ prefix: 'a.' }));
await attempt(() => ns.list({ regex: 'a.*' }));
await attempt(() => ns.remove('a.b'));
await attempt(() => ns.remove('a.b'));
await attempt(() => ns.remove('Pyro.NameServer'));
await attempt(() => ns.register('m1', 'PYRO:x@localhost:1', { metadata: ['printer', 'laser'] }));
await attempt(() => ns.lookup('m1', { returnMetadata: true }));
await attempt(() => ns.list({ metadataAll: ['printer'] }));
await attempt(() => ns.count());
await attempt(() => resolve('PYROMETA:laser'));
await attempt(() => resolve('PYROMETA:none'));
await attempt(() => resolve('PYRO'));
await attempt(() => new Proxy('PYRO:x@localhost:9998').hello());
await attempt(() => new Proxy('PYRO:nosuch@localhost:9090').hello());
`;
    const nodes = {
      ns: { run: 'pyro4-ns', machine: 'm' },
      second: { run: 'pyro4-ns', machine: 'm', startMs: 10 },
      client: { run: 'client.ts', machine: 'm', startMs: 20 },
    };
    const { lines } = await run({ nodes, machines: { m: {} } }, { 'client.ts': client });
    expect(lines['ns']).toEqual([
      'Not starting broadcast server for localhost.',
      'NS running on localhost:9090 (127.0.0.1)',
      'Warning: HMAC key not set. Anyone can connect to this server!',
      'URI = PYRO:Pyro.NameServer@localhost:9090',
    ]);
    expect(lines['second']).toEqual(['OSError: [Errno 98] Address already in use']);
    expect(lines['client']).toEqual([
      '<Pyro4.core.Proxy; connected IPv4; for PYRO:Pyro.NameServer@localhost:9090>',
      'null',
      'null',
      'NamingError: name already registered: a.b',
      'PYRO:y@localhost:2',
      'NamingError: unknown name: zzz',
      'PyroError: invalid uri',
      'TypeError: name must be a str',
      "{'a.b': 'PYRO:y@localhost:2'}",
      "{'a.b': 'PYRO:y@localhost:2'}",
      '1',
      '0',
      '0',
      'null',
      "(PYRO:x@localhost:1, ['printer', 'laser'])",
      "{m1: 'PYRO:x@localhost:1'}",
      '2',
      'PYRO:x@localhost:1',
      "NamingError: no registrations available with desired metadata properties {'none'}",
      'PyroError: invalid uri',
      "CommunicationError: cannot connect to ('localhost', 9998): [Errno 111] Connection refused",
      "CommunicationError: connection to ('localhost', 9090) rejected: unknown object",
    ]);
  });

  test('instances are made once, for each connection or for each call', async () => {
    const server = `
import { behavior, Daemon, expose } from 'pyro4';
const daemon = new Daemon({ host: 'server', port: 5000 });
for (const instanceMode of ['single', 'session', 'percall'] as const) {
  class Counter { n = 0; next() { return ++this.n; } }
  await daemon.register(behavior(expose(Counter), { instanceMode }), instanceMode);
}
await daemon.requestLoop();
`;
    const client = `
import { Proxy } from 'pyro4';
for (const mode of ['single', 'session', 'percall']) {
  const seen = [];
  for (let i = 0; i < 2; i++) {
    const counter = new Proxy<{ next(): number }>('PYRO:' + mode + '@server:5000');
    seen.push(await counter.next(), await counter.next());
    counter._pyroRelease();
  }
  console.log(mode, seen);
}
`;
    const nodes = { server: { run: 'server.ts' }, client: { run: 'client.ts', startMs: 50 } };
    const { lines } = await run({ nodes }, { 'server.ts': server, 'client.ts': client });
    expect(lines['client']).toEqual([
      'single [1, 2, 3, 4]',
      'session [1, 2, 1, 2]',
      'percall [1, 1, 1, 1]',
    ]);
  });

  test('what is not exposed cannot be used, and a full server sends clients away', async () => {
    const server = `
import { Daemon, expose } from 'pyro4';
class Bare { secret() { return 1; } }
class Partly { secret() { return 1; } open() { return 2; } }
expose(Partly, 'open');
const daemon = new Daemon({ host: 'server', port: 5000 });
await daemon.register(new Bare(), 'bare');
await daemon.register(new Partly(), 'partly');
await daemon.requestLoop();
`;
    const client = `
import { Proxy } from 'pyro4';
${ATTEMPT}
const bare = new Proxy('PYRO:bare@server:5000');
await attempt(() => bare.secret());
const partly = new Proxy('PYRO:partly@server:5000');
await attempt(() => partly.open());
await attempt(() => partly.secret());
await attempt(() => new Proxy('PYRO:partly@server:5000').open());
partly._pyroRelease();
await attempt(() => new Proxy('PYRO:partly@server:5000').open());
`;
    const env = { PYRO_THREADPOOL_SIZE: '1', PYRO_THREADPOOL_SIZE_MIN: '1' };
    const nodes = { server: { run: 'server.ts', env }, client: { run: 'client.ts', startMs: 50 } };
    const { lines } = await run({ nodes }, { 'server.ts': server, 'client.ts': client });
    expect(lines['client']).toEqual([
      "PyroError: remote object doesn't expose any methods or attributes. Did you forget setting @expose on them?",
      '2',
      "AttributeError: remote object 'PYRO:partly@server:5000' has no exposed attribute or method 'secret'",
      "CommunicationError: connection to ('server', 5000) rejected: no free workers, increase server threadpool size",
      '2',
    ]);
  });

  test('a name server is found by broadcast, and looked for 2.1 s in vain', async () => {
    const client = `
import { locateNS } from 'pyro4';
${ATTEMPT}
const before = Date.now();
await attempt(async () => (await locateNS())._pyroUri);
await attempt(() => Date.now() - before >= 2100);
`;
    const files = { 'client.ts': client };
    const alone = await run({ nodes: { client: { run: 'client.ts' } } }, files);
    expect(alone.lines['client']).toEqual(['NamingError: Failed to locate the nameserver', 'true']);
    const nodes = { ns: { run: 'pyro4-ns -n ns' }, client: { run: 'client.ts', startMs: 20 } };
    const both = await run({ nodes }, files);
    expect(both.lines['client']).toEqual(['PYRO:Pyro.NameServer@ns:9090', 'false']);
  });

  test('NODE8 what is no message, no value or no call harms nobody but its sender', async () => {
    const encoder = new TextEncoder();
    const message = (type: number, literal: string, flags = 0): number[] => [
      ...encodeMessage({
        type,
        flags,
        sequence: 1,
        serializer: 1,
        annotations: {},
        payload: encoder.encode(literal),
      }),
    ];
    const greeting = message(1, "{'handshake':'hello','object':'Pyro.NameServer'}", 16);
    const hostile = [
      [[...encoder.encode('GET / HTTP/1.1 and so on, more than a header')]],
      [message(1, 'None', 16)],
      [message(1, '[[[', 16)],
      [message(9, 'None')],
      ...[
        'None',
        "('Pyro.NameServer','lookup',5,{})",
        "('Pyro.NameServer','register',({'__class__':'Pyro4.core.Proxy','state':(1,2,3,4)},),{})",
        "('Pyro.NameServer','register',({'__class__':'Pyro4.futures._ExceptionWrapper'},),{})",
        "('Pyro.NameServer','register',({'__class__':'builtins.KeyError','__exception__':True,'args':5},),{})",
        "('Pyro.NameServer','register',('x','PYRO:a@b:1'),{'metadata':5})",
        "('Pyro.NameServer','list',(),{'regex':'('})",
        "('Pyro.NameServer','constructor',(),{})",
        "('Pyro.NameServer','__getattr__',('constructor',),None)",
      ].map((literal) => [greeting, message(4, literal)]),
      [greeting, message(4, "('Pyro.NameServer','<batch>',[5],None)", 8)],
    ];
    const client = `
import { connect } from 'node';
for (const parts of ${JSON.stringify(hostile)}) {
  const socket = await connect('ns', 9090);
  for (const part of parts) socket.send(Uint8Array.from(part));
  await socket.receive();
  socket.close();
}
`;
    const polite = `
import { locateNS } from 'pyro4';
console.log(await (await locateNS('ns')).count());
`;
    const nodes = {
      ns: { run: 'pyro4-ns -n ns' },
      hostile: { run: 'hostile.ts', startMs: 20 },
      polite: { run: 'polite.ts', startMs: 5_000 },
    };
    const files = { 'hostile.ts': client, 'polite.ts': polite };
    const { lines, events } = await run({ nodes }, files);
    expect(lines['polite']).toEqual(['1']);
    expect(lines['ns']).toHaveLength(4);
    expect(events.filter(({ kind }) => kind === 'exit').map(({ node }) => node)).toEqual([
      'hostile',
      'polite',
    ]);
  });
});
