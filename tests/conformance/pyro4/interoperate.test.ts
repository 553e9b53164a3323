// Our Pyro4 and the real one in one cluster, both ways. Skipped where the machine has not the package
// (docs/conformance.md says how to get it).

import { describe, expect, test } from 'vitest';
import { findLibrary } from '../real-packages/packages.ts';
import { run } from './run.ts';

const found = await findLibrary('pyro4');

/** Before its imports a program says that it wants ours, although the real one is installed. */
const OURS = `
import sys
sys.path = [it for it in sys.path if not it.endswith("site-packages")]
import Pyro4
assert "python314.zip" in Pyro4.Proxy.__init__.__code__.co_filename
`;
const REAL = `
import Pyro4
assert "site-packages" in Pyro4.Proxy.__init__.__code__.co_filename
`;

const NAMES = `
import Pyro4.naming
Pyro4.naming.startNSloop(host="HOST", enableBroadcast=False)
`;

const DAEMON = `
import time

@Pyro4.expose
class Item:
    def __init__(self, name):
        self._name = name
    @property
    def name(self):
        return self._name
    @name.setter
    def name(self, value):
        self._name = value

@Pyro4.expose
class Shop:
    def echo(self, value, *more, **named):
        return value, list(more), named
    def fail(self):
        raise KeyError("soup", 3)
    def item(self, name):
        item = Item(name)
        self._pyroDaemon.register(item)
        return item
    def count(self, until):
        yield from range(until)
    def call(self, back):
        return back.notify("hello")
    @Pyro4.oneway
    def forget(self, word):
        print("forgot", word)
    def forgotten(self):
        return Pyro4.current_context.correlation_id is not None

daemon = Pyro4.Daemon(host="HOST")
uri = daemon.register(Shop())
Pyro4.locateNS("NS").register("shop", uri, metadata=["a", "b"])
daemon.requestLoop()
`;

const CLIENT = `
import threading
import Pyro4.errors

names = Pyro4.locateNS("NS")
print(names.lookup("shop").object[:4], names.list(metadata_all={"a"}).keys())
shop = Pyro4.Proxy("PYRONAME:shop@NS")
print(shop.echo((1, 2.5, None, True), "a'b", {"k": [1]}, word="é☃", big=2**70))
print(shop.echo({1, 2}, b"bytes", 1 + 2j, float("inf")))
try:
    shop.fail()
except KeyError as error:
    print(error.args, "KeyError: ('soup', 3)" in "".join(error._pyroTraceback))
try:
    shop.nothing()
except AttributeError as error:
    print(error)
item = shop.item("tea")
item.name = "green " + item.name
print(type(item).__name__, item.name)
print(list(shop.count(3)))
batch = Pyro4.batch(shop)
batch.echo(1)
batch.fail()
batch.echo(2)
try:
    for result in batch():
        print(result)
except KeyError as error:
    print("batch", error.args)
print(shop.forget("it"), shop.forgotten())

@Pyro4.expose
class Listener:
    def notify(self, word):
        return word + " back"

daemon = Pyro4.Daemon(host="HOST")
threading.Thread(target=daemon.requestLoop, daemon=True).start()
listener = Listener()
daemon.register(listener)
print(shop.call(listener))
Pyro4.asyncproxy(shop)
print(shop.echo("later").value)
for serializer in ("json", "marshal"):
    other = Pyro4.Proxy("PYRONAME:shop@NS")
    other._pyroSerializer = serializer
    print(serializer, other.echo([1, "x"], y=None))
`;

const EXPECTED = [
  "obj_ dict_keys(['shop'])",
  `((1, 2.5, None, True), ["a'b", {'k': [1]}], {'word': 'é☃', 'big': ${2n ** 70n}})`,
  "({1, 2}, [{'data': 'Ynl0ZXM=', 'encoding': 'base64'}, (1+2j), inf], {})",
  "('soup', 3) True",
  "remote object 'PYRONAME:shop@NS:9090' has no exposed attribute or method 'nothing'",
  'Proxy green tea',
  '[0, 1, 2]',
  '(1, [], {})',
  "batch ('soup', 3)",
  'None True',
  'hello back',
  "('later', [], {})",
  "json [[1, 'x'], [], {'y': None}]",
  "marshal ([1, 'x'], [], {'y': None})",
];

function programs(names: string, daemon: string, client: string): Record<string, string> {
  return { 'names.py': names + NAMES, 'daemon.py': daemon + DAEMON, 'client.py': client + CLIENT };
}

/** One name server, one daemon and one client, each on a machine of its own. */
function trio(side: string): Record<string, unknown> {
  return {
    [`ns${side}`]: { run: `python ${side}/names.py` },
    [`daemon${side}`]: { run: `python ${side}/daemon.py`, startMs: 300 },
    [`client${side}`]: { run: `python ${side}/client.py`, startMs: 800 },
  };
}

function placed(side: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => {
      const node = { 'names.py': 'ns', 'daemon.py': 'daemon', 'client.py': 'client' }[name]!;
      const own = text.replaceAll('HOST', node + side).replaceAll('NS"', `ns${side}"`);
      return [`${side}/${name}`, own.replaceAll('@NS', `@ns${side}`)];
    }),
  );
}

describe('NET5 Pyro4 of ours', { timeout: 120_000 }, () => {
  test.skipIf(!found)(
    `calls the real one and is called by it${found ? '' : ' (this machine has no Pyro4)'}`,
    async () => {
      const { lines, wire } = await run(
        { nodes: { ...trio('A'), ...trio('B') }, untilMs: 6_000 },
        {
          ...found,
          ...placed('A', programs(OURS, REAL, OURS)),
          ...placed('B', programs(REAL, OURS, REAL)),
        },
      );
      for (const side of ['A', 'B']) {
        const expected = EXPECTED.map((line) => line.replace('@NS', `@ns${side}`));
        expect(lines[`client${side}`], side).toEqual(expected);
        expect(lines[`daemon${side}`]!.filter((line) => !line.startsWith('/'))).toEqual([
          'forgot it',
        ]);
        const client = wire.filter((line) => line.startsWith(`client${side}`));
        expect(client).toContain(`client${side}: lookup Pyro.NameServer.lookup('shop')`);
        expect(client).toContain(`client${side}: invoke shop.fail()`);
        expect(client).toContain(`client${side}: oneway shop.forget('it')`);
        expect(client).toContain(`client${side}: batch shop: echo(1); fail(); echo(2)`);
        expect(client).toContain(`client${side}: invoke shop.echo([1,'x'], y=None)`);
        expect(wire).toContain(`daemon${side}: exception KeyError('soup', 3)`);
      }
    },
  );
});
