// What the engine in Python does beyond the recorded programs (npm run score:pyro4): files of names,
// serveSimple, instance modes, values of every kind, workers that are all busy, the end of a daemon.

import { expect, test } from 'vitest';
import { run } from './run.ts';

const SERVER = `
import threading
import time
import Pyro4

Pyro4.config.HOST = "server"
Pyro4.config.NS_HOST = "ns"
Pyro4.config.THREADPOOL_SIZE = 4

class Counter:
    def __init__(self):
        self.count = 0
    @Pyro4.expose
    def next(self):
        self.count += 1
        return self.count

@Pyro4.behavior(instance_mode="single")
class Single(Counter):
    pass

class Session(Counter):
    pass

@Pyro4.expose
class Kinds:
    def echo(self, value):
        return value
    def kind(self, value):
        return type(value).__name__
    def stop(self):
        threading.Thread(target=self._pyroDaemon.shutdown).start()
    @Pyro4.oneway
    def fail(self):
        raise ValueError("nobody hears")

Pyro4.Daemon.serveSimple({Single: "single", Session: "session", Kinds: "kinds"})
print("ended")
`;

const CLIENT = `
import collections
import datetime
import decimal
import time
import uuid
import Pyro4
import Pyro4.errors

Pyro4.config.NS_HOST = "ns"

def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(type(error).__name__, error)

for name in ("single", "session"):
    seen = []
    for _ in range(2):
        with Pyro4.Proxy(f"PYRONAME:{name}") as counter:
            seen += [counter.next(), counter.next()]
    print(name, seen)
kinds = Pyro4.Proxy("PYRONAME:kinds")
class Own:
    pass
for value in (
    frozenset([1]), bytearray(b"x"), datetime.date(2026, 1, 2), datetime.timedelta(seconds=3),
    decimal.Decimal("1.5"), uuid.UUID(int=1), collections.deque([1]), (), float("-inf"),
):
    attempt(lambda: (kinds.kind(value), kinds.echo(value)))
attempt(lambda: kinds.echo(collections.OrderedDict(a=1)))
with Pyro4.Proxy("PYRONAME:kinds") as refused:
    attempt(lambda: refused.echo(Own()))
attempt(lambda: kinds.echo(range(3)))
attempt(lambda: kinds.echo(lambda: 1))
print(kinds.fail())
time.sleep(3)
names = Pyro4.locateNS("ns")
print(sorted(names.list()))
busy = [Pyro4.Proxy("PYRONAME:kinds") for _ in range(4)]
for proxy in busy:
    attempt(lambda: proxy.echo(1))
kinds.stop()
`;

test(
  'NODE9 Pyro4 in Python keeps names in a file and serves classes',
  { timeout: 60_000 },
  async () => {
    const { lines } = await run(
      {
        nodes: {
          ns: { run: 'python -m Pyro4.naming -n ns -s sql:names.db' },
          server: { run: 'python server.py', startMs: 100 },
          client: { run: 'python client.py', startMs: 600 },
        },
        untilMs: 20_000,
      },
      { 'server.py': SERVER, 'client.py': CLIENT },
      [
        { atMs: 3_000, kill: 'ns' },
        { atMs: 3_200, restart: 'ns' },
      ],
    );
    expect(lines['ns']).toEqual([
      'Broadcast server running on 0.0.0.0:9091',
      'NS running on ns:9090 (10.0.0.1)',
      'Warning: HMAC key not set. Anyone can connect to this server!',
      'URI = PYRO:Pyro.NameServer@ns:9090',
      'Broadcast server running on 0.0.0.0:9091',
      'Persistent store contains 4 existing registrations.',
      'NS running on ns:9090 (10.0.0.1)',
      'Warning: HMAC key not set. Anyone can connect to this server!',
      'URI = PYRO:Pyro.NameServer@ns:9090',
    ]);
    const uri = expect.stringMatching(/^ {4}uri = PYRO:obj_[0-9a-f]{32}@server:\d+$/) as string;
    expect(lines['server']!.slice(0, 10)).toEqual([
      "Object <class '__main__.Single'>:",
      uri,
      '    name = single',
      "Object <class '__main__.Session'>:",
      uri,
      '    name = session',
      "Object <class '__main__.Kinds'>:",
      uri,
      '    name = kinds',
      'Pyro daemon running.',
    ]);
    expect(lines['server']).toContain('Exception in thread oneway-call:');
    expect(lines['server']).toContain('ValueError: nobody hears');
    expect(lines['server']!.at(-1)).toBe('ended');
    const busy = 'no free workers, increase server threadpool size';
    expect(lines['client']).toEqual([
      'single [1, 2, 3, 4]',
      'session [1, 2, 1, 2]',
      "('set', {1})",
      "('dict', {'data': 'eA==', 'encoding': 'base64'})",
      "('str', '2026-01-02')",
      "('float', 3.0)",
      "('str', '1.5')",
      "('str', '00000000-0000-0000-0000-000000000001')",
      "('list', [1])",
      "('tuple', ())",
      "('float', -inf)",
      'SerializeError unsupported serialized class: collections.OrderedDict',
      'SecurityError refused to deserialize types with double underscores in their name: __main__.Own',
      expect.stringMatching(/^TypeError don't know how to serialize class <class 'range'>/),
      'SerializeError unsupported serialized class: builtins.function',
      'None',
      "['Pyro.NameServer', 'kinds', 'session', 'single']",
      '1',
      '1',
      '1',
      expect.stringMatching(new RegExp(`^CommunicationError connection to .* rejected: ${busy}$`)),
    ]);
  },
);
