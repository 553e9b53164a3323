// SEMANTICS 2.2 to 2.4 on the TypeScript face; what the real library printed where it differs from
// Python's is in README.md under "Left out".

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment, type ExperimentOptions } from '../celery/harness.ts';

const HEAD = `import { futures, IS_ORIGIN, IS_RUNNING, SIZE, shared, worker } from 'scoop';
import { sleep } from 'node';
export function square(x: number) { return x * x; }
export function add(a: number, b: number) { return a + b; }
export async function slow(seconds: number) { await sleep(seconds); return seconds; }
`;

/** Runs a program on a pool; its own lines. */
async function pool(
  body: string,
  options: Partial<ExperimentOptions> & { size?: number; more?: string } = {},
): Promise<{ run: Experiment; lines: string[] }> {
  const { size = 4, more = '', ...rest } = options;
  const run = await experiment({
    files: { 'main.ts': `${HEAD}${more}\nif (IS_ORIGIN) {\n${body}\n}` },
    nodes: { main: `scoop -q -n ${size} main.ts` },
    ...rest,
  });
  return { run, lines: run.lines('main') };
}

describe('SEMANTICS 2.2 futures', () => {
  test('map keeps order and stops at the shortest iterable', async () => {
    const { lines } = await pool(`
      console.log(await futures.map(square, [0, 1, 2, 3, 4]));
      console.log(await futures.map(add, [1, 2, 3], [10, 20, 30]), await futures.map(add, [1, 2, 3], [10]));
      console.log(await futures.map(square, []), await futures.map(slow, [0.6, 0.1, 0.3]));
      console.log(await futures.map(Math.abs, [-1, -2]), await futures.map(String, new Set([1])));
    `);
    expect(lines).toEqual([
      '[0, 1, 4, 9, 16]',
      '[11, 22, 33] [11]',
      '[] [0.6, 0.1, 0.3]',
      "[1, 2] ['1']",
    ]);
  });

  test("SEMANTICS 2.1 a program gets its own words, not the launcher's", async () => {
    const run = await experiment({
      files: { 'main.ts': `import { args } from 'node';\nimport 'scoop';\nconsole.log(args);` },
      nodes: { main: 'scoop -q -n 2 main.ts 10 -x' },
    });
    expect(run.lines('main')).toEqual(["['10', '-x']", "['10', '-x']"]);
  });

  test('mapAsCompleted, asCompleted and wait: what the origin ran itself comes first', async () => {
    const { lines } = await pool(`
      console.log(await futures.mapAsCompleted(slow, [0.6, 0.1, 0.3]));
      const all = [0.5, 0.1, 0.3].map((it) => futures.submit(slow, it));
      const order: number[] = [];
      for await (const future of futures.asCompleted(all)) order.push(await future.result());
      console.log(order);
      const two = [0.5, 0.1].map((it) => futures.submit(slow, it));
      const first = await futures.wait(two, { returnWhen: futures.FIRST_COMPLETED });
      console.log(first.done.size, first.notDone.size);
      const both = await futures.wait(two);
      console.log(both.done.size, both.notDone.size);
      const late = await futures.wait([1, 0.2].map((it) => futures.submit(slow, it)), { timeout: 0.5 });
      console.log(late.done.size, late.notDone.size);
    `);
    expect(lines).toEqual(['[0.3, 0.1, 0.6]', '[0.3, 0.1, 0.5]', '1 1', '2 0', '1 1']);
  });

  test('mapReduce and mapScan keep order, and need not commute', async () => {
    const { lines } = await pool(`
      console.log(await futures.mapReduce(square, add, Array.from({ length: 10 }, (_, i) => i)));
      console.log(await futures.mapReduce(String, add, [0, 1, 2, 3, 4, 5]));
      console.log(await futures.mapScan(square, add, [0, 1, 2, 3, 4, 5]));
      console.log(await futures.mapReduce(square, add, [3]));
      try { await futures.mapReduce(square, add, []); } catch (error) { console.log(error.message); }
    `);
    expect(lines).toEqual([
      '285',
      '012345',
      '[0, 1, 5, 14, 30, 55]',
      '9',
      'mapReduce of no items has no value',
    ]);
  });

  test('a future: result, done, callbacks, cancel, time-out', async () => {
    const { lines } = await pool(`
      const seven = futures.submit(square, 7);
      console.log(await seven.result(), seven.done(), seven.running(), seven.cancelled(), seven.exception());
      const later = futures.submit(slow, 0.3);
      console.log('before', later.done());
      later.addDoneCallback((it) => console.log('callback', it.done()));
      console.log(await later.result({ timeout: 5 }), 'after', later.done());
      later.addDoneCallback(() => console.log('at once'));
      const never = futures.submit(slow, 2);
      console.log('cancel', never.cancel(), never.cancelled(), never.cancel(), never.done());
      try { await never.result(); } catch (error) { console.log(error.name); }
      const [far] = [2, 0].map((it) => futures.submit(slow, it));
      try { await far.result({ timeout: 0.3 }); } catch (error) { console.log(error.name); }
      console.log(String(never).replace(/\\d+\\.0\\.0\\.1:\\d+/, 'HERE'), await far.result());
    `);
    expect(lines).toEqual([
      '49 true false false null',
      'before false',
      'callback true',
      '0.3 after true',
      'at once',
      'cancel true true true true',
      'CancelledError',
      'TimeoutError',
      "(b'HERE', 3):slow(2)=None 2",
    ]);
  });

  test('futures of futures: who waits for its children runs others meanwhile', async () => {
    const more = `export async function fib(n: number): Promise<number> {
      if (n < 2) return n;
      const [a, b] = [futures.submit(fib, n - 1), futures.submit(fib, n - 2)];
      const parts = await Promise.all([a.result(), b.result()]);
      return parts[0] + parts[1];
    }`;
    const body = 'console.log(await futures.submit(fib, 8).result());';
    for (const size of [1, 2, 4]) {
      const { run, lines } = await pool(body, { size, more });
      expect(lines).toEqual(['21']);
      expect(run.reports.every(({ exitCode }) => exitCode === 0)).toBe(true);
    }
  });

  test('16 equal futures are spread over 4 workers, the origin among them', async () => {
    const more = 'export async function who() { await sleep(0.15); return [worker, IS_ORIGIN]; }';
    const { lines } = await pool(
      `const seen = await futures.map(who, Array.from({ length: 16 }));
      const counts = new Map();
      for (const [it] of seen) counts.set(it, (counts.get(it) ?? 0) + 1);
      console.log([...counts.values()], seen.filter(([, isOrigin]) => isOrigin).length, SIZE, IS_RUNNING);`,
      { more },
    );
    expect(lines).toEqual(['[4, 4, 4, 4] 4 4 true']);
  });
});

