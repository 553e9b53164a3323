import { describe, expect, test } from 'vitest';
import { wait } from '#lib/node/promise.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import type { Program } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';

const label = (msg: string) => ({ proto: 'node', msg, preview: '' });

/** Sends 0 to 4 as `data`, a millisecond apart, and notes when each is received. */
const overConnection: Record<string, Program> = {
  server: function* (process) {
    const connection = yield* wait(process.listen(7).accept());
    for (;;) {
      const bytes = yield* wait(connection.receive());
      if (!bytes) return;
      process.write('stdout', `${bytes[0]} at ${Math.round(process.nowUs() / 1000)}\n`);
    }
  },
  client: function* (process) {
    const connection = yield* wait(process.connect('server', 7));
    for (let index = 0; index < 5; index++) {
      connection.send(Uint8Array.of(index), label('data'));
      yield* wait(process.sleepUs(1_000));
    }
    connection.close();
  },
};

const overDatagrams: Record<string, Program> = {
  server: function* (process) {
    const socket = process.datagramSocket(7);
    for (let datagram = yield* wait(socket.receive()); datagram;) {
      process.write('stdout', `${datagram.bytes[0]} at ${Math.round(process.nowUs() / 1000)}\n`);
      datagram = yield* wait(socket.receive());
    }
  },
  client: function* (process) {
    const socket = process.datagramSocket(7);
    for (let index = 0; index < 5; index++) {
      socket.send('server', 7, Uint8Array.of(index), label('data'));
      yield* wait(process.sleepUs(1_000));
    }
  },
};

const struckWith = async (programs: Record<string, Program>, ...faults: Fault[]) => {
  const run = await runInAnyWindows({ programs, faults });
  return { run, lines: run.lines('server') };
};

const third = { from: 'client', to: 'server', nth: 3 };

describe('faults of one message', () => {
  test('NET2 drop on a connection loses one packet, which comes again 200 ms later', async () => {
    for (const on of [
      { send: 'data', ...third },
      { deliver: 'data', ...third },
    ]) {
      const { run, lines } = await struckWith(overConnection, { on, drop: true });
      expect(lines).toEqual(['0 at 30', '1 at 31', '2 at 232', '3 at 232', '4 at 232']);
      expect(run.of('lose').map(({ reason }) => reason)).toEqual(['fault']);
      expect(run.of('retransmit')).toHaveLength(1);
      expect(run.of('fault')[0]!.fault).toEqual({ drop: true });
    }
  });

  test('NET3 drop on a datagram is the end of it', async () => {
    const { lines } = await struckWith(overDatagrams, {
      on: { send: 'data', ...third },
      drop: true,
    });
    expect(lines.map((line) => line[0])).toEqual(['0', '1', '3', '4']);
    const arrived = await struckWith(overDatagrams, {
      on: { deliver: 'data', ...third },
      drop: true,
    });
    expect(arrived.lines.map((line) => line[0])).toEqual(['0', '1', '3', '4']);
  });

  test('NET2 a delayed packet of a connection keeps later ones behind it', async () => {
    for (const on of [
      { send: 'data', nth: 2 },
      { deliver: 'data', nth: 2 },
    ]) {
      const { lines } = await struckWith(overConnection, { on, delay: 50 });
      expect(lines).toEqual(['0 at 30', '1 at 81', '2 at 81', '3 at 81', '4 at 81']);
    }
  });

  test('NET3 a delayed datagram is overtaken', async () => {
    const { lines } = await struckWith(overDatagrams, { on: { send: 'data', nth: 2 }, delay: 2.5 });
    expect(lines.map((line) => line[0])).toEqual(['0', '2', '3', '1', '4']);
  });

  test('NET2 TCP discards the copy of a doubled packet', async () => {
    const { run, lines } = await struckWith(overConnection, {
      on: { send: 'data', nth: 2 },
      duplicate: true,
    });
    expect(lines.map((line) => line[0])).toEqual(['0', '1', '2', '3', '4']);
    const [copy] = run.of('duplicate');
    expect(run.of('drop')).toMatchObject([
      { node: 'server', send: copy!.send, reason: 'duplicate' },
    ]);
  });

  test('NET2 where the first copy is lost or late, the second takes its place', async () => {
    for (const fate of [{ drop: true }, { delay: 40 }] as const) {
      const { run, lines } = await struckWith(
        overConnection,
        { on: { send: 'data', nth: 2 }, duplicate: true },
        { on: { deliver: 'data', nth: 2 }, ...fate },
      );
      expect(lines).toEqual(['0 at 30', '1 at 31', '2 at 32', '3 at 33', '4 at 34']);
      expect(run.of('retransmit')).toEqual([]);
    }
  });

  test('NET3 a doubled datagram is received twice', async () => {
    const { lines } = await struckWith(overDatagrams, {
      on: { send: 'data', nth: 2 },
      duplicate: true,
    });
    expect(lines.map((line) => line[0])).toEqual(['0', '1', '1', '2', '3', '4']);
  });

  test('every message is struck with "every", and what comes again never matches', async () => {
    const { run, lines } = await struckWith(overConnection, {
      on: { deliver: 'data', to: 'server', every: true },
      drop: true,
    });
    expect(run.of('lose')).toHaveLength(5);
    expect(lines.map((line) => line[0])).toEqual(['0', '1', '2', '3', '4']);
  });

  test('a restart instead of a message leaves nothing of the old incarnation to send', async () => {
    const { run } = await struckWith(overConnection, {
      on: { beforeSend: 'data', nth: 2 },
      restart: 'client',
    });
    const restartUs = run.of('restart')[0]!.tUs;
    const [first, , accepted] = run.of('send', 'client');
    expect(first!.tUs).toBeLessThan(restartUs);
    expect(run.of('send', 'client').filter(({ conn }) => conn === first!.conn)).toHaveLength(1);
    expect(accepted?.conn).not.toBe(first!.conn);
  });

  test('KT3 several faults strike one message, in windows of any length', async () => {
    const { run } = await struckWith(
      overConnection,
      { on: { send: 'data', nth: 2 }, delay: 5 },
      { on: { deliver: 'data', nth: 2 }, duplicate: true },
      { on: { beforeSend: 'data', nth: 4 }, drop: true },
      { on: { deliver: 'data', nth: 5 }, kill: 'server' },
    );
    expect(run.of('kill')).toHaveLength(1);
    expect(run.of('fault')).toHaveLength(3);
  });
});
