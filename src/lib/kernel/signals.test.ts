import { describe, expect, test } from 'vitest';
import { SignalError, type NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { runInAnyWindows, type Program } from '../../../tests/support/cluster.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);

/** Lives for a second. */
function* sleeper(process: NodeProcess): Body<void> {
  yield* wait(process.sleepUs(1_000_000));
  say(process, 'slept');
}

/** Starts a child, does something to it 100 ms later, and tells how it ended. */
function parent(
  act: (child: ReturnType<NodeProcess['spawn']>) => void,
  afterUs = 100_000,
): Program {
  return function* (process) {
    const child = process.spawn(['child']);
    yield* wait(process.sleepUs(afterUs));
    act(child);
    const { code, signal } = yield* wait(child.exited);
    say(process, `${child.name}: ${code} ${signal} at ${process.nowUs()}`);
  };
}

const ends = (run: Awaited<ReturnType<typeof runInAnyWindows>>): string[] =>
  run.events
    .filter(({ kind }) => kind === 'exit' || kind === 'kill')
    .map((event) => `${event.node} ${event.kind === 'exit' ? event.code : event.kind}`);

describe('NODE6 signals', () => {
  const family = { a: parent(() => undefined), child: sleeper };

  test('NODE6 SIGINT for a node reaches its group, as from a terminal', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: family,
      faults: [{ atMs: 50, signal: 'a', name: 'SIGINT' }],
    });
    expect(ends(run)).toEqual(['a 130', 'a/1 130']);
  });

  test('NODE6 any other signal reaches the one process named; its children become orphans', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: family,
      faults: [{ atMs: 50, signal: 'a', name: 'SIGTERM' }],
    });
    expect(ends(run)).toEqual(['a 143', 'a/1 0']);
    expect(run.lines('a/1')).toEqual(['slept']);
  });

  test('NODE6 SIGKILL kills one process, where the fault kill ends the group', async () => {
    const options = { nodes: ['a'], programs: family };
    const signal = await runInAnyWindows({
      ...options,
      faults: [{ atMs: 50, signal: 'a', name: 'SIGKILL' }],
    });
    expect(ends(signal)).toEqual(['a kill', 'a/1 0']);
    const kill = await runInAnyWindows({ ...options, faults: [{ atMs: 50, kill: 'a' }] });
    expect(ends(kill)).toEqual(['a/1 kill', 'a kill']);
  });

  test('NODE6 SIGSTOP and SIGCONT stop one process and let it go on', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: family,
      faults: [
        { atMs: 50, signal: 'a/1', name: 'SIGSTOP' },
        { atMs: 60, signal: 'a/1', name: 'SIGTERM' },
        { atMs: 2_000, signal: 'a/1', name: 'SIGCONT' },
      ],
    });
    expect(run.of('pause').map(({ node, tUs }) => [node, tUs])).toEqual([['a/1', 50_000]]);
    expect(run.of('exit', 'a/1')[0]).toMatchObject({ code: 143, tUs: 2_000_000 });
    expect(run.lines('a')).toEqual(['a/1: 143 SIGTERM at 2000050']);
  });

  test('NODE6 a handler runs instead of the default action, and one of SIGKILL is refused', async () => {
    const errors: unknown[] = [];
    const run = await runInAnyWindows({
      programs: {
        a: function* (process) {
          errors.length = 0;
          for (const name of ['SIGKILL', 'SIGSTOP', 'SIGBOOM']) {
            try {
              process.onSignal(name, () => undefined);
            } catch (error) {
              errors.push(error);
            }
          }
          process.onSignal('SIGINT', () => say(process, 'not now'));
          yield* sleeper(process);
        },
      },
      faults: [
        { atMs: 50, signal: 'a', name: 'SIGINT' },
        { atMs: 60, signal: 'a', name: 'SIGKILL' },
      ],
    });
    expect(run.lines('a')).toEqual(['not now']);
    expect(ends(run)).toEqual(['a kill']);
    expect(errors.map((error) => error instanceof SignalError)).toEqual([true, true, true]);
    expect(String(errors[2])).toContain('cannot handle SIGBOOM (signals: SIGHUP, SIGINT');
  });
});

