import { describe, expect, test } from 'vitest';
import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run as start, wait, type Body } from '#lib/node/promise.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { BACKLOG_MAX, RECEIVE_BUFFER_BYTES } from '#lib/protocol/tcp.ts';
import { runCluster, type Program } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const byte = Uint8Array.of(1);
const KIB = 1024;

const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);
const ms = (process: NodeProcess): number => Math.floor(process.nowUs() / 1000);

/** Accepts one connection and says what it reads, until the end. */
function* reader(process: NodeProcess): Body<void> {
  const connection = yield* wait(process.listen(7).accept());
  yield* readAll(process, connection);
}

function* readAll(process: NodeProcess, connection: Connection): Body<void> {
  try {
    for (;;) {
      const bytes = yield* wait(connection.receive());
      say(process, bytes ? `${bytes[0]} at ${ms(process)}` : `end at ${ms(process)}`);
      if (!bytes) return;
    }
  } catch (error) {
    say(process, `${(error as { code: string }).code} at ${ms(process)}`);
  }
}

/** Connects, sends one byte at each of these times (ms), and then reads until the end. */
function sender(...timesMs: number[]): Program {
  return function* (process) {
    const connection = yield* wait(process.connect('server', 7));
    for (const [index, atMs] of timesMs.entries()) {
      yield* wait(process.sleepUs(atMs * 1000 - process.nowUs()));
      void connection.send(Uint8Array.of(index), LABEL);
    }
    yield* readAll(process, connection);
  };
}

/** Connects, and says how that went. */
function* connector(process: NodeProcess): Body<void> {
  try {
    yield* wait(process.connect('server', 7));
    say(process, `open at ${ms(process)}`);
  } catch (error) {
    say(process, `${(error as { code: string }).code} at ${ms(process)}`);
  }
}

describe('ACKs', () => {
  const blockedBack: Fault = { atMs: 45, cut: 'server->client' };

  test('NET2 data whose ACK is lost is sent again, and the copy is discarded', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(50) },
      faults: [blockedBack, { atMs: 700, mend: 'server->client' }],
      untilUs: 5_000_000,
    });
    expect(run.lines('server')).toEqual(['0 at 60']);
    // 200, 400 and 800 ms after it left; the last comes when the way back is open again.
    expect(run.of('retransmit').map(({ tUs }) => Math.floor(tUs / 1000))).toEqual([250, 650, 1450]);
    expect(run.of('drop').map(({ node, reason }) => `${node} ${reason}`)).toEqual([
      'server duplicate',
      'server duplicate',
      'server duplicate',
    ]);
  });

  test('NET2 an ACK in flight is lost in a cut, and a later ACK stands for it', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(30, 100) },
      faults: [blockedBack, { atMs: 60, mend: 'server->client' }],
      untilUs: 5_000_000,
    });
    // Number 0 is delivered at 40 ms, its ACK would be back at 50 ms; that of number 1 is, at 120 ms.
    expect(run.lines('server')).toEqual(['0 at 40', '1 at 110']);
    expect(run.of('retransmit')).toEqual([]);
  });

  test('NET2 a sender without ACKs gives up after 924 s; the reader never learns', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(50) },
      faults: [blockedBack],
    });
    expect(run.lines('client')).toEqual(['ETIMEDOUT at 924050']);
    expect(run.lines('server')).toEqual(['0 at 60']);
    expect(run.end.reason).toBe('quiescent');
  });

  test('NET2 with "tcp": "lab" it gives up after 30 s, and connecting after 10 s', async () => {
    const programs = { server: reader, client: sender(50), late: connector };
    const run = await runInAnyWindows({
      programs,
      tcp: 'lab',
      startUs: { late: 100_000 },
      faults: [{ atMs: 45, partition: [['server'], ['client', 'late']] }],
    });
    expect(run.lines('client')).toEqual(['ETIMEDOUT at 30050']);
    expect(run.lines('late')).toEqual(['ETIMEDOUT at 10100']);
    expect(run.text.split('\n')[0]).toContain('"tcp":"lab"');
  });
});

