import { describe, expect, test } from 'vitest';
import { type DiskError } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { DISK_SIZE_MAX, FILE_SIZE_MAX } from '#lib/protocol/file-tree.ts';
import { runInAnyWindows, type Program } from '../../../tests/support/cluster.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (process: NodeProcess, path: string): string =>
  new TextDecoder().decode(process.disk.read(path));
const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);

/** Says what each file holds when it runs again, and `work` before that. */
function twice(work: (process: NodeProcess) => void): Program {
  return function* (process) {
    if (process.spec.incarnation === 1) {
      work(process);
      yield* wait(process.sleepUs(1_000_000));
    }
    for (const path of process.disk.list('/')) say(process, `${path}=${textOf(process, path)}`);
  };
}

const LATER = { atMs: 200, restart: 'a' } as const;
const atPowerOff = (work: (process: NodeProcess) => void) =>
  runInAnyWindows({ programs: { a: twice(work) }, faults: [{ atMs: 100, powerOff: 'a' }, LATER] });

describe('NODE4 what survives', () => {
  const write = (process: NodeProcess): void => {
    const { disk } = process;
    disk.write('a.log', bytesOf('one'));
    disk.sync('a.log');
    disk.append('a.log', bytesOf(' two'));
    disk.write('/tmp/b', bytesOf('never synced'));
  };

  test('NODE4 a killed process leaves what it wrote', async () => {
    const run = await runInAnyWindows({
      programs: { a: twice(write) },
      faults: [{ atMs: 100, kill: 'a' }, LATER],
    });
    expect(run.lines('a')).toEqual(['/tmp/b=never synced', '/work/a.log=one two']);
  });

  test('NODE4 a power-off takes what was not synced, and says so', async () => {
    const run = await atPowerOff(write);
    expect(run.lines('a')).toEqual(['/work/a.log=one']);
    const lost = run.of('file').filter(({ op }) => op === 'lose');
    expect(lost.map(({ tUs, path, bytes }) => [tUs, path, bytes])).toEqual([
      [100_000, '/tmp/b', 0],
      [100_000, '/work/a.log', 3],
    ]);
  });

  test('NODE4 what is read after a power-off names the change that survived', async () => {
    const run = await atPowerOff(write);
    const read = run.of('file').findLast(({ op, path }) => op === 'read' && path === '/work/a.log');
    expect(run.events[read!.saw!]).toMatchObject({ op: 'write', path: '/work/a.log' });
  });

  test('NODE4 a rename survives with the next sync of the machine, and is atomic before', async () => {
    const snapshot = (process: NodeProcess, isSynced: boolean): void => {
      const { disk } = process;
      disk.write('dump', bytesOf('old'));
      disk.sync('dump');
      disk.write('temp', bytesOf('new'));
      disk.rename('temp', 'dump');
      say(process, textOf(process, 'dump'));
      disk.write('other', bytesOf('x'));
      if (isSynced) disk.sync('other');
    };
    const undone = await atPowerOff((process) => snapshot(process, false));
    expect(undone.lines('a')).toEqual(['new', '/work/dump=old']);
    const done = await atPowerOff((process) => snapshot(process, true));
    expect(done.lines('a')).toEqual(['new', '/work/dump=new', '/work/other=x']);
  });

  test('NODE4 a removed file comes back when nothing was synced since', async () => {
    const run = await atPowerOff(({ disk }) => {
      disk.write('x', bytesOf('1'));
      disk.sync('x');
      disk.remove('x');
    });
    expect(run.lines('a')).toEqual(['/work/x=1']);
  });

  test('NODE4 a sync that the power-off cuts short saves nothing', async () => {
    const run = await atPowerOff((process) => {
      process.disk.write('x', bytesOf('1'));
      process.disk.sync('x', 200_000_000);
    });
    expect(run.lines('a')).toEqual([]);
  });
});