describe('SEMANTICS 2.3 shared', () => {
  test('a constant reaches every worker, once', async () => {
    const more = `export async function times(x: number) { return x * await shared.getConst('factor'); }`;
    const { lines } = await pool(
      `console.log(await shared.getConst('factor', { timeout: 0.1 }));
      shared.setConst({ factor: 7 });
      console.log(await futures.map(times, [1, 2, 3, 4, 5, 6, 7, 8]));
      try { shared.setConst({ factor: 8 }); } catch (error) { console.log(error.name, error.message); }`,
      { more },
    );
    expect(lines).toEqual([
      'null',
      '[7, 14, 21, 28, 35, 42, 49, 56]',
      'TypeError This constant already exists: factor.',
    ]);
  });
});

describe('SEMANTICS 2.4 exceptions and faults', () => {
  test('an exception is thrown again where the result is taken', async () => {
    const more = `export class Odd extends Error { name = 'Odd'; code = 7; }
    export function bad(x: number) { if (x === 3) throw new Odd('bad item 3'); return x; }`;
    const { lines } = await pool(
      `try { for await (const it of futures.map(bad, [0, 1, 2, 3, 4])) console.log(it); }
      catch (error) { console.log(error instanceof Odd, error.name, error.message, error.code); }
      try { await futures.mapReduce(bad, add, [1, 2, 3, 4]); } catch (error) { console.log(String(error)); }`,
      { more },
    );
    expect(lines).toEqual(['0', '1', '2', 'true Odd bad item 3 7', 'Odd: bad item 3']);
  });

  test('what cannot travel is told to whoever submitted it, unless it does not have to', async () => {
    const more = `const hidden = (x: number) => x;
    export function promised() { return { then: undefined, it: () => 1 }; }`;
    const { lines } = await pool(
      `console.log(await futures.map(hidden, [1]));
      try { await futures.map(hidden, [1, 2]); } catch (error) { console.log(error.name, error.message); }
      try { await futures.map(promised, [1, 2]); } catch (error) { console.log(error.name, error.message); }`,
      { more },
    );
    const words = '; export it from its module, so that workers find it by that name';
    const warning: unknown = expect.stringContaining(
      `WARNING Pickling Error: Can't pickle hidden${words}`,
    );
    expect(lines).toEqual([
      '[1]',
      warning,
      `PicklingError Can't pickle hidden${words}`,
      // The second one was still in the queue.
      warning,
      `PicklingError Can't pickle it${words}`,
    ]);
  });

  test('a worker is killed: its future is run again, 8 s later', async () => {
    const { run, lines } = await pool(
      'console.log(await futures.map(slow, [2, 2, 2, 2, 2, 2, 2, 2]), Math.round(performance.now()));',
      { faults: [{ atMs: 1200, kill: 'main/3' }] },
    );
    expect(lines[0]).toMatch(
      /WARNING Lost track of future \(b'127.0.0.1:\d+', \d\):slow\(2\)=None. Resending it\.\.\.$/,
    );
    expect(lines[1]).toMatch(/^\[2, 2, 2, 2, 2, 2, 2, 2\] 10\d\d\d$/);
    const started = run
      .states('scoop futures')
      .filter((it) => (it as { state: string }).state === 'running');
    expect(started).toHaveLength(9);
    expect(run.reports.find(({ name }) => name === 'main')!.exitCode).toBe(0);
  });

  test('the origin is killed: the launcher ends the pool', async () => {
    const { run } = await pool('await futures.map(slow, [2, 2, 2, 2, 2]);', {
      faults: [{ atMs: 1200, kill: 'main/1' }],
    });
    expect(run.end.tUs).toBeLessThan(1_300_000);
    expect(run.reports.find(({ name }) => name === 'main')!.exitCode).toBe(0);
  });

  test('Ctrl-C at the launcher ends the pool with 0', async () => {
    const { run } = await pool('await futures.map(slow, [2, 2, 2, 2, 2]);', {
      faults: [{ atMs: 1200, signal: 'main', name: 'SIGINT' }],
    });
    expect(run.end.tUs).toBeLessThan(1_300_000);
    expect(run.reports.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
  });

  test('a program that is started by itself maps one by one, and warns', async () => {
    const run = await experiment({
      files: {
        'main.ts': `${HEAD}
        console.log(IS_ORIGIN, IS_RUNNING, await futures.map(square, [1, 2, 3]));
        try { futures.submit(square, 1); } catch (error) { console.log(error.name); }`,
      },
      nodes: { main: 'main.ts' },
    });
    expect(run.lines('main')).toEqual([
      'RuntimeWarning: SCOOP was not started properly.',
      expect.stringMatching(/^Be sure to start your program with the 'scoop' command/),
      'Your map call has been replaced by a serial one.',
      'true false [1, 4, 9]',
      'NotStartedProperly',
    ]);
  });

  test('without a guard every worker runs the program', async () => {
    const run = await experiment({
      files: { 'main.ts': `${HEAD}console.log(await futures.map(square, [0, 1, 2]));` },
      nodes: { main: 'scoop -q -n 4 main.ts' },
    });
    const lines = run.lines('main');
    expect(lines.filter((line) => line === '[0, 1, 4]')).toHaveLength(4);
    expect(lines.filter((line) => line.startsWith('RuntimeWarning'))).toHaveLength(3);
  });

  test('what is no frame costs a connection, not the broker', async () => {
    const { lines } = await pool(
      'await sleep(1); console.log(await futures.map(square, [1, 2, 3]));',
      {
        nodes: { main: 'scoop -q -n 2 main.ts', evil: { run: 'evil.ts', startMs: 100 } },
        files: {
          'main.ts': `${HEAD}if (IS_ORIGIN) { await sleep(1); console.log(await futures.map(square, [1, 2, 3])); }`,
          'evil.ts': `import { connect } from 'node';
        for (const text of ['x'.repeat(100), '\\0\\0\\0\\x0a\\0\\0\\0\\x06{"k":1', '\\0\\0\\0\\x1a\\0\\0\\0\\x16{"kind":"task","id":"a"}']) {
          const socket = await connect('main', 32768);
          socket.send(Uint8Array.from(text, (it) => it.charCodeAt(0)));
          console.log(await socket.receive());
        }`,
        },
      },
    );
    expect(lines).toEqual(['[1, 4, 9]']);
  });

  test('sshd starts workers and nothing else', async () => {
    const run = await experiment({
      files: {
        'evil.ts': `import { connect } from 'node';
        for (let index = 0; index < 100; index++) {
          for (const argv of [['evil.ts'], ['sshd'], 'python', ['scoop-worker', '--size', '1', 'evil.ts']]) {
            const socket = await connect('far', 22);
            socket.send(JSON.stringify({ kind: 'exec', argv }) + '\\n');
          }
        }`,
      },
      nodes: { far: 'sshd', evil: { run: 'evil.ts', startMs: 10 } },
      untilMs: 2000,
    });
    // One of the four is a worker's command.
    const startedCount = run.of('spawn').length;
    expect(startedCount).toBeGreaterThan(0);
    expect(startedCount).toBeLessThanOrEqual(100);
  });
});
