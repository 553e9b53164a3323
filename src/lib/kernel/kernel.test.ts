import { describe, expect, test } from 'vitest';
import { simErrors } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { runCluster, type ClusterOptions, type Program } from '../../../tests/support/cluster.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const byte = Uint8Array.of(1);

/** Accepts one connection after another and answers each message. */
function* echo(process: NodeProcess): Body<void> {
  const listener = process.listen(7);
  for (;;) {
    const connection = yield* wait(listener.accept());
    for (;;) {
      const bytes = yield* wait(connection.receive());
      if (!bytes) break;
      connection.send(bytes, { ...LABEL, msg: 'reply' });
    }
  }
}

function pinger(count: number): Program {
  return function* (process) {
    const connection = yield* wait(process.connect('server', 7));
    for (let round = 0; round < count; round++) {
      connection.send(byte, LABEL);
      if (!(yield* wait(connection.receive()))) return;
    }
    connection.close();
    process.write('stdout', `done at ${process.nowUs()}\n`);
  };
}

const pingPong: ClusterOptions = { programs: { server: echo, client: pinger(3) } };

/** Every node sends to every other one, at its own pace, for a while. */
function gossip(count: number, rounds: number): Record<string, Program> {
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  function* program(process: NodeProcess): Body<void> {
    const listener = process.listen(7);
    const index = names.indexOf(process.spec.name);
    const peers = [1, 2, 3, 4].map((step) => names[(index + step) % count]!);
    const connections = [];
    for (const peer of peers) connections.push(yield* wait(process.connect(peer, 7)));
    for (let accepted = 0; accepted < 4; accepted++) {
      const connection = yield* wait(listener.accept());
      const drain = (): void => {
        void connection.receive().then((bytes) => {
          if (bytes) drain();
        });
      };
      drain();
    }
    for (let round = 0; round < rounds; round++) {
      for (const connection of connections) connection.send(byte, LABEL);
      yield* wait(process.sleepUs(10_000 + Math.floor(process.random() * 100)));
    }
    process.exit(0);
  }
  return Object.fromEntries(names.map((name) => [name, program]));
}

describe('time and order', () => {
  test('KT1 a message takes the latency of its link', async () => {
    const run = await runCluster({ programs: { server: echo, client: pinger(1) } });
    // Connecting 20 ms, one round trip 20 ms, 5 µs for the system call at each end.
    expect(run.lines('client')).toEqual(['done at 40010']);
  });

  test('KT3 windows never show: any run cut into smaller windows has the same digest', async () => {
    const scenarios: ClusterOptions[] = [
      pingPong,
      {
        programs: gossip(8, 10),
        network: { jitterUs: 3_000, distribution: 'uniform', loss: 0.05 },
      },
      {
        programs: gossip(6, 20),
        network: { jitterUs: 2_000, distribution: 'exponential' },
        faults: [
          { atMs: 61, kill: 'n2' },
          { on: { deliver: 'data', to: 'n4', nth: 7 }, kill: 'n4' },
        ],
      },
    ];
    for (const scenario of scenarios) {
      const whole = await runCluster(scenario);
      expect(whole.end.digest).toMatch(/^[0-9a-f]{64}$/);
      for (let seed = 1; seed <= 5; seed++) {
        const cut = await runCluster({ ...scenario, windowSeed: seed });
        expect(cut.text).toBe(whole.text);
      }
    }
  });

  test('KT6 a link that is used more shifts no draw of another link', async () => {
    const busy = await runCluster({
      programs: { server: echo, client: pinger(2), other: pinger(20) },
      network: { jitterUs: 5_000, distribution: 'uniform' },
    });
    const calm = await runCluster({
      programs: { server: echo, client: pinger(2), other: pinger(1) },
      network: { jitterUs: 5_000, distribution: 'uniform' },
    });
    const sent = (run: typeof busy): number[] => run.of('send', 'client').map(({ tUs }) => tUs);
    expect(sent(calm)[0]).toBe(sent(busy)[0]);
  });

  test('KT2 the same seed gives the same trace, another seed another one', async () => {
    const options = { ...pingPong, network: { jitterUs: 5_000, distribution: 'uniform' as const } };
    const first = await runCluster(options);
    const second = await runCluster(options);
    const other = await runCluster({ ...options, seed: 2 });
    expect(second.text).toBe(first.text);
    expect(other.end.digest).not.toBe(first.end.digest);
  });
});

