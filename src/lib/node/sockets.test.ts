import { expect, test } from 'vitest';
import { runCluster, type Program } from '../../../tests/support/cluster.ts';
import { createNodeModule } from './module.ts';
import { wait } from './promise.ts';

interface Socket {
  send(data: string | Uint8Array, kind?: string): PromiseLike<void>;
  receive(max?: number): PromiseLike<Uint8Array | null>;
}

interface NodeModule {
  connect(host: string, port: number): PromiseLike<Socket>;
  listen(port: number): { accept(): PromiseLike<Socket> };
}

/** Both send more than fits before either reads. */
const talker = (isServer: boolean): Program =>
  function* (process) {
    const node = createNodeModule(process) as unknown as NodeModule;
    const socket = isServer
      ? yield* wait(node.listen(25).accept())
      : yield* wait(node.connect('server', 25));
    yield* wait(socket.send('HELO you\n'));
    for (let count = 0; count < 2; count++)
      yield* wait(socket.send(new Uint8Array(200_000), 'big'));
    while (yield* wait(socket.receive()));
  };

test('NET2 KT8 two that send before they read wait for room at each other: a deadlock', async () => {
  const run = await runCluster({ programs: { server: talker(true), client: talker(false) } });
  expect(run.end.waiting.map(({ node, what }) => `${node}: ${what}`)).toEqual([
    'server: room at client',
    'client: room at server',
  ]);
  expect(run.end.deadlocks).toEqual([['client', 'server']]);
});

test('NET5 what has no name of its own is named by the protocol of the port', async () => {
  const run = await runCluster({ programs: { server: talker(true), client: talker(false) } });
  const said = run.of('send', 'client').map(({ proto, msg }) => `${proto} ${msg}`);
  expect(said).toEqual(['lines helo', 'node big', 'node big']);
});
