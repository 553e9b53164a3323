import { describe, expect, test } from 'vitest';
import { wait, type Body } from '#lib/node/promise.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { clusterOf, runCluster, type ClusterRun } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';
import { drawLatencyUs, Links } from './links.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };

function* sink(process: NodeProcess): Body<void> {
  const socket = process.datagramSocket(53);
  while (yield* wait(socket.receive()));
}

function burst(count: number, byteCount: number, everyUs = 0) {
  return function* (process: NodeProcess): Body<void> {
    const socket = process.datagramSocket(9);
    for (let index = 0; index < count; index++) {
      socket.send('server', 53, new Uint8Array(byteCount), LABEL);
      if (everyUs > 0) yield* wait(process.sleepUs(everyUs));
    }
  };
}

/** How long each delivered message took, by the order of its sending. */
function latencies(run: ClusterRun): number[] {
  return run
    .of('deliver')
    .toSorted((a, b) => a.send - b.send)
    .map(({ tUs, send }) => tUs - run.events[send]!.tUs);
}

function draws(distribution: 'uniform' | 'exponential' | 'bimodal', count: number): number[] {
  const network = { latencyUs: 1_000, jitterUs: 500, distribution };
  const links = new Links(clusterOf({ programs: { a: sink, b: sink }, network }), 1);
  const place = (name: string) => ({ node: name, machine: name });
  const link = links.between(place('a'), place('b'));
  return Array.from({ length: count }, () => drawLatencyUs(link) - 1_000);
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('latency', () => {
  test('NET1 uniform lies in [0, jitter], exponential has mean jitter, bimodal is all or nothing', () => {
    const uniform = draws('uniform', 4_000);
    expect(Math.min(...uniform)).toBe(0);
    expect(Math.max(...uniform)).toBe(500);
    expect(mean(uniform)).toBeCloseTo(250, -1);
    const exponential = draws('exponential', 20_000);
    expect(Math.min(...exponential)).toBe(0);
    expect(Math.max(...exponential)).toBeGreaterThan(2_500);
    expect(Math.abs(mean(exponential) - 500)).toBeLessThan(15);
    const bimodal = draws('bimodal', 4_000);
    expect(new Set(bimodal)).toEqual(new Set([0, 500]));
    expect(Math.abs(mean(bimodal) - 50)).toBeLessThan(10);
  });

  test('NET1 a changed link affects later sends only', async () => {
    const run = await runInAnyWindows({
      programs: { server: sink, client: burst(4, 1, 6_000) },
      faults: [
        { atMs: 9, link: 'client->server', set: { latencyMs: 200 } },
        { atMs: 15, link: 'client->server', set: { latencyMs: 0 } },
      ],
    });
    expect(latencies(run)).toEqual([10_000, 10_000, 200_000, 1]);
  });

  test('KT3 a link that becomes faster than every other shortens the windows', async () => {
    const pinger = function* (process: NodeProcess): Body<void> {
      const connection = yield* wait(process.connect('server', 7));
      for (let round = 0; round < 30; round++) {
        connection.send(Uint8Array.of(1), LABEL);
        yield* wait(connection.receive());
      }
      process.write('stdout', `${process.nowUs()}\n`);
    };
    const echo = function* (process: NodeProcess): Body<void> {
      const connection = yield* wait(process.listen(7).accept());
      for (;;) {
        const bytes = yield* wait(connection.receive());
        if (!bytes) return;
        connection.send(bytes, LABEL);
      }
    };
    const run = await runInAnyWindows({
      programs: { server: echo, client: pinger },
      faults: [{ atMs: 105, link: 'client<->server', set: { latencyMs: 0.02 } }],
    });
    expect(Number(run.lines('client')[0])).toBeLessThan(125_000);
  });
});

describe('bandwidth', () => {
  test('NET1 packets leave one after the other, at the pace of the link', async () => {
    const run = await runInAnyWindows({
      programs: { server: sink, client: burst(3, 1_000) },
      network: { bandwidthKbps: 800 },
    });
    // 1 000 bytes at 800 kbit/s take 10 ms; each send call is 5 µs later.
    expect(latencies(run)).toEqual([20_000, 29_995, 39_990]);
  });

  test('NET1 a connection queues too, and its end comes after its data', async () => {
    const run = await runInAnyWindows({
      network: { bandwidthKbps: 800 },
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          while (yield* wait(connection.receive()));
          process.write('stdout', `end at ${process.nowUs()}\n`);
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          for (let index = 0; index < 5; index++) connection.send(new Uint8Array(1_000), LABEL);
          connection.close();
        },
      },
    });
    expect(run.lines('server')).toEqual(['end at 80005']);
  });
});

describe('cuts and partitions', () => {
  const everyMs = { programs: { server: sink, client: burst(40, 1, 1_000) } };

  test('NET4 heal leaves cuts, mend leaves partitions', async () => {
    const run = await runCluster({
      ...everyMs,
      faults: [
        { atMs: 0, cut: 'client->server' },
        { atMs: 0, partition: [['client'], ['server']] },
        { atMs: 10, heal: true },
        { atMs: 20, partition: [['client'], ['server']] },
        { atMs: 20, mend: 'client->server' },
        { atMs: 30, heal: true },
      ],
    });
    const reasonAt = (ms: number) =>
      run.of('lose').find(({ tUs }) => tUs >= ms * 1000 && tUs < (ms + 2) * 1000)?.reason;
    expect([5, 15, 25, 35].map(reasonAt)).toEqual(['cut', 'cut', 'partition', undefined]);
  });

  test('NET4 a cut one way keeps the reverse direction, and may name machines', async () => {
    const base = clusterOf(everyMs);
    const machines = [
      { ...base.machines[0]!, name: 'm1' },
      { ...base.machines[1]!, name: 'm2' },
    ];
    const nodes = [
      { ...base.nodes[0]!, machine: 'm1' },
      { ...base.nodes[1]!, machine: 'm2' },
    ];
    const links = new Links({ ...base, machines, nodes }, 1);
    const server = { node: 'server', machine: 'm1' };
    const client = { node: 'client', machine: 'm2' };
    links.cut('m2->m1');
    expect(links.between(client, server).blocked).toBe('cut');
    expect(links.between(server, client).blocked).toBe('');
    links.mend('m1<->m2');
    links.cut('client<->server');
    expect(links.between(server, client).blocked).toBe('cut');
  });

  test('KT6 a fault does not begin the luck of a link anew', async () => {
    const network = { jitterUs: 9_000, distribution: 'uniform' } as const;
    const calm = await runCluster({ ...everyMs, network });
    const healed = await runCluster({
      ...everyMs,
      network,
      faults: [
        { atMs: 10, partition: [['server'], ['client']], oneWay: true },
        { atMs: 11, heal: true },
      ],
    });
    expect(latencies(healed)).toEqual(latencies(calm));
  });
});
