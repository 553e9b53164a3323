import { describe, expect, test } from 'vitest';
import { wait, type Body } from '#lib/node/promise.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { runCluster, type Program } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };

/** Writes the first byte of every datagram that arrives, with the sender's name and port. */
function* printer(process: NodeProcess): Body<void> {
  const socket = process.datagramSocket(53);
  for (;;) {
    const datagram = yield* wait(socket.receive());
    if (!datagram) return;
    process.write('stdout', `${datagram.bytes[0]} ${datagram.from} ${datagram.port}\n`);
  }
}

/** Sends numbered datagrams, one each so many microseconds. */
function sender(count: number, everyUs: number, toPort = 53): Program {
  return function* (process) {
    const socket = process.datagramSocket(9);
    for (let index = 0; index < count; index++) {
      socket.send('server', toPort, Uint8Array.of(index), LABEL);
      yield* wait(process.sleepUs(everyUs));
    }
  };
}

const numbers = (lines: readonly string[]): number[] => lines.map((line) => parseInt(line));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('datagrams', () => {
  test('NET3 a datagram arrives after the latency of its link, and says from whom', async () => {
    const run = await runCluster({ programs: { server: printer, client: sender(1, 1) } });
    expect(run.lines('server')).toEqual(['0 client 9']);
    const sent = run.of('send')[0]!;
    const delivered = run.of('deliver')[0]!;
    expect(sent).toMatchObject({ to: 'server', port: 53, bytes: 1 });
    expect(sent.conn).toBeUndefined();
    expect(delivered.tUs - sent.tUs).toBe(10_000);
    expect(delivered.conn).toBeUndefined();
  });

  test('NET3 jitter lets datagrams overtake each other, which a connection never shows', async () => {
    const run = await runInAnyWindows({
      programs: { server: printer, client: sender(50, 1_000) },
      network: { jitterUs: 20_000, distribution: 'uniform' },
    });
    const got = numbers(run.lines('server'));
    expect(got).not.toEqual(upTo(50));
    expect([...got].sort((a, b) => a - b)).toEqual(upTo(50));
  });

  test('NET3 a lost datagram is gone: it is never sent again', async () => {
    const run = await runInAnyWindows({
      programs: { server: printer, client: sender(100, 1_000) },
      network: { loss: 0.3 },
    });
    const lost = run.of('lose').length;
    expect(lost).toBeGreaterThan(10);
    expect(run.of('lose').every(({ reason }) => reason === 'loss')).toBe(true);
    expect(run.lines('server')).toHaveLength(100 - lost);
    expect(run.of('retransmit')).toEqual([]);
  });

  test('NET3 a link may double datagrams', async () => {
    const run = await runInAnyWindows({
      programs: { server: printer, client: sender(100, 1_000) },
      network: { duplicate: 0.2 },
    });
    const doubled = run.of('duplicate').length;
    expect(doubled).toBeGreaterThan(5);
    expect(run.of('deliver')).toHaveLength(100 + doubled);
  });

  test('NET3 nobody has the port, the process is dead, the machine is off: the sender never learns', async () => {
    const run = await runInAnyWindows({
      programs: { server: printer, client: sender(4, 100_000), other: sender(1, 1, 54) },
      faults: [
        { atMs: 150, kill: 'server' },
        { atMs: 250, powerOff: 'server' },
      ],
    });
    expect(run.of('drop', 'server').map(({ reason }) => reason)).toEqual(['port', 'port']);
    expect(run.of('lose').map(({ node, reason }) => `${node} ${reason}`)).toEqual(['client off']);
    expect(run.lines('server')).toEqual(['0 client 9', '1 client 9']);
    expect(run.of('exit', 'client')[0]).toMatchObject({ code: 0 });
  });

  test('NET4 a cut loses datagrams on the way and those that leave later', async () => {
    const run = await runInAnyWindows({
      programs: { server: printer, client: sender(6, 6_000) },
      faults: [
        { atMs: 13, cut: 'client->server' },
        { atMs: 20, mend: 'client<->server' },
      ],
    });
    // At 13 ms numbers 1 and 2 (6 and 12 ms) are on the way; number 3 leaves at 18 ms.
    expect(run.of('lose').map(({ tUs, reason }) => `${tUs} ${reason}`)).toEqual([
      '13000 cut',
      '13000 cut',
      `${run.of('send')[3]!.tUs} cut`,
    ]);
    expect(numbers(run.lines('server'))).toEqual([0, 4, 5]);
  });

  test('NET3 more than 65 507 bytes and unknown names are refused at once', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          const socket = process.datagramSocket(9);
          for (const [host, size] of [
            ['a', 65_508],
            ['nobody', 1],
          ] as const) {
            try {
              socket.send(host, 9, new Uint8Array(size), LABEL);
            } catch (error) {
              process.write('stdout', `${(error as { code: string }).code}\n`);
            }
          }
          socket.send('a', 9, new Uint8Array(65_507), LABEL);
          const datagram = yield* wait(socket.receive());
          process.write('stdout', `${datagram!.bytes.length}\n`);
        },
      },
    });
    expect(run.lines('a')).toEqual(['EMSGSIZE', 'ENOTFOUND', '65507']);
  });

  test('NET3 a handler is called once for each datagram and keeps the process until close', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const socket = process.datagramSocket(53);
          yield* wait(process.sleepUs(25_000));
          let count = 0;
          socket.onMessage(({ bytes }) => {
            process.write('stdout', `${bytes[0]}\n`);
            if (++count === 5) socket.close();
          });
        },
        client: sender(8, 5_000),
      },
    });
    expect(run.lines('server')).toEqual(['0', '1', '2', '3', '4']);
    expect(run.of('exit', 'server')).toHaveLength(1);
  });

  test('KT3 a port that is closed and taken again meets the same datagrams in any window', async () => {
    const run = await runInAnyWindows(
      {
        programs: {
          server: function* (process) {
            for (let round = 0; round < 10; round++) {
              const socket = process.datagramSocket(53);
              socket.onMessage(({ bytes }) => process.write('stdout', `${round} ${bytes[0]}\n`));
              yield* wait(process.sleepUs(3_000));
              socket.close();
              yield* wait(process.sleepUs(2_000));
            }
          },
          client: sender(60, 700),
        },
        network: { jitterUs: 2_000, distribution: 'exponential' },
      },
      8,
    );
    expect(run.of('drop').length).toBeGreaterThan(3);
    expect(run.lines('server').length + run.of('drop').length).toBe(60);
  });
});
