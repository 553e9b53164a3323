// How runs end (KT7), and what is said of who still waits (KT8).

import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import {
  runCluster,
  runInAnyWindows,
  type ClusterOptions,
  type Program,
} from '../../../tests/support/cluster.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const HOUR_US = 3_600_000_000;

/** Sends to itself for ever, at its own pace. */
const busy: Program = function* (process) {
  for (let round = 0; ; round++) {
    process.write('stdout', `${round}\n`);
    process.spendNs(process.random() * 3_000_000);
    yield* wait(process.sleepUs(Math.floor(process.random() * 5_000)));
  }
};

describe('KT7 how a run ends', () => {
  test('KT7 stopping it is ending it there: the same trace as with that untilUs', async () => {
    const programs = { a: busy, b: busy, c: busy };
    let yieldCount = 0;
    const stopped = await runCluster({
      programs,
      onyield: () => Promise.resolve(++yieldCount < 4),
    });
    expect(stopped.end.reason).toBe('until');
    const { tUs } = stopped.end;
    const again = await runCluster({ programs, untilUs: tUs });
    expect(again.end).toEqual(stopped.end);
    expect(again.text).toBe(stopped.text);
    expect(stopped.events.at(-1)!.tUs).toBe(tUs);
  });

  test('KT7 the event limit cuts at exactly that event, whatever the windows', async () => {
    for (const eventLimit of [1, 100, 101]) {
      const run = await runInAnyWindows({ programs: { a: busy, b: busy }, eventLimit });
      expect(run.end).toMatchObject({ reason: 'event-limit', eventCount: eventLimit });
      expect(run.end.tUs).toBe(run.events.at(-1)!.tUs);
    }
  });
});

describe('KT8 who still waits', () => {
  const server = function* (process: NodeProcess): Body<void> {
    const connection = yield* wait(process.listen(7).accept());
    yield* wait(process.sleepUs(HOUR_US));
    connection.send(new Uint8Array(1), LABEL);
  };
  const client = function* (process: NodeProcess): Body<void> {
    const connection = yield* wait(process.connect('server', 7));
    yield* wait(process.waitFor(connection.receive(), { what: 'data', by: ['server'] }));
  };

  test('KT8 at the horizon a wait that a timer ends says when', async () => {
    const run = await runInAnyWindows({
      programs: {
        a: function* (process) {
          yield* wait(process.sleepUs(HOUR_US));
        },
        b: function* (process) {
          const slept = process.sleepUs(HOUR_US);
          yield* wait(process.waitFor(slept, { what: 'the result', dueUs: HOUR_US }));
        },
      },
      untilUs: 1_000_000,
    });
    expect(run.end.waiting).toEqual([
      { node: 'a', what: 'a timer', dueUs: HOUR_US },
      { node: 'b', what: 'the result', dueUs: HOUR_US },
    ]);
    expect(run.end.deadlocks).toEqual([]);
  });

  test('KT8 what is reported is what was committed, wherever the run was cut', async () => {
    const waiter: Program = function* (process) {
      for (let round = 0; ; round++) {
        const slept = process.sleepUs(100 + (round % 7));
        yield* wait(process.waitFor(slept, { what: `round ${round}` }));
      }
    };
    for (const eventLimit of [50, 51, 52, 53]) {
      await runInAnyWindows({ programs: { a: waiter, b: waiter }, eventLimit });
    }
  });

  const deadlocksOf = async (options: ClusterOptions): Promise<readonly (readonly string[])[]> =>
    (await runInAnyWindows(options)).end.deadlocks;

  test('KT8 children are members, and their node’s name means them too', async () => {
    const parent: Program = function* (process) {
      const child = process.spawn(['child']);
      yield* wait(process.waitFor(child.exited, { what: 'the child', by: [child.name] }));
    };
    const child: Program = function* (process) {
      const bytes = process.parentPipe().receive();
      yield* wait(process.waitFor(bytes, { what: 'work', by: ['a'] }));
    };
    expect(await deadlocksOf({ nodes: ['a'], programs: { a: parent, child } })).toEqual([
      ['a', 'a/1'],
    ]);
  });

  test('KT8 localhost and machines are their processes', async () => {
    const waiter = (port: number, peer: string, host: string): Program =>
      function* (process) {
        const listener = process.listen(port);
        yield* wait(process.sleepUs(1_000));
        yield* wait(process.connect(host, peer === 'a' ? 1 : 2));
        const connection = yield* wait(listener.accept());
        yield* wait(process.waitFor(connection.receive(), { what: 'data', by: [host] }));
      };
    const programs = { a: waiter(1, 'b', 'localhost'), b: waiter(2, 'a', 'm') };
    const machineOf = { a: 'm', b: 'm' };
    expect(await deadlocksOf({ programs, machineOf })).toEqual([['a', 'b']]);
  });

  test('KT8 who waits for one that can still act, or for one that is gone, is not locked', async () => {
    const run = await runInAnyWindows({ programs: { server, client }, untilUs: 1_000_000 });
    expect(run.end.deadlocks).toEqual([]);
    // That the server has a listener says enough of it.
    expect(run.end.waiting).toEqual([{ node: 'client', what: 'data', by: ['server'] }]);
    const gone = await runInAnyWindows({
      programs: { server, client },
      faults: [{ atMs: 50, powerOff: 'server' }],
    });
    expect(gone.end).toMatchObject({ reason: 'quiescent', deadlocks: [] });
    expect(gone.end.waiting).toEqual([{ node: 'client', what: 'data', by: ['server'] }]);
  });
});

describe('output', () => {
  test('a prompt shows before its line is finished', async () => {
    const run = await runInAnyWindows({
      programs: {
        a: function* (process) {
          yield* wait(process.readLine('name: '));
        },
      },
      faults: [{ atMs: 5, input: 'a', text: 'Li' }],
    });
    expect(run.of('partial').map(({ tUs, text }) => [tUs, text])).toEqual([[0, 'name: ']]);
    expect(run.lines('a')).toEqual(['name: Li']);
  });

  test('after 10 000 lines one says that output is limited, and no more follow', async () => {
    const run = await runInAnyWindows({
      programs: {
        a: function* (process) {
          for (let line = 0; line < 10_005; line++) process.write('stdout', `${line}\n`);
          yield* wait(process.sleepUs(1));
        },
      },
    });
    expect(run.lines('a')).toHaveLength(10_001);
    expect(run.lines('a').at(-1)).toContain('output limited');
  });

  test('NODE7 a turn of ten virtual seconds is stopped, whatever the speed of the machine', async () => {
    for (const speed of [0.5, 1, 4]) {
      const run = await runInAnyWindows({
        machines: { a: { speed } },
        programs: {
          a: function* (process) {
            for (;;) {
              process.spendNs(1_000_000_000);
              if (process.meter.n > process.meter.max) process.meter.over();
              yield null;
            }
          },
        },
      });
      expect(run.lines('a')).toEqual(['computed 10 s without waiting and was stopped']);
    }
  });
});
