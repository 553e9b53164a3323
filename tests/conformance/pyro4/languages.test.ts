// A program in TypeScript calls one in Python and the other way round, over a name server that needs no
// interpreter.

import { expect, test } from 'vitest';
import type { Files } from '#lib/experiment/experiment.ts';
import { findLibrary } from '../real-packages/packages.ts';
import { run } from './run.ts';

const real = await findLibrary('pyro4');

const PYTHON_SERVER = `
import Pyro4

@Pyro4.expose
class Shop:
    def echo(self, *values, **named):
        return list(values), named
    def types(self, *values):
        return [type(value).__name__ for value in values]
    def fail(self):
        return {}["soup"]
    def count(self, until):
        yield from range(until)
    def call(self, back):
        return back.notify("from Python")

daemon = Pyro4.Daemon(host="python")
Pyro4.locateNS("ns").register("shop.python", daemon.register(Shop))
daemon.requestLoop()
`;

const TYPESCRIPT_SERVER = `
import { Daemon, expose, locateNS } from 'pyro4';

class Shop {
  echo(...values: unknown[]) { return values; }
  fail() { throw new RangeError('soup'); }
  async *count(until: number) { for (let i = 0; i < until; i++) yield i; }
  async call(back: { notify(word: string): Promise<string> }) { return await back.notify('from TypeScript'); }
}
const daemon = new Daemon({ host: 'typescript' });
const names = await locateNS('ns');
await names.register('shop.typescript', await daemon.register(expose(Shop)));
await daemon.requestLoop();
`;

const TYPESCRIPT_CLIENT = `
import { Daemon, expose, kw, Proxy, tuple, float } from 'pyro4';

const shop = new Proxy('PYRONAME:shop.python@ns');
console.log(await shop.echo(1, 2.5, 'a', [true, null], kw({ by: 'Ada' })));
console.log(await shop.types(1, 2.5, float(4), 2n ** 70n, tuple(1), [1], { a: 1 }, new Set([1]), null));
try { await shop.fail(); } catch (error) { console.log(error.name, error.message, error._pyroTraceback.length); }
const seen = [];
for await (const item of await shop.count(3)) seen.push(item);
console.log(seen);
const daemon = new Daemon({ host: 'caller' });
const listener = new (expose(class Listener { notify(word: string) { return 'heard ' + word; } }))();
await daemon.register(listener);
console.log(await shop.call(listener));
daemon.shutdown();
`;

const PYTHON_CLIENT = `
import threading
import Pyro4

shop = Pyro4.Proxy("PYRONAME:shop.typescript@ns")
print(shop.echo(1, 2.5, "a", (True, None), {1: "x"}, {2, 3}, by="Ada"))
try:
    shop.fail()
except ValueError as error:
    print(repr(error), "server.ts:6" in "".join(error._pyroTraceback))
print(list(shop.count(3)))

@Pyro4.expose
class Listener:
    def notify(self, word):
        return "heard " + word

daemon = Pyro4.Daemon(host="asker")
threading.Thread(target=daemon.requestLoop, daemon=True).start()
listener = Listener()
daemon.register(listener)
print(shop.call(listener))
`;

async function callEachOther(packages: Files): Promise<void> {
  const { lines, wire } = await run(
    {
      nodes: {
        ns: { run: 'pyro4-ns -n ns' },
        python: { run: 'python server.py', startMs: 50 },
        typescript: { run: 'server.ts', startMs: 50 },
        caller: { run: 'client.ts', startMs: 500 },
        asker: { run: 'python client.py', startMs: 500 },
      },
    },
    {
      ...packages,
      'server.py': PYTHON_SERVER,
      'server.ts': TYPESCRIPT_SERVER,
      'client.ts': TYPESCRIPT_CLIENT,
      'client.py': PYTHON_CLIENT,
    },
  );
  expect(lines['caller']).toEqual([
    "([1, 2.5, 'a', [true, null]], {by: 'Ada'})",
    "['int', 'float', 'float', 'int', 'tuple', 'list', 'dict', 'set', 'NoneType']",
    "KeyError 'soup' 4",
    '[0, 1, 2]',
    'heard from Python',
  ]);
  expect(lines['asker']).toEqual([
    "[1, 2.5, 'a', (True, None), {1: 'x'}, {2, 3}, {'by': 'Ada'}]",
    "ValueError('soup') True",
    '[0, 1, 2]',
    'heard from TypeScript',
  ]);
  expect(wire).toContain("caller: invoke shop.python.echo(1, 2.5, 'a', [True,None], by='Ada')");
  expect(wire).toContain("typescript: exception ValueError('soup')");
}

test('NET5 Pyro4 in TypeScript and in Python call each other', { timeout: 60_000 }, async () => {
  await callEachOther({});
});

test.skipIf(!real)(
  `NET5 Pyro4 in TypeScript and the real one do${real ? '' : ' (this machine has no Pyro4)'}`,
  { timeout: 60_000 },
  async () => {
    await callEachOther(real!);
  },
);

test('a client whose connecting timed out is done with it, in both languages', async () => {
  const python = `
import Pyro4
Pyro4.config.COMMTIMEOUT = 0.9
try:
    Pyro4.Proxy("PYRO:shop@server:7777").echo(1)
except Pyro4.errors.CommunicationError as error:
    print(error)
`;
  const typescript = `
import { config, Proxy } from 'pyro4';
config.COMMTIMEOUT = 0.9;
try { await new Proxy('PYRO:shop@server:7777').echo(1); } catch (error) { console.log(error.message); }
`;
  const { lines, events } = await run(
    {
      nodes: {
        server: { run: 'server.ts' },
        ts: { run: 'client.ts' },
        py: { run: 'python client.py' },
      },
    },
    { 'server.ts': '', 'client.ts': typescript, 'client.py': python },
    [{ atMs: 0, powerOff: 'server' }],
  );
  const said = [expect.stringMatching(/timed out$/)];
  expect(lines).toEqual({ ts: said, py: said });
  expect(events.filter(({ kind }) => kind === 'retransmit')).toEqual([]);
  expect(events.at(-1)!.tUs).toBeLessThan(1_500_000);
});
