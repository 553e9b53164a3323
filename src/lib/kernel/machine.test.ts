import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait } from '#lib/node/promise.ts';
import { EPOCH_MS } from '#lib/protocol/time.ts';
import { runInAnyWindows, type Program } from '../../../tests/support/cluster.ts';

const say = (process: NodeProcess, text: string): void => process.write('stdout', `${text}\n`);

describe('clock and CPU of a machine', () => {
  const teller: Program = function* (process) {
    for (let round = 0; round < 3; round++) {
      const skewUs = process.wallUs() - EPOCH_MS * 1000 - process.nowUs();
      say(process, `${process.nowUs()} ${process.monotonicUs()} ${skewUs}`);
      yield* wait(process.sleepUs(100_000));
    }
  };

  test('NODE2 skew moves the wall clock of that machine, never sleeps', async () => {
    const run = await runInAnyWindows({
      machineOf: { a: 'm1', b: 'm1', c: 'm2' },
      machines: { m1: { skewUs: 7 } },
      programs: { a: teller, b: teller, c: teller },
      faults: [
        { atMs: 50, skew: 'm1', ms: 500 },
        { atMs: 150, skew: 'a', ms: -1.5 },
      ],
    });
    expect(run.lines('a')).toEqual(['0 0 7', '100000 100000 500007', '200000 200000 498507']);
    expect(run.lines('b')).toEqual(run.lines('a'));
    expect(run.lines('c')).toEqual(['0 0 0', '100000 100000 0', '200000 200000 0']);
    expect(run.of('fault').map(({ fault }) => fault)).toEqual([
      { skew: 'm1', ms: 500 },
      { skew: 'a', ms: -1.5 },
    ]);
  });

  test('NODE2 a restarted process keeps the clock of its machine', async () => {
    const run = await runInAnyWindows({
      programs: { a: teller },
      faults: [
        { atMs: 50, skew: 'a', ms: 5 },
        { atMs: 60, restart: 'a' },
      ],
    });
    expect(run.lines('a')[1]).toBe('60000 60000 5000');
  });

  test('KT5 NODE2 speed acts from the next turn on, and is a factor of the machine’s own', async () => {
    const worker: Program = function* (process) {
      for (let round = 0; round < 4; round++) {
        process.spendNs(40_000_000);
        say(process, String(process.nowUs()));
        yield* wait(process.sleepUs(10_000));
      }
    };
    const run = await runInAnyWindows({
      machines: { a: { speed: 2 } },
      programs: { a: worker },
      faults: [
        { atMs: 10, speed: 'a', factor: 0.25 },
        { atMs: 120, speed: 'a', factor: 1 },
      ],
    });
    // 20 ms, not cut by the fault at 10 ms; then at half a CPU 80 ms; then 20 ms again.
    expect(run.lines('a')).toEqual(['20000', '110000', '140000', '170000']);
  });
});

describe('standard input', () => {
  const greeter: Program = function* (process) {
    for (;;) {
      const name = yield* wait(process.readLine('name: '));
      say(process, `hello ${name} at ${process.nowUs()}`);
    }
  };

  test('NODE5 lines of stdin first, then what is typed; then the program waits', async () => {
    const run = await runInAnyWindows({
      programs: { a: greeter },
      stdin: { a: ['Han'] },
      faults: [{ atMs: 30, input: 'a', text: 'Li\nMei' }],
    });
    expect(run.lines('a')).toEqual([
      'name: Han',
      'hello Han at 0',
      'name: Li',
      'hello Li at 30000',
      'name: Mei',
      'hello Mei at 30000',
    ]);
    expect(run.end).toMatchObject({ reason: 'quiescent', tUs: 30_000, deadlocks: [] });
    expect(run.end.waiting).toEqual([{ node: 'a', what: 'a line of input' }]);
    expect(run.of('input').map(({ text }) => text)).toEqual(['Li', 'Mei']);
  });

  test('NODE5 a restart reads stdin from its beginning; what was typed before is gone', async () => {
    const run = await runInAnyWindows({
      programs: { a: greeter },
      stdin: { a: ['Han'] },
      faults: [
        { atMs: 30, kill: 'a' },
        { atMs: 40, input: 'a', text: 'lost' },
        { atMs: 50, restart: 'a' },
      ],
    });
    expect(run.lines('a')).toEqual([
      ...['name: Han', 'hello Han at 0'],
      ...['name: Han', 'hello Han at 50000'],
    ]);
  });
});

