// What README.md says of the experiments, and that no window shows (KT3).

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { PoolWork } from '#lib/trace/pool-work.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { experiment, type Experiment, type ExperimentOptions } from '../celery/harness.ts';

const FOLDER = 'tests/fixtures/experiments';

async function runFolder(name: string, windowSeed?: number): Promise<Experiment> {
  const text = (file: string): Promise<string> => readFile(`${FOLDER}/${name}/${file}`, 'utf8');
  const cluster = JSON.parse(await text('cluster.json')) as ExperimentOptions;
  const faults = JSON.parse(await text('faults.json').catch(() => '[]')) as never;
  const more = windowSeed === undefined ? {} : { windowSeed };
  return experiment({ ...cluster, files: { 'main.ts': await text('main.ts') }, faults, ...more });
}

describe('experiments of SCOOP', () => {
  test('a worker is lost: one future runs twice', async () => {
    const run = await runFolder('scoop-worker-lost');
    expect(run.lines('main').filter((line) => line.endsWith(' works on 1'))).toHaveLength(2);
    expect(run.lines('main')).toContain('[0, 1, 4, 9, 16, 25, 36, 49]');
    expect(run.lines('main')).toContain('after 10.0 s');
  });

  test('a result is cut off: the work is done twice, and the late result changes nothing', async () => {
    const run = await runFolder('scoop-result-cut');
    const paid = run.of('effect').filter(({ value }) => Number(value) === 10);
    expect(paid.map(({ node, tUs }) => [node, Math.round(tUs / 1e6)])).toEqual([
      ['far/1', 1],
      ['main/1', 64],
    ]);
    expect(run.lines('main').filter((line) => line.startsWith('10 is paid'))).toHaveLength(1);
    // The first result does arrive in the end.
    expect(run.of('deliver', 'main').some(({ msg, tUs }) => msg === 'reply' && tUs > 90e6)).toBe(
      true,
    );
  });

  test('a straggler: small pieces let it do less', async () => {
    const lines = (await runFolder('scoop-straggler')).lines('main');
    const msOf = (pieces: number): number =>
      Number(/(\d+) ms$/.exec(lines.find((line) => line.startsWith(`${pieces} pieces`))!)![1]);
    expect(msOf(3)).toBeGreaterThan(2.5 * msOf(30));
  });

  test('chunk size: there is a best one between too few and too many', async () => {
    const lines = (await runFolder('scoop-chunk-size')).lines('main');
    const msOf = (title: string): number =>
      Number(/: (\d+) ms/.exec(lines.find((line) => line.startsWith(title))!)![1]);
    const alone = msOf('alone');
    expect(msOf('4 pieces')).toBeLessThan(alone / 3);
    expect(msOf('2 pieces')).toBeLessThan(alone);
    expect(msOf('400 pieces')).toBeGreaterThan(alone * 3);
  });

  test('mapReduce: four workers sleep faster than one, and compute slower', async () => {
    const lines = (await runFolder('scoop-map-reduce')).lines('main');
    const ms = new Map(
      lines
        .map((line) => /^(\w+, \w+): 41541750 after (\d+) ms$/.exec(line))
        .filter((it) => it !== null)
        .map(([, title, time]) => [title!, Number(time)]),
    );
    expect(ms.get('sleeping, pool')).toBeLessThan(ms.get('sleeping, alone')! / 3);
    expect(ms.get('computing, pool')).toBeGreaterThan(2 * ms.get('computing, alone')!);
  });

  test('the broker is lost: workers elsewhere finish what they do, and hang', async () => {
    const run = await runFolder('scoop-broker-lost');
    expect(run.end).toMatchObject({ reason: 'quiescent' });
    expect(run.lines('far').filter((line) => line.includes('has done'))).toHaveLength(6);
    expect(run.end.waiting).toContainEqual(
      expect.objectContaining({ node: 'far/1', line: 'main.ts:13' }),
    );
  });

  test.each(['scoop-worker-lost', 'scoop-result-cut', 'scoop-straggler'])(
    'KT3 windows never show in %s',
    async (name) => {
      const [whole, cut] = [await runFolder(name), await runFolder(name, 7)];
      expect(cut.end.digest).toBe(whole.end.digest);
    },
  );
});