describe('the end of a run (KT7)', () => {
  test('KT7 background timers alone do not keep a run alive', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          const beat = (): void => void process.setTimer(1_000, beat, { isBackground: true });
          beat();
          yield* wait(process.sleepUs(10_500));
          yield* wait(process.connect('a', 9).catch(() => null));
          process.listen(1);
        },
      },
    });
    expect(run.end.reason).toBe('quiescent');
    expect(run.end.tUs).toBe(10_600);
  });

  test('KT7 a timer lives while somebody holds its obligation', async () => {
    const run = await runCluster({
      programs: {
        holder: function* (process) {
          process.listen(1);
          process.oblige('unacked', 1);
          yield* wait(process.sleepUs(1));
        },
        checker: function* (process) {
          process.listen(1);
          yield* wait(process.sleepUs(92_000_000, { whileHeld: 'unacked' }));
          process.write('stdout', 'checked\n');
        },
      },
    });
    expect(run.lines('checker')).toEqual(['checked']);
    expect(run.end.tUs).toBe(92_000_000);
  });

  test('KT7 a check for a peer lives once nobody holds what the peer held', async () => {
    const programs = (isKilled: boolean): Parameters<typeof runCluster>[0] => ({
      programs: {
        peer: function* (process) {
          process.listen(1);
          process.oblige('alive', 1);
          yield* [];
        },
        checker: function* (process) {
          process.listen(1);
          yield* wait(process.sleepUs(9_000_000, { unlessHeld: 'alive' }));
          process.write('stdout', 'missed\n');
        },
      },
      faults: isKilled ? [{ atMs: 1, kill: 'peer' }] : [],
    });
    const killed = await runCluster(programs(true));
    expect(killed.lines('checker')).toEqual(['missed']);
    expect(killed.end.tUs).toBe(9_000_000);
    const healthy = await runCluster(programs(false));
    expect(healthy.lines('checker')).toEqual([]);
    expect(healthy.end.tUs).toBeLessThan(1_000);
  });

  test('KT7 a run ends at untilMs, also when only a program has something to do later', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          for (;;) yield* wait(process.sleepUs(400));
        },
      },
      untilUs: 1_000,
    });
    expect(run.end).toMatchObject({ reason: 'until', tUs: 1_000 });
    expect(run.of('timer').at(-1)!.tUs).toBe(800);
  });

  test('KT7 the event limit cuts at exactly that event', async () => {
    const run = await runCluster({ ...pingPong, eventLimit: 17 });
    expect(run.end.reason).toBe('event-limit');
    expect(run.events).toHaveLength(17);
  });

  test('KT7 time that stands still is reported with the node', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          for (;;) yield* wait(process.sleepUs(0));
        },
      },
    });
    expect(run.end.reason).toBe('instant-limit');
    expect(run.end.detail).toContain('at a');
  });

  test('KT8 two processes that wait for each other are a deadlock', async () => {
    const waiter = (peer: string, isFirst: boolean): Program =>
      function* (process) {
        const listener = process.listen(7);
        const connection = isFirst
          ? yield* wait(listener.accept())
          : yield* wait(process.connect(peer, 7));
        yield* wait(process.waitFor(connection.receive(), { what: 'data', by: [peer] }));
      };
    const run = await runCluster({ programs: { a: waiter('b', true), b: waiter('a', false) } });
    expect(run.end.deadlocks).toEqual([['a', 'b']]);
    expect(run.end.waiting.map(({ node, what }) => `${node}: ${what}`)).toEqual([
      'a: data',
      'b: data',
    ]);
  });
});

