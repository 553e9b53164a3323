// Schedules of CSP programs: followed from a file, and all of them tried, each count made by hand.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFolder } from '../../../bin/experiment.ts';
import type { Files } from '../../../src/lib/experiment/experiment.ts';
import { exploredNode } from '../../../src/lib/runtime/explored.ts';
import { prepare } from '../../../src/lib/runtime/prepare.ts';
import { experiment, type Experiment } from '../celery/harness.ts';
import { exploreFiles } from '../../support/explore-files.ts';

const EXPERIMENTS = new URL('../../fixtures/experiments/', import.meta.url);
const IMPORTS = `import { process, Parallel, Spawn, Channel, poison, retire, shutdown, AltSelect, PriSelect,
  InputGuard, OutputGuard, TimeoutGuard, SkipGuard } from 'pycsp';
import { sleep } from 'node';
const give = process(async function give(cout, value) { await cout(value); });
`;

function filesOf(source: string): Record<string, string> {
  return {
    'main.ts': IMPORTS + source,
    'cluster.json': '{ "nodes": { "main": { "run": "main.ts" } } }',
  };
}

async function count(source: string): Promise<number> {
  const found = await exploreFiles(filesOf(source));
  expect(found.outcome).toBe('ended');
  return found.count;
}

async function folder(name: string): Promise<Files> {
  return readFolder(fileURLToPath(new URL(name, EXPERIMENTS)));
}

async function follow(source: string, schedule?: readonly number[]): Promise<Experiment> {
  const { 'main.ts': main } = filesOf(source);
  const plan = schedule ? { 'schedule.json': JSON.stringify({ main: schedule }) } : {};
  return experiment({ files: { 'main.ts': main!, ...plan }, nodes: { main: 'main.ts' } });
}

test('CSP2 two who need two forks: fine as it runs by itself, a deadlock in another schedule', async () => {
  const files = await folder('pycsp-two-forks');
  const { outcome, schedule } = await exploreFiles(files);
  expect(outcome).toBe('deadlock');
  const run = async (plan: object): Promise<Experiment> =>
    experiment({
      files: { ...files, ...plan } as Record<string, string>,
      nodes: { main: 'main.ts' },
    });
  expect((await run({})).lines('main')).toEqual(['ada eats', 'ben eats']);
  const { states, end } = await run({ 'schedule.json': JSON.stringify({ main: schedule }) });
  expect(end.deadlocks).toEqual([['main']]);
  const [{ cycle }] = states('pycsp deadlock') as [{ cycle: string[] }];
  expect(cycle).toEqual(expect.arrayContaining(['eater', 'eater-2', 'fork', 'fork-2']));
});

test.each([
  // Who gets fork a first.
  ['pycsp-two-forks-ordered', 2],
  // Whose offer is taken.
  ['pycsp-two-sends-alternation', 2],
  // 3! orders.
  ['pycsp-schedule', 6],
])('CSP2 %s is deadlock-free in all %i schedules', async (name, schedules) => {
  const { 'schedule.json': _, ...files } = await folder(name);
  expect(await exploreFiles(files)).toEqual({ outcome: 'ended', count: schedules, schedule: [] });
});

test('CSP1 a schedule says who meets whom, and where it ends the first step is taken', async () => {
  const source = `
    const table = new Channel('table');
    const take = process(async function take(inn) {
      for (let i = 0; i < 3; i++) console.log(await inn());
    });
    await Parallel([1, 2, 3].map((i) => give(table.writer(), i)), take(table.reader()));
    await shutdown();`;
  const order = async (schedule: number[]): Promise<string> =>
    (await follow(source, schedule)).lines('main').join('');
  expect(await order([])).toBe('123');
  expect(await order([1])).toBe('213');
  expect(await order([2, 1])).toBe('321');
  const { states } = await follow(source, [2]);
  expect(states('pycsp schedule')[0]).toEqual({
    opened: [...Array<string>(3).fill('table writers'), 'table readers'],
    step: 1,
    taken: 2,
    steps: ['give', 'give-2', 'give-3'].map((from) => ({
      text: `table: ${from} → take`,
      processes: [from, 'take'],
      places: ['table'],
    })),
  });
});

test('CSP1 a number beyond the steps that there are is told of, and the first is taken', async () => {
  const { lines } = await follow(
    `const a = new Channel('a');
     const take = process(async function take(inn) { console.log(await inn()); await inn(); });
     await Parallel(give(a.writer(), 1), give(a.writer(), 2), take(a.reader()));
     await shutdown();`,
    [7],
  );
  expect(lines('main')).toEqual([
    'schedule.json: choice 1 is 7, and there are 2 steps: the first is taken',
    '1',
  ]);
});

test('CSP1 windows never show, nor does a run differ from its repetition', async () => {
  const files = await folder('pycsp-schedule');
  const runs = [undefined, 3, 4].map(async (windowSeed) => {
    const { end } = await experiment({
      files: files as Record<string, string>,
      nodes: { main: 'main.ts' },
      ...(windowSeed === undefined ? {} : { windowSeed }),
    });
    return end.digest;
  });
  expect(new Set(await Promise.all(runs)).size).toBe(1);
});