describe('COURSE.md model code costs CPU too', () => {
  // README.md, "Costs": a pool is faster once a future computes for longer than about 0.2 ms.
  test.each([
    ['shorter', 1_000],
    ['longer', 16_000],
  ])('futures that are %s than the crossover', async (is, points) => {
    const run = await experiment({
      files: {
        'main.ts': `import { futures, IS_ORIGIN } from 'scoop';
        export function inside(points: number): number {
          let count = 0;
          for (let at = 0; at < points; at++) if (Math.random() ** 2 + Math.random() ** 2 < 1) count++;
          return count;
        }
        if (IS_ORIGIN) {
          const work = Array.from({ length: 200 }, () => ${points});
          const times = [performance.now()];
          for (const points of work) inside(points);
          times.push(performance.now());
          await futures.map(inside, work);
          times.push(performance.now());
          console.log((times[1] - times[0]) / 200, (times[2] - times[1]) / 200);
        }`,
      },
      nodes: { main: 'scoop -q -n 4 main.ts' },
    });
    const [alone, pool] = run.lines('main')[0]!.split(' ').map(Number) as [number, number];
    if (is === 'shorter') expect([alone < 0.1, pool > 1.5 * alone]).toEqual([true, true]);
    else expect([alone > 0.5, pool < alone / 2]).toEqual([true, true]);
  });
});

describe('a Gantt chart of a pool', () => {
  test('bars end with the future or with its process', async () => {
    const { text } = await runFolder('scoop-worker-lost');
    const lanes = new PoolWork(TraceStore.from(text)).lanes();
    const bars = lanes.flatMap((lane) => lane.bars);
    const shown = bars.map(({ node, call, fromUs, toUs, end }) => {
      const [from, to] = [fromUs, toUs!].map((us) => Math.round(us / 1e5) / 10);
      return `${node} ${call} ${from} ${to} ${end}`;
    });
    expect(shown).toHaveLength(9);
    expect(shown).toContain('main/3 work(1) 0 1.2 cut');
    expect(shown).toContain('main/4 work(1) 8 10 done');
    expect(bars.every(({ kind }) => kind === 'running')).toBe(true);
    expect(lanes.map(({ node, gone }) => [node, gone?.isViolent])).toEqual([
      ['main/1', false],
      ['main/2', false],
      ['main/3', true],
      ['main/4', false],
    ]);
    // The origin notices after two questions that nobody has the future, and it is begun again.
    expect(lanes[0]!.resent.map(({ call }) => call)).toEqual(['work(1)']);
    expect(bars.filter(({ attempt }) => attempt === 2).map(({ call }) => call)).toEqual([
      'work(1)',
    ]);
    const { phases } = lanes.find(({ node }) => node === 'main/2')!;
    const idle = phases.filter(({ state }) => state === 'idle');
    // From the end of its last future to the end of the pool.
    const last = idle.at(-1)!;
    expect([last.fromUs, last.toUs].map((us) => Math.round(us! / 1e6))).toEqual([6, 10]);
  });

  test('a future that waits for its children gives its place to others', async () => {
    const run = await experiment({
      files: {
        'main.ts': `import { futures, IS_ORIGIN } from 'scoop';
        import { sleep } from 'node';
        export async function leaf() { await sleep(1); }
        export async function root() { await futures.map(leaf, [1, 2]); }
        if (IS_ORIGIN) await futures.submit(root).result();`,
      },
      nodes: { main: 'scoop -q -n 1 main.ts' },
    });
    const [lane] = new PoolWork(TraceStore.from(run.text)).lanes();
    const { bars, rowCount } = lane!;
    expect(rowCount).toBe(2);
    expect(bars.map(({ call, kind, end }) => `${call} ${kind} ${end}`)).toEqual([
      'root() running null',
      'root() waiting null',
      'leaf(1) running done',
      'root() running null',
      'root() waiting null',
      'leaf(2) running done',
      'root() running done',
    ]);
  });
});