describe('cores', () => {
  /** Computes so long, so often, after so long a sleep. */
  const worker = (computeUs: number, count: number, sleepUs = 0): Program =>
    function* (process) {
      for (let round = 0; round < count; round++) {
        yield* wait(process.sleepUs(sleepUs));
        const startUs = process.nowUs();
        process.spendNs(computeUs * 1000);
        say(process, `${startUs}-${process.nowUs()}`);
      }
    };

  test('NODE2 a turn that finds all cores busy waits for the first that is free', async () => {
    const run = await runInAnyWindows({
      machineOf: { a: 'm', b: 'm', c: 'm', d: 'm2' },
      machines: { m: { cores: 2 } },
      programs: { a: worker(10_000, 1), b: worker(5_000, 2), c: worker(1_000, 1), d: worker(7, 1) },
    });
    expect(run.lines('a')).toEqual(['0-10000']);
    // c has been ready longer than the second round of b.
    expect(run.lines('c')).toEqual(['5000-6000']);
    expect(run.lines('b')).toEqual(['0-5000', '6000-11000']);
    expect(run.lines('d')).toEqual(['0-7']);
  });

  test('NODE2 a kill frees a core at once, also one that a message triggers', async () => {
    const LABEL = { proto: 'node', msg: 'data', preview: '' };
    const programs: Record<string, Program> = {
      hog: worker(100_000, 1),
      next: worker(1_000, 3),
      // Runs ahead, and has things to commit behind the kill.
      ticker: worker(1, 500, 100),
      sender: function* (process) {
        const connection = yield* wait(process.connect('far', 7));
        yield* wait(process.sleepUs(333));
        connection.send(new Uint8Array(1), LABEL);
      },
      far: function* (process) {
        yield* wait(process.listen(7).accept());
        yield* wait(process.sleepUs(50_000));
      },
    };
    const options = { programs, machineOf: { hog: 'm', next: 'm' }, machines: { m: { cores: 1 } } };
    const timed = await runInAnyWindows({ ...options, faults: [{ atMs: 12.345, kill: 'hog' }] });
    expect(timed.lines('next')[0]).toBe('12345-13345');
    const struck = await runInAnyWindows({
      ...options,
      faults: [{ on: { send: 'data' }, kill: 'hog' }],
    });
    const sentUs = struck.of('send', 'sender')[0]!.tUs;
    expect(struck.lines('next')[0]).toBe(`${sentUs}-${sentUs + 1_000}`);
  });

  test('NODE2 KT3 never more turns at a time than cores, in any windows, whatever happens', async () => {
    const busy: Program = function* (process) {
      const { disk } = process;
      for (let round = 0; round < 25; round++) {
        yield* wait(process.sleepUs(process.random() * 300));
        disk.append('log', Uint8Array.of(1));
        const end = process.span('work');
        process.spendNs(Math.floor(process.random() * 400_000));
        end();
      }
      if (process.spec.name === 'b') process.exit(0);
    };
    for (const cores of [1, 2, 3]) {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const run = await runInAnyWindows({
        programs: { ...Object.fromEntries(names.map((name) => [name, busy])), other: busy },
        machineOf: Object.fromEntries(names.map((name) => [name, 'm'])),
        machines: { m: { cores } },
        faults: [
          { atMs: 2, kill: 'c' },
          { atMs: 2.5, pause: 'd' },
          { atMs: 3, restart: 'c' },
          { atMs: 4, resume: 'd' },
          { atMs: 5, speed: 'm', factor: 0.5 },
        ],
      });
      let most = 0;
      const open = new Set<string>();
      for (const event of run.events) {
        if (event.node === 'other') continue;
        if (event.kind === 'kill') open.delete(event.node);
        if (event.kind !== 'span') continue;
        if (event.op === 'begin') open.add(event.node);
        else open.delete(event.node);
        most = Math.max(most, open.size);
      }
      expect(most).toBe(cores);
    }
  });
});