describe('half-open connections', () => {
  test('NET2 an idle reader never learns that its peer lost power', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(50) },
      faults: [{ atMs: 100, powerOff: 'client' }],
    });
    expect(run.lines('server')).toEqual(['0 at 60']);
    expect(run.end).toMatchObject({ reason: 'quiescent', tUs: 100_000 });
  });

  test('NODE4 what a machine without power had still to send is never sent', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(50, 55) },
      faults: [
        { on: { send: 'data', nth: 1 }, drop: true },
        { atMs: 60, powerOff: 'client' },
        { atMs: 100, restart: 'client' },
      ],
      untilUs: 2_000_000,
    });
    // Number 1 arrived, but number 0 before it never will.
    expect(run.of('deliver', 'server').filter(({ conn }) => conn === 0)).toEqual([]);
    expect(run.of('retransmit')).toEqual([]);
  });

  test('NET2 data to a machine that was off and on again is answered by a reset', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: sender(200) },
      faults: [
        { atMs: 50, powerOff: 'server' },
        { atMs: 60, restart: 'server' },
      ],
    });
    expect(run.lines('client')).toEqual(['ECONNRESET at 220']);
  });

  test('NET2 a reset overtakes what is missing', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          void connection.send(byte, LABEL);
          process.spendNs(60_000_000);
          yield* wait(process.sleepUs(1_000_000));
        },
        client: sender(30),
      },
      faults: [
        { on: { send: 'data', from: 'server' }, drop: true },
        { atMs: 50, kill: 'server' },
      ],
    });
    expect(run.lines('client')).toEqual(['ECONNRESET at 60']);
  });
});

describe('connecting', () => {
  test('NET2 a machine without power answers nothing: connecting fails after 127 s', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: connector },
      startUs: { client: 10_000 },
      faults: [{ atMs: 5, powerOff: 'server' }],
    });
    expect(run.lines('client')).toEqual(['ETIMEDOUT at 127010']);
    expect(run.of('retransmit').map(({ tUs }) => Math.floor(tUs / 1_000_000))).toEqual([
      1, 3, 7, 15, 31, 63,
    ]);
    expect(run.of('lose').every(({ reason }) => reason === 'off')).toBe(true);
  });

  test('NET4 a request in flight is lost in a partition, and tried again after a second', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: connector },
      faults: [
        { atMs: 5, partition: [['server'], ['client']] },
        { atMs: 20, heal: true },
      ],
    });
    expect(run.of('lose').map(({ tUs, reason }) => `${tUs} ${reason}`)).toEqual(['5000 partition']);
    expect(run.lines('client')).toEqual(['open at 1020']);
  });

  test('NET4 a refusal in flight is lost in a cut of the way back', async () => {
    const idle: Program = function* (process) {
      yield* wait(process.sleepUs(3_000_000));
    };
    const run = await runInAnyWindows({
      programs: { server: idle, client: connector },
      faults: [
        { atMs: 15, cut: 'server->client' },
        { atMs: 20, mend: 'server->client' },
      ],
    });
    expect(run.lines('client')).toEqual(['ECONNREFUSED at 1020']);
  });

  test('NET2 a refusal takes the latency of the way there and of the way back', async () => {
    const idle: Program = function* (process) {
      yield* wait(process.sleepUs(3_000_000));
    };
    const run = await runInAnyWindows({
      programs: { server: idle, client: connector },
      links: { 'server->client': { latencyUs: 70_000 } },
    });
    expect(run.lines('client')).toEqual(['ECONNREFUSED at 80']);
  });

  /** Gives up after 100 ms, and goes on until it is 2 s. */
  const impatient: Program = function* (process) {
    const opening = process.connect('server', 7);
    opening.then(() => say(process, 'open'));
    yield* wait(process.sleepUs(100_000));
    process.cancelConnect(opening);
    yield* wait(process.sleepUs(1_900_000));
  };

  test('NET2 a request that was given up is not sent again, and keeps nobody alive', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: impatient },
      startUs: { client: 10_000 },
      faults: [{ atMs: 5, powerOff: 'server' }],
    });
    expect(run.lines('client')).toEqual([]);
    expect(run.of('lose')).toHaveLength(1);
    expect(run.of('retransmit')).toEqual([]);
    expect(run.end.tUs).toBe(2_010_000);
  });

  test('NET2 the answer to a request that was given up is answered by a reset', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: impatient },
      links: { 'server->client': { latencyUs: 500_000 } },
    });
    expect(run.lines('client')).toEqual([]);
    expect(run.lines('server')).toEqual(['ECONNRESET at 520']);
  });

  test('NET2 a requester whose answer is lost gives up after 127 s too', async () => {
    const run = await runInAnyWindows({
      programs: { server: reader, client: connector },
      faults: [{ atMs: 5, cut: 'server->client' }],
    });
    expect(run.lines('client')).toEqual(['ETIMEDOUT at 127000']);
    expect(run.lines('server')).toEqual(['ETIMEDOUT at 127010']);
  });

  test('NET2 a listener keeps 128 connections that nobody accepts; others try again', async () => {
    const count = BACKLOG_MAX + 3;
    const run = await runInAnyWindows(
      {
        programs: {
          server: function* (process) {
            const listener = process.listen(7);
            yield* wait(process.sleepUs(500_000));
            for (let accepted = 0; accepted < count; accepted++) yield* wait(listener.accept());
            say(process, `all at ${ms(process)}`);
          },
          client: function* (process) {
            for (let index = 0; index < count; index++) void process.connect('server', 7);
            yield* wait(process.sleepUs(5_000_000));
          },
        },
      },
      2,
    );
    expect(run.of('lose').map(({ tUs, reason }) => `${tUs} ${reason}`)).toEqual(
      Array.from({ length: 3 }, () => '10000 backlog'),
    );
    expect(run.lines('server')).toEqual(['all at 1010']);
  });
});