describe('the network', () => {
  test('NET2 a lost packet comes again after 200 ms, so loss shows as delay', async () => {
    const run = await runCluster({ ...pingPong, network: { loss: 0.4 }, seed: 3 });
    expect(run.of('lose').length).toBeGreaterThan(0);
    const lost = run.of('lose')[0]!;
    const again = run.of('retransmit').find(({ send }) => send === lost.send);
    expect(again).toBeDefined();
    expect(run.lines('client')).toHaveLength(1);
  });

  test('KT7 what waits behind a lost background packet keeps the run alive', async () => {
    const heartbeat = { proto: 'amqp', msg: 'heartbeat', preview: '' };
    for (let seed = 1; seed <= 20; seed++) {
      const run = await runCluster({
        seed,
        network: { loss: 0.4 },
        programs: {
          server: function* (process) {
            const connection = yield* wait(process.listen(7).accept());
            yield* wait(connection.receive());
            yield* wait(connection.receive());
            process.write('stdout', 'both\n');
          },
          client: function* (process) {
            const connection = yield* wait(process.connect('server', 7));
            connection.send(byte, heartbeat);
            connection.send(byte, LABEL);
            yield* wait(connection.receive());
          },
        },
      });
      expect(run.lines('server'), `seed ${seed}`).toEqual(['both']);
    }
  });

  test('NET2 what is sent on one connection arrives in order, whatever the jitter and the loss', async () => {
    const count = 40;
    const run = await runCluster({
      network: { jitterUs: 30_000, distribution: 'uniform', loss: 0.2 },
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          for (;;) {
            const bytes = yield* wait(connection.receive());
            if (!bytes) return;
            process.write('stdout', `${bytes[0]}\n`);
          }
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          for (let index = 0; index < count; index++) connection.send(Uint8Array.of(index), LABEL);
          connection.close();
        },
      },
    });
    expect(run.lines('server')).toEqual(Array.from({ length: count }, (_, index) => String(index)));
  });

  test('NODE9 connecting where nobody listens is refused after a round trip', async () => {
    const run = await runCluster({
      programs: {
        server: function* (process) {
          yield* wait(process.sleepUs(100_000));
        },
        client: function* (process) {
          try {
            yield* wait(process.connect('server', 9));
          } catch (error) {
            process.write('stdout', `${(error as Error).message} at ${process.nowUs()}\n`);
          }
        },
      },
    });
    expect(run.lines('client')).toEqual(['Connection refused at 20000']);
  });

  test('NET4 a partition is silence, and what was lost comes after it heals', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [
        { atMs: 25, partition: [['client'], ['server']] },
        { atMs: 900, heal: true },
      ],
    });
    expect(run.of('lose').every(({ reason }) => reason === 'partition')).toBe(true);
    expect(run.lines('client')).toHaveLength(1);
    expect(Number(run.lines('client')[0]!.split(' ')[2])).toBeGreaterThan(900_000);
  });

  test('NET4 a one-way partition keeps the reverse direction', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ atMs: 25, partition: [['server'], ['client']], oneWay: true }],
      untilUs: 150_000,
    });
    expect(run.of('deliver', 'server').length).toBe(1);
    expect(run.of('lose', 'server').length).toBeGreaterThan(0);
    expect(run.of('lose', 'client')).toEqual([]);
  });
});

