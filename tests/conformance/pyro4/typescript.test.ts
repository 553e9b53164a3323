// What daemons and proxies in TypeScript have besides calls: hooks, contexts, JSON, streams that end, and a
// name server that forgets. What Python does was seen with the real package (api-basics, callcontext).

import { describe, expect, test } from 'vitest';
import { run } from './run.ts';

const SERVER = `
import { Daemon, callback, currentContext, expose } from 'pyro4';

const text = (bytes?: Uint8Array) => bytes && String.fromCharCode(...bytes);
const bytes = (words: string) => Uint8Array.from(words, (it) => it.charCodeAt(0));

class Shop {
  echo(...values: unknown[]) { return values; }
  context() {
    const { client, clientSockAddr, seq, serializerId, annotations } = currentContext;
    currentContext.responseAnnotations = { BACK: bytes('thanks') };
    return [client!.peer, clientSockAddr![0], seq, serializerId, text(annotations['USER']) ?? null,
      currentContext.correlationId!.length];
  }
  correlation() { return currentContext.correlationId; }
  open(name: string) {
    currentContext.trackResource({ close() { console.log('closes', name); } });
  }
  fail() { throw new RangeError('soup'); }
  *count(until: number) { for (let i = 0; i < until; i++) yield i; }
}
callback(expose(Shop), 'fail');

class Guarded extends Daemon {
  #rounds = 0;
  override validateHandshake(client: { peer: string }, data: unknown) {
    if (data === 'thief') throw new Error('not you');
    console.log('greets', client.peer, data);
    return 'welcome';
  }
  override clientDisconnect(client: { peer: string }) { console.log('misses', client.peer); }
  override annotations() { return { SHOP: bytes('open') }; }
  override housekeeping() { if (++this.#rounds === 4) this.shutdown(); }
}
await Daemon.serveSimple([[new Shop(), 'shop']], { daemon: new Guarded({ host: 'server' }) });
console.log('closed');
`;

const ATTEMPT = `
async function attempt(what: () => unknown) {
  try { console.log(await what()); } catch (error) { console.log(error.name + ': ' + error.message); }
}
`;

const CLIENT = `
import { Proxy, currentContext, kw, tuple, float } from 'pyro4';
${ATTEMPT}
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const shop = new Proxy('PYRONAME:shop');
shop._pyroHandshake = 'Ada';
await shop._pyroBind();
currentContext.annotations = { USER: Uint8Array.from([65, 100, 97]) };
console.log(await shop.context());
const { BACK, SHOP } = currentContext.responseAnnotations;
console.log(text(BACK!), text(SHOP!));
console.log(await shop.context());
currentContext.correlationId = '01234567-89ab-cdef-0123-456789abcdef';
await attempt(() => shop.correlation());
await attempt(() => currentContext.trackResource({ close() {} }));
await attempt(() => { currentContext.annotations = { LONG_KEY: new Uint8Array(1) }; });
shop._pyroSerializer = 'json';
console.log(await shop.echo(1, 'é', float(4), tuple(1, [2]), new Set([3]), { a: null, b: true }));
await attempt(() => shop.echo(new Uint8Array(1)));
await attempt(() => { shop._pyroSerializer = 'pickle'; });
await attempt(() => shop.fail());
await attempt(() => shop.echo(1));
const thief = new Proxy('PYRONAME:shop');
thief._pyroHandshake = 'thief';
await attempt(() => thief.echo(1));
await shop.open('a drawer');
shop._pyroRelease();
`;

const PYTHON = `
import Pyro4
import Pyro4.errors

Pyro4.config.NS_HOST = "ns"
Pyro4.config.SERIALIZER = "json"
shop = Pyro4.Proxy("PYRONAME:shop")
shop._pyroHandshake = {"who": "Eve"}
shop._pyroBind()
Pyro4.current_context.annotations = {"USER": b"Eve"}
print(shop.context())
print(sorted((key, bytes(value)) for key, value in Pyro4.current_context.response_annotations.items() if key != "CORR"))
print(shop.echo(1, 2.5, "é", (1, None), {"a": [True]}, word="x"))
print(list(shop.count(3)))
try:
    shop.fail()
except ValueError as error:
    print(repr(error))
try:
    shop.echo(1)
except Pyro4.errors.ConnectionClosedError as error:
    print(error)
other = Pyro4.Proxy(shop._pyroUri)
other._pyroSerializer = "marshal"
try:
    other.echo(1)
except Pyro4.errors.CommunicationError as error:
    print(str(error).split(": ")[-2:])
`;