describe('flow control', () => {
  /** Sends so many messages of one KiB, each when there is room, and says when it is done. */
  const flood = (count: number): Program =>
    function* (process) {
      const connection = yield* wait(process.connect('server', 7));
      for (let index = 0; index < count; index++) {
        const message = new Uint8Array(KIB).fill(index & 255);
        yield* wait(connection.send(message, LABEL));
      }
      say(process, `sent at ${ms(process)}`);
      connection.close();
    };

  /** Reads nothing before `fromMs`, then all of it, and checks the order. */
  const lateReader = (fromMs: number): Program =>
    function* (process) {
      const connection = yield* wait(process.listen(7).accept());
      yield* wait(process.sleepUs(fromMs * 1000 - process.nowUs()));
      let count = 0;
      for (;;) {
        const bytes = yield* wait(connection.receive());
        if (!bytes) break;
        if (bytes[0] !== (count++ & 255)) say(process, `disorder at ${count}`);
      }
      say(process, `${count} messages, end at ${ms(process)}`);
    };

  test('NET2 a receive buffer of 256 KiB fills, then send waits', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          yield* wait(process.listen(7).accept());
          yield* wait(process.sleepUs(1_000_000));
        },
        client: flood(300),
      },
      untilUs: 900_000,
    });
    expect(run.of('deliver', 'server')).toHaveLength(RECEIVE_BUFFER_BYTES / KIB);
    expect(run.lines('client')).toEqual([]);
  });

  test('NET2 reading makes room, nothing is lost or reordered, and the end comes last', async () => {
    const run = await runInAnyWindows({
      programs: { server: lateReader(500), client: flood(1000) },
    });
    expect(run.of('deliver', 'server').at(256)!.tUs).toBeGreaterThan(500_000);
    expect(run.lines('server')[0]).toMatch(/^1000 messages, end at/);
    expect(run.lines('client')[0]).toMatch(/^sent at 5\d\d$/);
  });

  test('NET2 whoever does not wait for send loses nothing', async () => {
    const impatient: Program = function* (process) {
      const connection = yield* wait(process.connect('server', 7));
      for (let index = 0; index < 700; index++) {
        void connection.send(new Uint8Array(KIB).fill(index & 255), LABEL);
      }
      connection.close();
    };
    const run = await runInAnyWindows({
      programs: { server: lateReader(300), client: impatient },
      network: { jitterUs: 5_000, distribution: 'uniform', loss: 0.05 },
    });
    expect(run.lines('server')[0]).toMatch(/^700 messages, end at/);
    expect(run.of('exit', 'client')[0]!.tUs).toBeLessThan(100_000);
  });

  test('NET2 a message larger than the buffer passes whole', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: lateReader(100),
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          yield* wait(connection.send(new Uint8Array(1_000_000), LABEL));
          yield* wait(connection.send(new Uint8Array(1).fill(1), LABEL));
          connection.close();
        },
      },
    });
    expect(run.lines('server')[0]).toMatch(/^2 messages/);
  });

  test('NET2 news of room that is lost in a cut is asked for again', async () => {
    // The reader begins at 500 ms: the cut is there already, or meets the news on its way.
    for (const atMs of [490, 505]) {
      const run = await runInAnyWindows({
        programs: { server: lateReader(500), client: flood(300) },
        faults: [
          { atMs, cut: 'server->client' },
          { atMs: 3_000, mend: 'server->client' },
        ],
      });
      expect(run.lines('server')[0]).toMatch(/^300 messages, end at 3\d\d\d$/);
    }
  });

  test('NET2 a sender that waits for a machine without power gives up', async () => {
    const waiting: Program = function* (process) {
      const connection = yield* wait(process.connect('server', 7));
      try {
        for (;;) yield* wait(connection.send(new Uint8Array(64 * KIB), LABEL));
      } catch (error) {
        say(process, `${(error as { code: string }).code} at ${ms(process)}`);
      }
    };
    const options = { programs: { server: lateReader(9_000_000), client: waiting } };
    const off: Fault = { atMs: 500, powerOff: 'server' };
    const silent = await runInAnyWindows({ ...options, faults: [off] });
    expect(silent.lines('client')).toEqual(['ETIMEDOUT at 924500']);
    const again = await runInAnyWindows({
      ...options,
      faults: [off, { atMs: 5_000, restart: 'server' }],
      untilUs: 60_000_000,
    });
    expect(again.lines('client')[0]).toMatch(/^ECONNRESET at [67]\d\d\d$/);
  });

  test('NET2 recv gives what is buffered, across messages, up to its limit', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          yield* wait(process.sleepUs(100_000));
          for (;;) {
            const bytes = yield* wait(connection.receive(5));
            if (!bytes) return;
            say(process, [...bytes].join(' '));
          }
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          void connection.send(Uint8Array.of(1, 2, 3), LABEL);
          void connection.send(Uint8Array.of(4, 5, 6), LABEL);
          yield* wait(process.sleepUs(200_000));
          void connection.send(Uint8Array.of(7, 8, 9, 10, 11, 12), LABEL);
          connection.close();
        },
      },
    });
    expect(run.lines('server')).toEqual(['1 2 3 4 5', '6', '7 8 9 10 11', '12']);
  });
});

