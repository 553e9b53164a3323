// Whose the ports of a machine are, and which ports a connection has.

import { expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { FREE_PORTS } from '#lib/protocol/tcp.ts';
import type { Program } from '../../../tests/support/cluster.ts';
import { runInAnyWindows } from '../../../tests/support/windows.ts';

const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);

function* claim(process: NodeProcess, port: number): Body<void> {
  const given = yield* wait(process.claimPort(port));
  say(process, `${port} gives ${given} at ${process.nowUs()}`);
}

test('NODE9 of two processes on a machine the first gets a port, until it ends', async () => {
  const late: Program = function* (process) {
    yield* claim(process, 80);
    yield* wait(process.sleepUs(50_000));
    yield* claim(process, 80);
  };
  const run = await runInAnyWindows({
    programs: {
      early: function* (process) {
        yield* claim(process, 80);
        yield* claim(process, 80);
        yield* wait(process.sleepUs(1_000_000));
      },
      late,
    },
    machineOf: { early: 'm', late: 'm' },
    faults: [{ atMs: 20, kill: 'early' }],
  });
  expect(run.lines('early')).toEqual(['80 gives 80 at 50', '80 gives 0 at 100']);
  expect(run.lines('late')).toEqual(['80 gives 0 at 50', '80 gives 80 at 50100']);
});

test('NODE9 port 0 gives one that nobody has, and a port that was given back is free', async () => {
  const run = await runInAnyWindows({
    programs: {
      a: function* (process) {
        yield* claim(process, FREE_PORTS.first);
        yield* claim(process, 0);
        process.unclaimPort(FREE_PORTS.first);
        yield* claim(process, FREE_PORTS.first);
      },
    },
  });
  expect(run.lines('a').map((line) => line.split(' at ')[0])).toEqual([
    '32768 gives 32768',
    '0 gives 32769',
    '32768 gives 32768',
  ]);
});

test('NODE9 who takes a port for datagrams that another process has learns of it from receive', async () => {
  const receiver: Program = function* (process) {
    const socket = process.datagramSocket(80);
    try {
      say(process, String((yield* wait(socket.receive()))?.port));
    } catch (error) {
      say(process, `${String(error)} at ${process.nowUs()}`);
    }
    socket.close();
  };
  const run = await runInAnyWindows({
    programs: {
      first: receiver,
      second: receiver,
      listener: function* (process) {
        process.datagramSocket(80).onMessage(() => undefined);
        yield* wait(process.sleepUs(10));
      },
      sender: function* (process) {
        yield* wait(process.sleepUs(1_000));
        const label = { proto: 'test', msg: 'hello', preview: '' };
        process.datagramSocket(81).send('m', 80, new Uint8Array(1), label);
      },
    },
    machineOf: { first: 'm', second: 'm', listener: 'm', sender: 'm' },
  });
  expect(run.lines('first')).toEqual(['81']);
  expect(run.lines('second')).toEqual(['SocketError: Address already in use: 80 at 50']);
  expect(run.of('exit', 'listener')).toMatchObject([{ code: 1 }]);
});

test('NODE9 who listens on a port that another process has learns of it from accept', async () => {
  const server: Program = function* (process) {
    const listener = process.listen(80);
    try {
      const connection = yield* wait(listener.accept());
      say(process, `accepted ${connection.peer}`);
      process.exit(0);
    } catch (error) {
      say(process, (error as { code: string }).code);
    }
  };
  const run = await runInAnyWindows({
    programs: {
      first: server,
      second: server,
      client: function* (process) {
        yield* wait(process.sleepUs(1_000));
        yield* wait(process.connect('m', 80));
      },
    },
    machineOf: { first: 'm', second: 'm' },
  });
  expect(run.lines('second')).toEqual(['EADDRINUSE']);
  expect(run.lines('first')).toEqual(['accepted client']);
});

test('NET2 a connection has a port at each end, those of one machine differ', async () => {
  const client: Program = function* (process) {
    const connection = yield* wait(process.connect('server', 80));
    const { local, peer } = connection.ports;
    say(process, `${local} to ${peer}`);
  };
  const run = await runInAnyWindows({
    programs: {
      server: function* (process) {
        const listener = process.listen(80);
        for (let count = 0; count < 3; count++) {
          const { peer, ports } = yield* wait(listener.accept());
          say(process, `${ports.local} from ${peer}:${ports.peer}`);
        }
        process.exit(0);
      },
      a: client,
      b: client,
      bound: function* (process) {
        const port = yield* wait(process.claimPort(5000));
        const { ports } = yield* wait(process.connect('server', 80, true, port));
        say(process, `${ports.local} to ${ports.peer}`);
      },
    },
    machineOf: { a: 'm', b: 'm' },
  });
  expect(run.lines('a')).toEqual(['32768 to 80']);
  expect(run.lines('b')).toEqual(['32769 to 80']);
  expect(run.lines('bound')).toEqual(['5000 to 80']);
  expect(run.lines('server')).toEqual(['80 from a:32768', '80 from b:32769', '80 from bound:5000']);
});

test('NODE9 datagrams have ports of their own: one process has one, and is heard at once', async () => {
  const server: Program = function* (process) {
    const socket = yield* wait(process.claimDatagramSocket(80));
    say(process, `80 is ${socket ? 'mine' : 'taken'}`);
    const datagram = yield* wait(socket!.receive());
    say(process, `from ${datagram!.from}:${datagram!.port}`);
    socket!.close();
    yield* wait(process.sleepUs(50_000));
    say(process, `again ${(yield* wait(process.claimDatagramSocket(80))) !== null}`);
  };
  const run = await runInAnyWindows({
    programs: {
      tcp: function* (process) {
        yield* claim(process, 80);
        yield* wait(process.sleepUs(100_000));
      },
      server,
      late: function* (process) {
        yield* wait(process.sleepUs(10));
        say(process, String(yield* wait(process.claimDatagramSocket(80))));
        const [first, second] = [
          yield* wait(process.claimDatagramSocket(0)),
          yield* wait(process.claimDatagramSocket(0)),
        ];
        say(process, `${first!.port} ${second!.port}`);
      },
      client: function* (process) {
        const socket = process.datagramSocket(5000);
        // Arrives between the machine's yes and the moment at which the program hears of it.
        yield* wait(process.sleepUs(20));
        socket.send('m', 80, new Uint8Array(1), { proto: 'node', msg: 'data', preview: '' });
      },
    },
    machineOf: { tcp: 'm', server: 'm', late: 'm' },
    network: { latencyUs: 20 },
  });
  expect(run.lines('tcp')).toEqual(['80 gives 80 at 50']);
  expect(run.lines('server')).toEqual(['80 is mine', 'from client:5000', 'again true']);
  expect(run.lines('late')).toEqual(['null', '32768 32769']);
});

test('NODE9 a listener that closes resets who was not accepted, and refuses from then on', async () => {
  const client: Program = function* (process) {
    try {
      const connection = yield* wait(process.connect('server', 80));
      yield* wait(connection.receive());
    } catch (error) {
      say(process, (error as { code: string }).code);
    }
  };
  const run = await runInAnyWindows({
    programs: {
      server: function* (process) {
        const listener = process.listen(80);
        yield* wait(process.sleepUs(100_000));
        listener.close();
        yield* wait(process.sleepUs(100_000));
      },
      early: client,
      late: client,
    },
    startUs: { late: 150_000 },
  });
  expect(run.lines('early')).toEqual(['ECONNRESET']);
  expect(run.lines('late')).toEqual(['ECONNREFUSED']);
});