describe('NODE9 one tree for each machine', () => {
  test('NODE9 a program sees its own changes at once, the others theirs 50 µs later', async () => {
    const run = await runInAnyWindows({
      machineOf: { a: 'm', b: 'm', c: 'm2' },
      programs: {
        a: function* (process) {
          yield* wait(process.sleepUs(1_000));
          process.disk.write('x', bytesOf('1'));
          say(process, `${process.nowUs()} ${textOf(process, 'x')}`);
        },
        b: function* (process) {
          yield* wait(process.sleepUs(1_000));
          for (let look = 0; look < 40; look++) {
            if (process.disk.sizeOf('x') !== null) break;
            yield* wait(process.sleepUs(10));
          }
          say(process, `at ${process.nowUs()}`);
        },
        c: function* (process) {
          yield* wait(process.sleepUs(2_000));
          say(process, String(process.disk.sizeOf('x')));
        },
      },
    });
    const written = run.of('file', 'a').find(({ op }) => op === 'write')!;
    const seen = run.of('file', 'b').at(-1)!;
    expect(run.lines('a')).toEqual(['1005 1']);
    // Each look takes 5 µs at the end of a turn that begins every 15 µs.
    expect(seen.tUs - 5).toBeGreaterThanOrEqual(written.tUs + 50);
    expect(seen.tUs - 5).toBeLessThan(written.tUs + 50 + 15);
    expect(run.lines('c')).toEqual(['null']);
  });

  test('NODE9 a read names the event of the write it saw', async () => {
    const run = await runInAnyWindows({
      machineOf: { a: 'm', b: 'm' },
      programs: {
        a: function* (process) {
          process.disk.append('x', bytesOf('1'));
          yield* wait(process.sleepUs(500));
          process.disk.append('x', bytesOf('3'));
        },
        b: function* (process) {
          yield* wait(process.sleepUs(100));
          process.disk.append('x', bytesOf('2'));
          yield* wait(process.sleepUs(900));
          say(process, textOf(process, 'x'));
        },
      },
    });
    expect(run.lines('b')).toEqual(['123']);
    const [first, third] = run.of('file', 'a').map((event) => run.events.indexOf(event));
    const [second, read] = run.of('file', 'b');
    expect(second!.saw).toBe(first);
    expect(run.events[third!]).toMatchObject({ saw: run.events.indexOf(second!) });
    expect(read!.saw).toBe(third);
  });

  test('NODE9 what several processes write at once has one order, which all of them see', async () => {
    const writer = (stepUs: number, count: number): Program =>
      function* (process) {
        for (let index = 0; index < count; index++) {
          process.disk.append('log', bytesOf(`${process.spec.name}${index} `));
          if (index % 3 === 0) process.spendNs(70_000);
          yield* wait(process.sleepUs(stepUs));
        }
        yield* wait(process.sleepUs(1_000));
        say(process, textOf(process, 'log'));
      };
    const run = await runInAnyWindows({
      machineOf: { a: 'm', b: 'm', c: 'm' },
      programs: { a: writer(7, 30), b: writer(13, 20), c: writer(31, 9), d: writer(20, 5) },
      faults: [{ on: { send: 'none' }, kill: 'd' }],
    });
    const [log] = run.lines('a');
    expect(log!.trim().split(' ')).toHaveLength(59);
    expect(run.lines('b')).toEqual([log]);
    expect(run.lines('c')).toEqual([log]);
    const order = run.of('file').filter(({ op, node }) => op === 'append' && node !== 'd');
    expect(order.map(({ node }) => node).join('')).toBe(log!.replace(/[0-9 ]/g, ''));
  });

  test('NODE9 a child finds what its parent wrote before', async () => {
    const run = await runInAnyWindows({
      nodes: ['a'],
      programs: {
        a: function* (process) {
          process.disk.write('x', bytesOf('from a'));
          yield* wait(process.spawn(['child']).exited);
          say(process, textOf(process, 'x'));
        },
        child: function* (process: NodeProcess): Body<void> {
          say(process, textOf(process, '../work/./x'));
          process.disk.write('x', bytesOf('from child'));
          yield* wait(process.sleepUs(1));
        },
      },
    });
    expect(run.lines('a/1')).toEqual(['from a']);
    expect(run.lines('a')).toEqual(['from child']);
  });

  test('NODE9 a call that cannot be done says why, as errno does', async () => {
    const codes: string[] = [];
    const attempt = (call: () => unknown): void => {
      try {
        call();
        codes.push('done');
      } catch (error) {
        codes.push((error as DiskError).code);
      }
    };
    await runInAnyWindows({
      programs: {
        a: function* ({ disk }) {
          codes.length = 0;
          attempt(() => disk.read('x'));
          attempt(() => disk.sync('x'));
          attempt(() => disk.rename('x', 'y'));
          attempt(() => disk.write('', bytesOf('')));
          disk.write('dir/x', bytesOf(''));
          attempt(() => disk.write('dir', bytesOf('')));
          attempt(() => disk.read('dir'));
          attempt(() => disk.write('dir/x/y', bytesOf('')));
          attempt(() => disk.write('big', new Uint8Array(FILE_SIZE_MAX + 1)));
          attempt(() => disk.truncate('dir/x', FILE_SIZE_MAX + 1));
          const whole = new Uint8Array(FILE_SIZE_MAX);
          for (let size = 0; size < DISK_SIZE_MAX; size += FILE_SIZE_MAX) {
            attempt(() => disk.write(`big${size}`, whole));
          }
          attempt(() => disk.append('more', bytesOf('x')));
          disk.truncate('big0', 5);
          attempt(() => disk.append('more', bytesOf('x')));
          attempt(() => disk.remove('big0'));
          yield* wait(null);
        },
      },
    });
    expect(codes.join(' ')).toBe(
      'ENOENT ENOENT ENOENT EINVAL EISDIR EISDIR ENOTDIR EFBIG EFBIG ' +
        'done done done done ENOSPC done done',
    );
  });
});