describe('windows', () => {
  test('KT3 crowds that talk, lose, wait for room, are cut off and die show no window', async () => {
    const names = ['a', 'b', 'c', 'd'];
    function* crowd(process: NodeProcess): Body<void> {
      const listener = process.listen(7);
      start(
        (function* () {
          for (;;) {
            const connection = yield* wait(listener.accept());
            start(
              (function* () {
                for (;;) {
                  yield* wait(process.sleepUs(40_000));
                  const bytes = yield* wait(connection.receive(100_000).catch(() => null));
                  if (!bytes) return;
                }
              })(),
            );
          }
        })(),
      );
      for (let round = 0; round < 3; round++) {
        const peer = names[Math.floor(process.random() * names.length)]!;
        try {
          const connection = yield* wait(process.connect(peer, 7));
          for (let count = 0; count < 30; count++) {
            yield* wait(connection.send(new Uint8Array(30_000), LABEL));
            yield* wait(process.sleepUs(Math.floor(process.random() * 20_000)));
          }
          connection.close();
        } catch (error) {
          say(process, (error as Error).message);
        }
      }
    }
    for (let seed = 1; seed <= 4; seed++) {
      const run = await runInAnyWindows(
        {
          programs: Object.fromEntries(names.map((name) => [name, crowd])),
          seed,
          tcp: 'lab',
          network: { jitterUs: 4_000, distribution: 'exponential', loss: 0.1, bandwidthKbps: 9000 },
          faults: [
            { atMs: 300, cut: 'a->b' },
            { atMs: 400, partition: [['c'], ['d']], oneWay: true },
            { on: { deliver: 'data', to: 'b', nth: 40 }, delay: 30 },
            { on: { send: 'data', from: 'd', nth: 5 }, duplicate: true },
            { atMs: 800, mend: 'a<->b' },
            { on: { deliver: 'data', to: 'c', nth: 25 }, kill: 'c' },
            { atMs: 1_200, restart: 'c' },
            { atMs: 1_500, heal: true },
            { atMs: 1_700, powerOff: 'd' },
          ],
          untilUs: 60_000_000,
        },
        3,
      );
      expect(run.events.length).toBeGreaterThan(500);
    }
  });
});

test('NET2 the end of the stream arrives after all data, also when it is lost on the way', async () => {
  const run = await runCluster({
    programs: {
      server: reader,
      client: function* (process) {
        const connection = yield* wait(process.connect('server', 7));
        for (let index = 0; index < 5; index++) {
          void connection.send(Uint8Array.of(index), LABEL);
        }
        connection.close();
      },
    },
    faults: [{ on: { send: 'data', nth: 5 }, drop: true }],
  });
  expect(run.lines('server').map((line) => line.split(' ')[0])).toEqual([
    ...['0', '1', '2', '3', '4'],
    'end',
  ]);
});
