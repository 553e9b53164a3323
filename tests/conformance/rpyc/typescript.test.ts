// What the face in TypeScript has besides netrefs: copies, pieces of lists, views, registries and pools
// of workers, with Python on the other side where there is one.

import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../../bin/experiment.ts';

interface Ran {
  lines: Record<string, string[]>;
  /** Messages of RPyC as `node: kind preview`. */
  wire: string[];
  events: TraceEvent[];
}

async function run(
  nodes: Record<string, object>,
  files: Record<string, string>,
  faults: object[] = [],
  untilMs = 60_000,
): Promise<Ran> {
  const prepared = await prepare({
    ...files,
    'cluster.json': JSON.stringify({ network: { latencyMs: 10 }, nodes, untilMs }),
    'faults.json': JSON.stringify(faults),
  });
  const ran: Ran = { lines: {}, wire: [], events: [] };
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    ran.events.push(event);
    if (event.kind === 'log') (ran.lines[event.node] ??= []).push(event.text);
    if (event.kind === 'send' && event.proto === 'rpyc') {
      ran.wire.push(`${event.node}: ${event.msg} ${event.preview}`);
    }
  });
  return ran;
}

const ATTEMPT = `
async function attempt(what: () => unknown) {
  try { console.log(await what()); } catch (error) { console.log(error.name + ': ' + error.message.split('\\n')[0]); }
}
`;

const CLASSIC = `
import rpyc from 'rpyc';
${ATTEMPT}
const conn = await rpyc.classic.connect('server');
const list = await conn.eval("[1, 2.5, 'a', (True, None), {'k': [b'x']}, {1: 2}, {3}, 2**70]");
console.log(await rpyc.classic.obtain(list));
console.log(await rpyc.classic.obtain(42));
await attempt(() => rpyc.classic.obtain(conn.modules.decimal.Decimal('1.5')));
const there = await rpyc.classic.deliver(conn, { a: [1, 2, rpyc.tuple(3, null)], n: 2n ** 65n });
console.log(await rpyc.repr(there));
await attempt(() => rpyc.classic.deliver(conn, () => 1));
await attempt(() => conn.teleport(((x: number) => x) as never));
await attempt(() => new (rpyc as any).SlaveService());
const numbers = await conn.eval('list(range(100))');
const seen: number[] = [];
for await (const item of rpyc.buffiter(numbers, { chunk: 30 })) seen.push(item);
console.log(seen.length, seen.at(-1));
for await (const item of rpyc.buffiter(numbers)) if (item === 3) break;
await attempt(() => rpyc.buffiter(numbers, { factor: 0.5 }));
console.log(await rpyc.getitem(numbers, rpyc.slice(2, 9, 3)).then(rpyc.classic.obtain));
await rpyc.delitem(numbers, rpyc.slice(98));
console.log(await rpyc.classic.obtain(numbers));
await conn.execute(\`
from rpyc.utils.classic import obtain
def use(given, view):
    print(given[1:3], given[::-1], obtain(given), len(given))
    del given[:2]
    view.age = 3
    for change in ("view.name = 'Eve'", "print(view.secret)"):
        try:
            exec(change)
        except AttributeError as error:
            print("AttributeError", str(error).splitlines()[0])
    return view.name, view.age
\`);
const own = [5, 6, 7, 8];
const ada = { name: 'Ada', age: 2, secret: 'x' };
const view = rpyc.restricted(ada, ['name', 'age'], ['age']);
console.log(await (await rpyc.getitem(conn.namespace, 'use'))(own, view), own, ada.age);
console.log(view.name);
await attempt(() => { view.name = 'Eve'; });
`;