describe('NODE1 parents and children', () => {
  test('NODE6 a parent sends signals, and sees exit code and signal', async () => {
    const signals = { SIGTERM: '143 SIGTERM', SIGKILL: '137 SIGKILL', SIGUSR1: '138 SIGUSR1' };
    for (const [name, end] of Object.entries(signals)) {
      const run = await runInAnyWindows({
        nodes: ['a'],
        programs: { a: parent((child) => child.kill(name as 'SIGTERM')), child: sleeper },
      });
      expect(run.lines('a')).toEqual([`a/1: ${end} at 100100`]);
      const [sent, got] = run.of('signal');
      expect(sent).toMatchObject({ node: 'a', to: 'a/1', tUs: 100_000 });
      expect(got).toMatchObject({ node: 'a/1', tUs: 100_050, cause: run.events.indexOf(sent!) });
    }
  });

  test('NODE6 a signal for a child that is only being started reaches it when it starts', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: { a: parent((child) => child.kill('SIGTERM'), 10), child: sleeper },
    });
    expect(run.lines('a')).toEqual(['a/1: 143 SIGTERM at 1050']);
  });

  test('NODE6 a signal for a child that is gone does nothing', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: {
        a: parent((child) => child.kill('SIGTERM'), 2_000_000),
        child: sleeper,
      },
    });
    expect(run.of('signal')).toEqual([]);
    expect(run.lines('a')).toEqual(['a/1: 0 null at 2000000']);
  });

  test('NODE1 an orphan lives on, and its pipe ends', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: {
        a: function* (process) {
          process.spawn(['child']);
          yield* wait(process.sleepUs(10));
          process.exit(3);
        },
        child: function* (process) {
          const bytes = yield* wait(process.parentPipe().receive());
          say(process, `${bytes === null ? 'end' : 'data'} of the pipe`);
          yield* sleeper(process);
        },
      },
    });
    expect(ends(run)).toEqual(['a 3', 'a/1 0']);
    expect(run.lines('a/1')).toEqual(['end of the pipe', 'slept']);
  });

  test('NODE5 a restart ends the orphans of the incarnation before', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: family(),
      faults: [
        { atMs: 50, signal: 'a', name: 'SIGKILL' },
        { atMs: 60, restart: 'a' },
      ],
    });
    expect(run.of('start').map(({ node, incarnation }) => `${node}#${incarnation}`)).toEqual([
      'a#1',
      'a/1#1',
      'a#2',
      'a/1#2',
    ]);
    expect(ends(run)).toEqual(['a kill', 'a/1 kill', 'a/1 0', 'a 0']);
  });

  test('NODE1 a child may have children of its own, and a fault may name each', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: {
        a: parent(() => undefined),
        child: function* (process) {
          yield* wait(process.spawn(['grandchild']).exited);
        },
        grandchild: sleeper,
      },
      faults: [{ atMs: 50, kill: 'a/1/1' }],
    });
    expect(ends(run)).toEqual(['a/1/1 kill', 'a/1 0', 'a 0']);
  });

  test('NODE5 a child cannot be restarted: it belongs to a parent that knows of it', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: family(),
      faults: [{ atMs: 50, restart: 'a/1' }],
    });
    expect(run.of('restart')).toEqual([]);
    expect(run.lines('a')).toHaveLength(1);
  });

  test('NODE5 a node that was restarted before its start time starts once', async () => {
    const run = await runInAnyWindows({
      programs: {
        a: function* (process) {
          yield* wait(process.sleepUs(1_000));
        },
      },
      startUs: { a: 100_000 },
      faults: [{ atMs: 50, restart: 'a' }],
    });
    expect(run.of('start').map(({ tUs }) => tUs)).toEqual([50_000]);
  });

  function family(): Record<string, Program> {
    return { a: parent(() => undefined), child: sleeper };
  }
});

describe('NODE6 a pause looks dead and is not', () => {
  const options = (faults: readonly Fault[]) => ({
    programs: {
      server: function* (process: NodeProcess): Body<void> {
        process.setTimer(100_000, () => say(process, `timer at ${process.nowUs()}`));
        const connection = yield* wait(process.listen(7).accept());
        for (;;) {
          const bytes = yield* wait(connection.receive());
          if (!bytes) return;
          say(process, `${bytes.length} bytes at ${process.nowUs()}`);
        }
      },
      client: function* (process: NodeProcess): Body<void> {
        yield* wait(process.sleepUs(50_000));
        const connection = yield* wait(process.connect('server', 7));
        say(process, `connected at ${process.nowUs()}`);
        connection.send(new Uint8Array(3), LABEL);
        yield* wait(process.sleepUs(200_000));
        say(process, `open: ${connection.isOpen}`);
        connection.close();
      },
    },
    faults,
  });

  test('NODE6 the machine of a paused process accepts and acknowledges', async () => {
    const run = await runInAnyWindows(
      options([
        { atMs: 10, pause: 'server' },
        { atMs: 900, resume: 'server' },
      ]),
    );
    expect(run.lines('client')).toEqual(['connected at 70000', 'open: true']);
    expect(run.of('retransmit')).toEqual([]);
    expect(run.of('deliver', 'server')[0]!.tUs).toBe(80_005);
    // What happened meanwhile comes in its order: what arrived at 80 ms, the timer of 100 ms.
    expect(run.lines('server')).toEqual(['3 bytes at 900000', 'timer at 900000']);
  });
});