describe('NET5 Pyro4 in TypeScript', { timeout: 60_000 }, () => {
  test('daemons have hooks, calls a context, and values go as JSON too', async () => {
    const { lines, wire } = await run(
      {
        nodes: {
          ns: { run: 'pyro4-ns -n ns' },
          server: { run: 'server.ts', startMs: 50, env: { PYRO_NS_HOST: 'ns' } },
          client: { run: 'client.ts', startMs: 500, env: { PYRO_NS_HOST: 'ns' } },
          python: { run: 'python client.py', startMs: 3_000 },
        },
      },
      { 'server.ts': SERVER, 'client.ts': CLIENT, 'client.py': PYTHON },
    );
    expect(lines['client']).toEqual([
      "['client', 'client', 1, 1, 'Ada', 36]",
      'thanks open',
      // What is said goes with one call.
      "['client', 'client', 2, 1, null, 36]",
      '01234567-89ab-cdef-0123-456789abcdef',
      'PyroError: cannot track resource on a connectionless call',
      'TypeError: annotations are bytes by 4 letters, not LONG_KEY',
      "[1, 'é', 4, [1, [2]], [3], {a: null, b: true}]",
      "TypeError: don't know how to serialize class <class 'bytes'> using serializer JsonSerializer. " +
        'Give it vars() or an appropriate __getstate__',
      "SerializeError: serializer 'pickle' is unknown or not available (in TypeScript: serpent, json)",
      'ValueError: soup',
      'ConnectionClosedError: receiving: not enough data',
      expect.stringMatching(
        /^CommunicationError: connection to \('server', \d+\) rejected: not you$/,
      ),
    ]);
    expect(lines['python']).toEqual([
      "['python', 'python', 1, 2, 'Eve', 36]",
      "[('BACK', b'thanks'), ('SHOP', b'open')]",
      "[1, 2.5, 'é', [1, None], {'a': [True]}, {'word': 'x'}]",
      '[0, 1, 2]',
      "ValueError('soup')",
      'receiving: not enough data',
      "['message used serializer that is not accepted', '3']",
    ]);
    expect(lines['server']!.slice(2)).toEqual([
      '    name = shop',
      'Pyro daemon running.',
      'greets client Ada',
      'misses client',
      'greets client Ada',
      'closes a drawer',
      'misses client',
      "greets python {who: 'Eve'}",
      'misses python',
      'closed',
    ]);
    expect(wire).toContain(
      "client: invoke shop.echo(1, 'é', 4.0, [1,[2]], [3], {'a':None,'b':True})",
    );
    expect(wire).toContain(
      "python: invoke shop.echo(1, 2.5, 'é', [1,None], {'a':[True]}, word='x')",
    );
    expect(wire).toContain("server: exception ValueError('soup')");
    expect(wire).toContain('python: connect to shop');
    expect(wire).toContain('client: broadcast GET_NSURI');
    expect(wire).toContain('ns: address PYRO:Pyro.NameServer@ns:9090');
  });

  test('streams end with their time, and names of who is gone with theirs', async () => {
    const server = `
import { Daemon, expose, locateNS } from 'pyro4';
class Shop {
  *count(until: number) { for (let i = 0; i < until; i++) yield i; }
}
const daemon = new Daemon({ host: 'server' });
await (await locateNS('ns')).register('shop', await daemon.register(new (expose(Shop))()));
await daemon.requestLoop();
`;
    const client = `
import { locateNS, Proxy } from 'pyro4';
import { sleep } from 'node';
${ATTEMPT}
const shop = new Proxy('PYRONAME:shop@ns');
const next = (stream: AsyncIterator<number>) => attempt(async () => (await stream.next()).value);
const old = await shop.count(9);
await next(old);
await sleep(13);
await next(old);
const left = await shop.count(9);
await next(left);
shop._pyroRelease();
await next(left);
await sleep(1);
await shop._pyroReconnect();
await next(left);
shop._pyroRelease();
await sleep(6);
await shop._pyroReconnect();
await next(left);
const names = await locateNS('ns');
console.log(Object.keys(await names.list()));
await sleep(40);
console.log(Object.keys(await names.list()));
`;
    const { lines } = await run(
      {
        nodes: {
          ns: { run: 'pyro4-ns -n ns', env: { PYRO_NS_AUTOCLEAN: '3' } },
          server: {
            run: 'server.ts',
            startMs: 50,
            env: { PYRO_ITER_STREAM_LIFETIME: '10', PYRO_ITER_STREAM_LINGER: '3' },
          },
          client: { run: 'client.ts', startMs: 500 },
        },
        untilMs: 70_000,
      },
      { 'server.ts': server, 'client.ts': client },
      [{ atMs: 25_000, kill: 'server' }],
    );
    expect(lines['client']).toEqual([
      '0',
      'PyroError: item stream terminated',
      '0',
      'ConnectionClosedError: the proxy for this stream result has been closed',
      '1',
      'PyroError: item stream terminated',
      "['Pyro.NameServer', 'shop']",
      "['Pyro.NameServer']",
    ]);
  });
});