describe('machines and processes', () => {
  test('NODE4 peers of a killed process learn of it after one latency', async () => {
    const run = await runCluster({ ...pingPong, faults: [{ atMs: 35, kill: 'server' }] });
    const close = run.of('close', 'server')[0]!;
    expect(close.tUs).toBe(35_000);
    const arrival = run
      .of('deliver', 'client')
      .find(({ send }) => run.events[send] && run.events[send]!.kind === 'close');
    expect(arrival?.tUs).toBe(45_000);
  });

  test('NODE4 nobody is told of a machine that vanishes', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ atMs: 35, powerOff: 'server' }],
      untilUs: 5_000_000,
    });
    expect(run.of('close', 'server')).toEqual([]);
    expect(run.lines('client')).toEqual([]);
    expect(run.of('retransmit', 'client').length).toBeGreaterThan(0);
  });

  test('NODE4 NODE5 data for an old incarnation is answered by a reset', async () => {
    const run = await runCluster({
      programs: {
        server: echo,
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          yield* wait(process.sleepUs(100_000));
          connection.send(byte, LABEL);
          try {
            yield* wait(connection.receive());
          } catch (error) {
            process.write('stdout', `${(error as Error).message}\n`);
          }
        },
      },
      faults: [
        { atMs: 50, powerOff: 'server' },
        { atMs: 60, restart: 'server' },
      ],
    });
    expect(run.lines('client')).toEqual(['Connection reset by peer']);
    expect(run.of('start', 'server').map(({ incarnation }) => incarnation)).toEqual([1, 2]);
  });

  test('NODE6 a paused process keeps its connections and catches up on resume', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [
        { atMs: 25, pause: 'server' },
        { atMs: 500, resume: 'server' },
      ],
    });
    const arrival = run.of('deliver', 'server')[0]!;
    expect(arrival.tUs).toBeLessThan(100_000);
    expect(run.of('send', 'server')[0]!.tUs).toBeGreaterThanOrEqual(500_000);
    expect(run.lines('client')).toHaveLength(1);
  });

  test('NODE6 a signal runs the handler, and without one ends the process', async () => {
    const run = await runCluster({
      programs: {
        polite: function* (process) {
          process.onSignal('SIGTERM', () => {
            process.write('stdout', 'bye\n');
            process.exit(0);
          });
          yield* wait(process.sleepUs(1_000_000));
        },
        plain: function* (process) {
          yield* wait(process.sleepUs(1_000_000));
        },
      },
      faults: [
        { atMs: 10, signal: 'polite', name: 'SIGTERM' },
        { atMs: 10, signal: 'plain', name: 'SIGTERM' },
      ],
    });
    expect(run.lines('polite')).toEqual(['bye']);
    expect(run.of('exit').map(({ node, code }) => `${node} ${code}`)).toEqual([
      'polite 0',
      'plain 143',
    ]);
  });

  test('NODE1 a child runs on its parent’s machine, talks over the pipe and ends with the node', async () => {
    const programs: Record<string, Program> = {
      parent: function* (process) {
        const child = process.spawn(['child']);
        child.pipe.send(byte, LABEL);
        yield* wait(child.pipe.receive());
        process.write('stdout', `answer from ${child.name}\n`);
        const { signal } = yield* wait(child.exited);
        process.write('stdout', `child ended by ${signal}\n`);
      },
      child: function* (process) {
        const pipe = process.parentPipe();
        yield* wait(pipe.receive());
        pipe.send(byte, LABEL);
        yield* wait(process.sleepUs(1_000_000));
      },
    };
    const options = { programs, nodes: ['parent'] };
    const childKilled = await runCluster({ ...options, faults: [{ atMs: 50, kill: 'parent/1' }] });
    expect(childKilled.lines('parent')).toEqual(['answer from parent/1', 'child ended by SIGKILL']);
    const allKilled = await runCluster({ ...options, faults: [{ atMs: 50, kill: 'parent' }] });
    expect(
      allKilled
        .of('kill')
        .map(({ node }) => node)
        .sort(),
    ).toEqual(['parent', 'parent/1']);
  });

  test('NODE5 the end of a child is not told to a later incarnation of its parent', async () => {
    const run = await runCluster({
      nodes: ['parent'],
      programs: {
        parent: function* (process) {
          const { signal } = yield* wait(process.spawn(['child']).exited);
          process.write('stdout', `child ended by ${signal}\n`);
        },
        child: function* (process) {
          yield* wait(process.sleepUs(1_000_000));
        },
      },
      faults: [{ atMs: 50, restart: 'parent' }],
    });
    expect(run.lines('parent')).toEqual(['child ended by null']);
    expect(run.of('start').map(({ node, incarnation }) => `${node}#${incarnation}`)).toEqual([
      'parent#1',
      'parent/1#1',
      'parent#2',
      'parent/1#2',
    ]);
  });

  test('NODE8 an uncaught exception ends the process with exit code 1 and its words on stderr', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          yield* wait(process.sleepUs(5));
          throw new simErrors.TypeError('boom 7');
        },
      },
    });
    expect(run.lines('a')[0]).toBe('TypeError: boom 7');
    expect(run.of('exit')[0]).toMatchObject({ code: 1, reason: 'uncaught exception' });
  });

  test('NODE8 an error that an engine made in code of ours fails the run, and keeps its trace', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          process.write('stdout', 'early\n');
          yield* wait(process.sleepUs(1_000_000));
          (undefined as unknown as { f: () => void }).f();
        },
      },
    });
    expect(run.end).toMatchObject({ reason: 'failed', digest: undefined });
    expect(run.end.detail).toMatch(/^a: TypeError: /);
    expect(run.lines('a')).toEqual(['early']);
  });

  test('KT5 kill cuts a turn: what it would have done later is discarded', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          process.write('stdout', 'early\n');
          process.spendNs(50_000_000);
          process.write('stdout', 'late\n');
          yield* wait(process.sleepUs(1));
        },
      },
      faults: [{ atMs: 20, kill: 'a' }],
    });
    expect(run.lines('a')).toEqual(['early']);
  });

  test('KT5 pause acts at the end of the turn', async () => {
    const run = await runCluster({
      programs: {
        a: function* (process) {
          process.spendNs(50_000_000);
          process.write('stdout', 'late\n');
          yield* wait(process.sleepUs(1_000));
          process.write('stdout', `woke at ${process.nowUs()}\n`);
        },
      },
      faults: [
        { atMs: 20, pause: 'a' },
        { atMs: 200, resume: 'a' },
      ],
    });
    expect(run.of('log').map(({ tUs, text }) => `${tUs} ${text}`)).toEqual([
      '50000 late',
      '200000 woke at 200000',
    ]);
  });
});