test('CSP2 guards that need nobody are steps: a timeout takes its time, a skip does not', async () => {
  const source = `
    const a = new Channel('a');
    const choose = process(async function choose(inn) {
      const [, got] = await AltSelect(new InputGuard(inn), new TimeoutGuard(5), new SkipGuard());
      console.log(got);
      await poison(inn);
    });
    await Parallel(give(a.writer(), 1), choose(a.reader()));
    await shutdown();`;
  expect(await count(source)).toBe(3);
  const ends = [0, 1, 2].map(async (first) => {
    const { end, lines } = await follow(source, [first]);
    return [lines('main')[0], Math.round(end.tUs / 1e6)];
  });
  expect(await Promise.all(ends)).toEqual([
    ['1', 0],
    ['undefined', 5],
    ['undefined', 0],
  ]);
});

test('CSP2 a priority holds among what is there; who is slow comes too late', async () => {
  // The skip comes before the second guard, which is never reached: a value is taken, or nothing.
  const choose = `process(async function choose(high, low) {
    await PriSelect(new InputGuard(high), new SkipGuard(), new InputGuard(low));
    await poison(high, low);
  })`;
  const two = await count(`
    const [high, low] = [new Channel('high'), new Channel('low')];
    await Parallel(give(high.writer(), 1), give(low.writer(), 2), ${choose}(high.reader(), low.reader()));
    await shutdown();`);
  expect(two).toBe(2);
});

test('CSP2 who puts into a buffer does not disturb who takes out of it', async () => {
  // The writer leaves after 0, 1 or 2 values have been read.
  const three = await count(`
    const a = new Channel('a', { buffer: 2 });
    const fill = process(async function fill(out) { await out(1); await out(2); await retire(out); });
    const take = process(async function take(inn) { for (;;) await inn(); });
    await Parallel(fill(a.writer()), take(a.reader()));
    await shutdown();`);
  expect(three).toBe(3);
});

test('CSP2 poison races with a write that nobody has taken', async () => {
  // Both values, the first alone, or none: the reader is poisoned after 2, 1 or 0 meetings.
  const three = await count(`
    const a = new Channel('a');
    const take = process(async function take(inn) { for (;;) await inn(); });
    const end = process(async function end(out) { await poison(out); });
    const twice = process(async function twice(out) { await out(1); await out(2); });
    await Parallel(take(a.reader()), end(a.writer()), twice(a.writer()));
    await shutdown();`);
  expect(three).toBe(3);
});

test('CSP2 an end that is made while another retires is no independent step', async () => {
  // `early` retires before `late` has an end, which ends the channel; or after, before or behind its write.
  const found = await exploreFiles(
    filesOf(`
      const [a, go] = [new Channel('a'), new Channel('go')];
      const early = process(async function early(out) { await retire(out); });
      const late = process(async function late(inn) { await inn(); await a.writer()(1); });
      const take = process(async function take(inn) { console.log(await inn()); });
      await Parallel(early(a.writer()), give(go.writer(), 0), late(go.reader()), take(a.reader()));
      await shutdown();`),
  );
  expect(found).toMatchObject({ outcome: 'ended', count: 3 });
});

test('CSP2 a process that fails in some schedule is found', async () => {
  const { outcome, schedule } = await exploreFiles(
    filesOf(`
      const a = new Channel('a');
      const check = process(async function check(inn) {
        if ((await inn()) === 2) throw new Error('2 came first');
        await inn();
      });
      await Parallel(give(a.writer(), 1), give(a.writer(), 2), check(a.reader()));
      await shutdown();`),
  );
  expect([outcome, schedule]).toEqual(['failed', [1]]);
});

test('CSP2 a schedule without end is found, not followed', async () => {
  const { outcome } = await exploreFiles(
    filesOf(`
      const a = new Channel('a');
      const poll = process(async function poll(inn) {
        for (;;) if ((await PriSelect(new SkipGuard({}), new InputGuard(inn)))[0] === inn) break;
      });
      const ask = process(async function ask(inn) {
        for (;;) { await sleep(1); if ((await AltSelect(new SkipGuard(), new InputGuard(inn)))[0] === inn) break; }
      });
      await Parallel(ask(a.reader()), poll(a.reader()));
      await shutdown();`),
    500,
  );
  expect(outcome).toBe('endless');
});

test('CSP1 what is no schedule is refused, with file and remedy', async () => {
  const files = filesOf(`await shutdown();`);
  const refusal = async (text: string, more: object = {}): Promise<string> => {
    const given = { ...files, ...more, 'schedule.json': text };
    return prepare(given).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  };
  expect(await refusal('{ "other": [] }')).toContain('unknown node: other (nodes: main)');
  expect(await refusal('{ "main": [-1] }')).toContain('schedule.json:1');
  expect(await refusal('[1]')).toContain('counted from 0: { "main": [1, 0, 2] }');
  const two = '{ "nodes": { "main": { "run": "main.ts" }, "other": { "run": "main.ts" } } }';
  expect(await refusal('{ "main": [] }', { 'cluster.json': two })).toContain('one node');
  const python = {
    'main.py': '',
    'cluster.json': '{ "nodes": { "main": { "run": "python main.py" } } }',
  };
  expect(await refusal('{ "main": [] }', python)).toContain('TypeScript');
  const prepared = await prepare({ ...files, ...python });
  expect(() => exploredNode(prepared)).toThrow('uses pycsp');
});