describe('NET5 RPyC in TypeScript', { timeout: 60_000 }, () => {
  test('copies objects of Python’s, takes lists in pieces and shows views of its own', async () => {
    const { lines, wire } = await run(
      {
        server: { run: 'rpyc_classic --host server' },
        client: { run: 'client.ts', startMs: 500 },
      },
      { 'client.ts': CLASSIC },
    );
    expect(lines['client']).toEqual([
      `[1, 2.5, 'a', (true, null), {k: [Uint8Array [120]]}, Map {1 => 2}, Set {3}, ${2n ** 70n}n]`,
      '42',
      "TypeError: decimal.Decimal is a class of Python's: take what you need of it by value",
      `{'a': [1, 2, (3, None)], 'n': ${2n ** 65n}}`,
      "TypeError: cannot pickle 'function' of TypeScript: only plain values cross so",
      'AttributeError: rpyc.ClassicConnection.teleport is not part of the TypeScript face: ' +
        'a function of TypeScript cannot run in Python; write it in Python, for conn.execute',
      'AttributeError: rpyc.SlaveService is not part of the TypeScript face: ' +
        'a classic server does what Python text says; run `rpyc_classic`, or serve a Service',
      '100 99',
      'ValueError: factor must be >= 1, got 0.5',
      '[2, 5, 8]',
      '[98, 99]',
      "('Ada', 3) [7, 8] 3",
      'Ada',
      'AttributeError: name',
    ]);
    expect(lines['server']!.filter((line) => !line.includes(' INFO '))).toEqual([
      '[6, 7] [8, 7, 6, 5] [5, 6, 7, 8] 4',
      'AttributeError name',
      'AttributeError secret',
    ]);
    // One message a piece: 30, 60, the last 10, and nothing more.
    expect(wire.filter((line) => line.startsWith('client: buffiter'))).toHaveLength(4 + 1);
    expect(wire.filter((line) => line.startsWith('client: pickle'))).toHaveLength(4);
  });

  test('servers say what they offer, and are found', async () => {
    const registry = `
import rpyc from 'rpyc';
await new rpyc.KINDRegistryServer({ allowListing: true, pruningTimeout: 20 }).start();
`;
    const server = `
import rpyc from 'rpyc';
class ShopService extends rpyc.Service {
  static aliases = ['shop', 'kiosk'];
  exposed_buy(what: string) { return 'sold ' + what; }
}
const registrar = new rpyc.TCPRegistryClient({ ip: 'tcp' });
await new rpyc.ThreadedServer(ShopService, { port: 4000, autoRegister: true }).start();
`;
    const both = server.replace('autoRegister: true', 'registrar');
    const python = `
import rpyc
from rpyc.utils.registry import UDPRegistryClient
registrar = UDPRegistryClient("udp")
print(rpyc.discover("SHOP", registrar=registrar), rpyc.list_services(registrar))
conn = rpyc.connect_by_service("kiosk", registrar=registrar)
print(conn.root.buy("tea"))

# What Python has for threads of one program, by the way.
import threading
import time

class TalkService(rpyc.Service):
    def exposed_later(self, seconds, call):
        threading.Timer(seconds, call, ["word"]).start()
    def exposed_use(self, view):
        view.sum = 3
        for name in ("owner", "secret"):
            try:
                print(name, getattr(view, name))
            except AttributeError as error:
                print("AttributeError", str(error).splitlines()[0])

class Account:
    owner, sum, secret = "Ada", 1, "x"

begun = time.time()
heard = lambda word: print("heard", word, round(time.time() - begun, 1))
talk = rpyc.connect_thread(remote_service=TalkService)
account = Account()
talk.root.use(rpyc.restricted(account, ["owner", "sum"], ["sum"]))
print(account.sum)
talk.root.later(0.2, heard)
time.sleep(0.5)
print("asleep", talk.poll_all())
serving = rpyc.BgServingThread(talk)
talk.root.later(0.2, heard)
time.sleep(0.5)
serving.stop()
class BankService(rpyc.Service):
    pass
rpyc.ThreadedServer(BankService, port=5000, registrar=registrar).start()
`;
    const client = `
import rpyc from 'rpyc';
import { sleep } from 'node';
${ATTEMPT}
await sleep(1);
await attempt(() => rpyc.discover('bank'));
await attempt(() => rpyc.discover('bank', { host: 'shop' }));
await attempt(async () => (await rpyc.connectByService('SHOP')).root.buy('soup'));
await attempt(() => rpyc.discover('nothing'));
const registrar = new rpyc.TCPRegistryClient({ ip: 'tcp' });
await attempt(() => rpyc.listServices({ registrar }));
await attempt(() => rpyc.discover('kiosk', { registrar, host: 'other' }));
await attempt(() => new rpyc.TCPRegistryClient({ ip: 'shop' }).discover('kiosk'));
await sleep(25);
await attempt(() => rpyc.discover('bank'));
`;
    const { lines, wire } = await run(
      {
        udp: { run: 'udp.ts' },
        tcp: { run: 'tcp.ts' },
        shop: { run: 'server.ts', startMs: 100 },
        other: { run: 'other.ts', startMs: 150 },
        bank: { run: 'python bank.py', startMs: 500 },
        client: { run: 'client.ts', startMs: 3_000 },
      },
      {
        'udp.ts': registry.replace('KIND', 'UDP'),
        'tcp.ts': registry.replace('KIND', 'TCP'),
        'server.ts': server,
        'other.ts': both,
        'bank.py': python,
        'client.ts': client,
      },
    );
    expect(lines['bank']).toEqual([
      "(('10.0.0.3', 4000),) ('SHOP', 'KIOSK')",
      'sold tea',
      'owner Ada',
      'AttributeError secret',
      '3',
      // One message was there, which is not yet the call: that is served in the background.
      'asleep True',
      'heard word 0.5',
      expect.stringMatching(/^heard word 0\.[78]$/),
    ]);
    expect(lines['client']).toEqual([
      "(('10.0.0.5', 5000),)",
      'DiscoveryError: no servers exposing bank were found on shop',
      'sold soup',
      "DiscoveryError: no servers exposing 'nothing' were found",
      "('SHOP', 'KIOSK')",
      "(('10.0.0.4', 4000),)",
      '()',
      // Silent for longer than 20 s: forgotten.
      "DiscoveryError: no servers exposing 'bank' were found",
    ]);
    expect(wire).toContain("shop: register ('SHOP', 'KIOSK'), 4000");
    expect(wire).toContain("other: register ('SHOP', 'KIOSK'), 4000");
    expect(wire).toContain("udp: registry 'OK'");
    expect(wire).toContain("bank: query 'SHOP'");
    expect(wire).toContain("tcp: registry ('SHOP', 'KIOSK')");
  });

  test('a pool serves so many requests at a time, and one shot is one connection', async () => {
    const server = `
import rpyc from 'rpyc';
import { sleep } from 'node';
class SlowService extends rpyc.Service {
  async exposed_slow() { await sleep(1); return 'slow'; }
  exposed_fast() { return 'fast'; }
}
await new rpyc.KIND(SlowService, { port: 4000 OPTIONS }).start();
console.log('ended');
`;
    const of = (kind: string, options = ''): string =>
      server.replace('KIND', kind).replace('OPTIONS', options);
    const client = `
import rpyc from 'rpyc';
${ATTEMPT}
const [host, method] = [process.args[0], process.args[1]];
await attempt(async () => {
  const conn = await rpyc.connect(host, 4000);
  const begun = Date.now();
  const value = await conn.root[method]();
  await conn.close();
  return value + ' ' + (Date.now() - begun);
});
`
      .replace('process.args[0], process.args[1]', '...args')
      .replace(
        "import rpyc from 'rpyc';",
        "import rpyc from 'rpyc';\nimport { args } from 'node';",
      );
    const asks = (host: string, method: string, startMs: number): object => ({
      run: `client.ts ${host} ${method}`,
      startMs,
    });
    const { lines } = await run(
      {
        one: { run: 'one.ts' },
        two: { run: 'two.ts' },
        shot: { run: 'shot.ts' },
        slow1: asks('one', 'slow', 100),
        fast1: asks('one', 'fast', 150),
        slow2: asks('two', 'slow', 100),
        fast2: asks('two', 'fast', 150),
        first: asks('shot', 'fast', 100),
        second: asks('shot', 'fast', 1_000),
      },
      {
        'one.ts': of('ThreadPoolServer', ', nbThreads: 1'),
        'two.ts': of('ThreadPoolServer', ', nbThreads: 2'),
        'shot.ts': of('OneShotServer'),
        'client.ts': client,
      },
    );
    expect(lines['slow1']).toEqual([expect.stringMatching(/^slow 10\d\d$/)]);
    // The only worker is busy for a second.
    expect(lines['fast1']).toEqual([expect.stringMatching(/^fast 10\d\d$/)]);
    expect(lines['fast2']).toEqual([expect.stringMatching(/^fast \d\d$/)]);
    expect(lines['first']).toEqual([expect.stringMatching(/^fast \d\d$/)]);
    expect(lines['shot']).toEqual(['ended']);
    expect(lines['second']).toEqual(['ConnectionError: [Errno 111] Connection refused']);
  });
});
