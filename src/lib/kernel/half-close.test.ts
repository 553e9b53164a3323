// How connections end one direction at a time, and what a machine says for a program that is gone.

import { describe, expect, test } from 'vitest';
import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { RECEIVE_BUFFER_BYTES } from '#lib/protocol/tcp.ts';
import type { Program } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const byte = Uint8Array.of(1);

const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);
const ms = (process: NodeProcess): number => Math.floor(process.nowUs() / 1000);
const codeOf = (error: unknown): string => (error as { code: string }).code;

function* readAll(process: NodeProcess, connection: Connection): Body<void> {
  try {
    for (;;) {
      const bytes = yield* wait(connection.receive());
      say(process, `${bytes ? bytes.length : 'end'} at ${ms(process)}`);
      if (!bytes) return;
    }
  } catch (error) {
    say(process, `${codeOf(error)} at ${ms(process)}`);
  }
}

function trySend(process: NodeProcess, connection: Connection, bytes = byte): void {
  try {
    void connection.send(bytes, LABEL).catch((error: unknown) => say(process, codeOf(error)));
  } catch (error) {
    say(process, codeOf(error));
  }
}

/** Sends a byte and the end of its stream, then reads. */
const asker: Program = function* (process) {
  const connection = yield* wait(process.connect('server', 7));
  trySend(process, connection);
  connection.shutdown();
  trySend(process, connection);
  yield* readAll(process, connection);
};

describe('half-close', () => {
  test('NET2 one direction ends, the other goes on until it ends too', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          yield* readAll(process, connection);
          trySend(process, connection);
          yield* wait(process.sleepUs(100_000));
          trySend(process, connection);
          connection.close();
        },
        client: asker,
      },
    });
    expect(run.lines('server')).toEqual(['1 at 30', 'end at 30']);
    expect(run.lines('client')).toEqual(['EPIPE', '1 at 40', '1 at 140', 'end at 140']);
    // One end of stream each, though the client closes what it had shut.
    expect(run.of('close').map(({ node }) => node)).toEqual(['client', 'server']);
    expect(run.of('drop')).toEqual([]);
  });

  test('NET2 the end of a stream that is lost comes again, also when all is closed since', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          yield* readAll(process, yield* wait(process.listen(7).accept()));
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          yield* wait(process.sleepUs(30_000));
          connection.shutdown();
          yield* wait(process.sleepUs(50_000));
          connection.close();
        },
      },
      faults: [
        { atMs: 45, cut: 'client->server' },
        { atMs: 100, mend: 'client->server' },
      ],
    });
    expect(run.lines('server')).toEqual(['end at 260']);
  });

  test('NET2 data for who has shut and then closed is answered by a reset', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          yield* wait(process.sleepUs(100_000));
          trySend(process, connection);
          yield* wait(process.sleepUs(50_000));
          trySend(process, connection);
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          connection.shutdown();
          yield* wait(process.sleepUs(50_000));
          connection.close();
        },
      },
    });
    expect(run.of('drop', 'client').map(({ reason }) => reason)).toEqual(['closed']);
    expect(run.lines('server')).toEqual(['ECONNRESET']);
  });

  test('NET2 data of who has shut since is answered by a reset too, where nobody reads', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          (yield* wait(process.listen(7).accept())).close();
          yield* wait(process.sleepUs(1_000_000));
        },
        client: function* (process) {
          yield* asker(process);
          yield* wait(process.sleepUs(1_000_000));
        },
      },
    });
    expect(run.of('reset').map(({ node, tUs }) => `${node} ${Math.floor(tUs / 1000)}`)).toEqual([
      'server 30',
    ]);
  });

  test('NET2 who has shut makes room for what the other side still has to send', async () => {
    const size = RECEIVE_BUFFER_BYTES;
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          for (let count = 0; count < 3; count++)
            trySend(process, connection, new Uint8Array(size));
          yield* wait(process.sleepUs(500_000));
          connection.close();
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          connection.shutdown();
          yield* wait(process.sleepUs(300_000));
          yield* readAll(process, connection);
        },
      },
    });
    const read = run.lines('client').map((line) => line.split(' ')[0]);
    expect(read).toEqual([String(size), String(size), String(size), 'end']);
    // The end of the other direction is no reason to send what has no room.
    const arrivals = run.of('deliver', 'client').map(({ tUs }) => tUs);
    expect(arrivals[0]).toBeLessThan(30_000);
    expect(arrivals[1]).toBeGreaterThan(300_000);
  });

  test('NET2 who waits for room at a side that shut and closed learns by a reset', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          const connection = yield* wait(process.listen(7).accept());
          for (let count = 0; count < 3; count++) {
            trySend(process, connection, new Uint8Array(RECEIVE_BUFFER_BYTES));
          }
          yield* wait(process.sleepUs(2_000_000));
        },
        client: function* (process) {
          const connection = yield* wait(process.connect('server', 7));
          connection.shutdown();
          yield* wait(process.sleepUs(100_000));
          connection.close();
        },
      },
    });
    expect(run.lines('server')).toEqual(['ECONNRESET', 'ECONNRESET']);
  });
});

describe('a process that ends', () => {
  /** Accepts, and leaves what arrives where it is. */
  const idler = (tellsUnread: boolean): Program =>
    function* (process) {
      const connection = yield* wait(process.listen(7).accept());
      connection.tellsUnread = tellsUnread;
      yield* wait(process.sleepUs(1_000_000));
    };
  const client: Program = function* (process) {
    const connection = yield* wait(process.connect('server', 7));
    trySend(process, connection);
    yield* readAll(process, connection);
  };

  test.each([
    [true, 'ECONNRESET at 110'],
    [false, 'end at 110'],
  ])('NODE4 resets what its program told it has not read: %s', async (tellsUnread, line) => {
    const run = await runInAnyWindows({
      programs: { server: idler(tellsUnread), client },
      faults: [{ atMs: 100, kill: 'server' }],
    });
    expect(run.lines('client')).toEqual([line]);
  });

  test('NODE4 resets connections that were not accepted', async () => {
    const run = await runInAnyWindows({
      programs: {
        server: function* (process) {
          process.listen(7);
          yield* wait(process.sleepUs(1_000_000));
        },
        client: function* (process) {
          yield* readAll(process, yield* wait(process.connect('server', 7)));
        },
      },
      faults: [{ atMs: 100, kill: 'server' }],
    });
    expect(run.lines('client')).toEqual(['ECONNRESET at 110']);
  });
});
