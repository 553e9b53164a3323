// The real RPyC, Pyro4 and PyCSP between nodes of a cluster, unmodified: they serve, they call, and of a
// killed server a client hears by the library's own exception. Skipped where the machine has not the
// package (docs/conformance.md says how to get them).

import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../../bin/experiment.ts';
import { findLibrary, LIBRARIES, type Library } from './packages.ts';

const found = Object.fromEntries(
  await Promise.all(LIBRARIES.map(async (library) => [library, await findLibrary(library)])),
) as Record<Library, Awaited<ReturnType<typeof findLibrary>>>;

async function linesOf(
  library: Library,
  node: string,
  given: { cluster: object; faults: object[]; files: Record<string, string> },
): Promise<string[]> {
  const prepared = await prepare({
    ...found[library],
    ...given.files,
    'cluster.json': JSON.stringify({ network: { latencyMs: 10 }, ...given.cluster }),
    'faults.json': JSON.stringify(given.faults),
  });
  const lines: string[] = [];
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if (event.kind === 'log' && event.node === node) lines.push(event.text);
  });
  return lines;
}

/** A title that says why a test did not run. */
function title(library: Library, sentence: string): string {
  return found[library] ? sentence : `${sentence} (this machine has no ${library})`;
}

describe('NODE1 NODE4 real packages', { timeout: 120_000 }, () => {
  test.skipIf(!found.rpyc)(
    title('rpyc', 'RPyC serves across nodes, and EOFError tells of a killed server'),
    async () => {
      const lines = await linesOf('rpyc', 'client', {
        cluster: {
          nodes: {
            classic: { run: 'rpyc_classic --host classic' },
            service: { run: 'python service.py' },
            client: { run: 'python client.py', startMs: 500 },
          },
        },
        faults: [{ atMs: 3_000, kill: 'service' }],
        files: {
          'service.py': `
import rpyc
from rpyc.utils.server import ThreadedServer

class Shop(rpyc.Service):
    def exposed_price(self, name):
        return {"tea": 3}[name]

ThreadedServer(Shop, hostname="service", port=18861).start()
`,
          'client.py': `
import time
import rpyc

remote = rpyc.classic.connect("classic")
print(remote.modules.os.uname().nodename, remote.eval("6 * 7"))
shop = rpyc.connect("service", 18861)
print(shop.root.price("tea"))
try:
    shop.root.price("soup")
except KeyError as error:
    print("KeyError", str(error).splitlines()[0])
time.sleep(4)
try:
    shop.root.price("tea")
except EOFError as error:
    print("EOFError", error, shop.closed)
`,
        },
      });
      expect(lines).toEqual([
        'classic 42',
        '3',
        "KeyError 'soup'",
        expect.stringMatching(/^EOFError .+ True$/),
      ]);
    },
  );

  test.skipIf(!found.pyro4)(
    title('pyro4', 'Pyro4 finds and calls across nodes, and ConnectionClosedError tells of a kill'),
    async () => {
      const lines = await linesOf('pyro4', 'client', {
        cluster: {
          nodes: {
            ns: { run: 'python -m Pyro4.naming -n ns' },
            daemon: { run: 'python daemon.py', startMs: 500 },
            client: { run: 'python client.py', startMs: 1_500 },
          },
        },
        faults: [{ atMs: 4_000, kill: 'daemon' }],
        files: {
          'daemon.py': `
import time
import Pyro4

@Pyro4.expose
class Shop:
    def price(self, name):
        return {"tea": 3}[name]
    def wait(self):
        time.sleep(60)

daemon = Pyro4.Daemon(host="daemon")
Pyro4.locateNS("ns").register("shop", daemon.register(Shop))
daemon.requestLoop()
`,
          'client.py': `
import Pyro4
import Pyro4.errors

ns = Pyro4.locateNS("ns")
shop = Pyro4.Proxy(ns.lookup("shop"))
print(shop.price("tea"), sorted(ns.list()))
try:
    shop.price("soup")
except KeyError as error:
    print("KeyError", error)
try:
    shop.wait()
except Pyro4.errors.ConnectionClosedError as error:
    print("ConnectionClosedError", error)
`,
        },
      });
      expect(lines).toEqual([
        "3 ['Pyro.NameServer', 'shop']",
        "KeyError 'soup'",
        expect.stringMatching(/^ConnectionClosedError receiving: /),
      ]);
    },
  );

  test.skipIf(!found.pycsp)(
    title('pycsp', 'PyCSP meets across nodes, and ChannelRetireException ends the reader'),
    async () => {
      const lines = await linesOf('pycsp', 'host', {
        cluster: {
          nodes: {
            host: { run: 'python host.py', env: { PYCSP_HOST: 'host', PYCSP_PORT: '8888' } },
            writer: { run: 'python writer.py', startMs: 1_000 },
          },
        },
        faults: [],
        files: {
          'host.py': `
from pycsp.parallel import *

channel = Channel("A")

@process
def reader(read):
    try:
        while True:
            print("got", read())
    except ChannelRetireException:
        print("retired")

Parallel(reader(channel.reader()))
shutdown()
`,
          'writer.py': `
from pycsp.parallel import *

channel = Channel("A", connect=("host", 8888))
write = channel.writer()
for number in range(3):
    write(number)
retire(write)
channel.disconnect()
shutdown()
`,
        },
      });
      expect(lines).toEqual(['got 0', 'got 1', 'got 2', 'retired']);
    },
  );
});