describe('faults by pattern', () => {
  test('a send pattern strikes just after that message left', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ on: { send: 'data', from: 'client', nth: 2 }, kill: 'client' }],
    });
    expect(run.of('send', 'client')).toHaveLength(2);
    expect(run.of('kill', 'client')[0]!.tUs).toBe(run.of('send', 'client')[1]!.tUs);
    expect(run.of('send', 'server')).toHaveLength(2);
  });

  test('a beforeSend pattern strikes instead of the message', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ on: { beforeSend: 'reply', from: 'server' }, kill: 'server' }],
    });
    expect(run.of('send', 'server')).toEqual([]);
    expect(run.of('kill', 'server')).toHaveLength(1);
  });

  test('NODE5 a process restarted before it sends does not send', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ on: { beforeSend: 'data', from: 'client' }, restart: 'client' }],
    });
    const restart = run.of('restart', 'client')[0]!;
    const first = run.of('send', 'client')[0]!;
    expect(first.tUs).toBe(restart.tUs + 20_005);
    expect(run.lines('client')).toHaveLength(1);
  });

  test('a deliver pattern strikes as it arrives and before the program sees it', async () => {
    const run = await runCluster({
      ...pingPong,
      faults: [{ on: { deliver: 'data', to: 'server', nth: 2 }, kill: 'server' }],
    });
    expect(run.of('deliver', 'server')).toHaveLength(2);
    expect(run.of('send', 'server')).toHaveLength(1);
  });
});
