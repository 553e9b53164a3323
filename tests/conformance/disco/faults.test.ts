// Whatever happens to nodes and the network, a job gives what a serial evaluation of its functions gives,
// or it dies and says so (SEMANTICS 5.8).

import { describe, expect, test } from 'vitest';
import type { Experiment, ExperimentOptions } from '../celery/harness.ts';
import { job, stream } from './run.ts';
import { serialCount, wordCount } from './word-count.ts';

/** Maps take some 10 ms each, from about 165 ms on. */
const PROGRAM = wordCount('partitions: 2,', 200_000);
const SEEDS = [1, 2, 3];

type Script = Pick<ExperimentOptions, 'faults' | 'network'>;

const SCRIPTS: Readonly<Record<string, Script>> = {
  'nothing happens': {},
  'a mapper is killed while it maps': { faults: [{ atMs: 170, kill: 'n1/1' }] },
  'a node is killed while it maps': { faults: [{ atMs: 170, kill: 'n1' }] },
  'a node is powered off while it maps': { faults: [{ atMs: 170, powerOff: 'n2' }] },
  'a mapper is killed when its output is known and not yet fetched': {
    faults: [{ on: { deliver: 'done', to: 'master', from: 'n1', nth: 2 }, kill: 'n1' }],
  },
  'a node is powered off when its shuffled output is known': {
    faults: [{ on: { deliver: 'done', to: 'master', from: 'n3', nth: 3 }, powerOff: 'n3' }],
  },
  'a node is killed when its output has been fetched': {
    faults: [{ on: { send: 'data', from: 'n1', nth: 2 }, kill: 'n1' }],
  },
  'a node is killed and comes back': {
    faults: [
      { atMs: 170, kill: 'n1' },
      { atMs: 400, restart: 'n1' },
    ],
  },
  'a mapper is cut off, maps on, and comes back': {
    faults: [
      { atMs: 170, partition: [['n1'], ['master', 'n2', 'n3', 'client']] },
      { atMs: 100_000, heal: true },
    ],
  },
  'the network is cut for a moment': {
    faults: [
      {
        atMs: 170,
        partition: [
          ['n1', 'n2'],
          ['master', 'n3', 'client'],
        ],
      },
      { atMs: 5_000, heal: true },
    ],
  },
  'a node is paused for longer than anybody waits': {
    faults: [
      { atMs: 170, pause: 'n2' },
      { atMs: 150_000, resume: 'n2' },
    ],
  },
  'packets are lost': { network: { latencyMs: 1, loss: 0.1 } },
};

describe.each(Object.entries(SCRIPTS))('%s', (_name, script) => {
  test.each(SEEDS)('seed %i: the answer is the serial one', async (seed) => {
    const run = await job(PROGRAM, { ...script, seed });
    expect(stream(run, 'stdout')).toEqual(serialCount());
    expect(run.end.waiting).toEqual([]);
  });
});

const events = (run: Experiment): string => stream(run, 'stderr').join('\n');

describe('what is done about it', () => {
  test('a worker that dies is an error, and its host is avoided', async () => {
    const run = await job(PROGRAM, SCRIPTS['a mapper is killed while it maps']);
    expect(events(run)).toMatch(
      /n1 WARNING: \[map:0\] Worker crashed! \(exit code: 137\)\nmaster Task map:0 failed on "n1", 1th/,
    );
    expect(events(run)).toMatch(/Sleeping[\s\S]*map:0 assigned to n[23]/);
  });

  /** A map that gives so many pairs of a label and a text of 16 times 16 letters. */
  const gives = (count: string, letter: string, label = '0', more = ''): Promise<Experiment> =>
    job(
      `import { Job, sumCombiner } from 'disco';
      export function* map() {
        for (let n = 0; n < ${count}; n++) yield [${label}, '${letter}'.repeat(256)];
      }
      export const byKey = (key) => key;
      const job = await new Job().run({ input: ['raw://a'], map, ${more} });
      console.log(await job.wait().then(() => 'done', (error) => error.name));
      for (const event of await job.events()) console.error(event.slice(20));`,
      { untilMs: 4000 },
    );

  test('a map that gives for ever ends the job, at what a file holds', async () => {
    const run = await gives('Infinity', 'a');
    expect(stream(run, 'stdout')).toEqual(['JobError']);
    expect(events(run)).toMatch(
      /FATAL: \[map:0\] DiscoError: map:0 gives more than 16 MiB for one label, which no disk here holds\. Does a loop yield for ever\?/,
    );
    expect(run.end.reason).toBe('quiescent');
  });

  test('it is bytes that count, not letters', async () => {
    expect(stream(await gives('50_000', 'a'), 'stdout')).toEqual(['done']);
    expect(events(await gives('50_000', 'é'))).toContain('more than 16 MiB for one label');
  });

  test('what goes to several labels counts together, at what a disk holds', async () => {
    const run = await gives('Infinity', 'é', 'n % 8', 'partitions: 8, partition: byKey');
    expect(events(run)).toContain('more than 64 MiB in all');
  });

  test('a combiner is not given for ever either', async () => {
    const run = await gives('Infinity', '', '0', 'combiner: sumCombiner');
    expect(events(run)).toContain('gives its combiner more than 2097152 pairs');
  });

  test('a map that computes for 10 s ends the job: it is not tried 101 times', async () => {
    const source = `import { Job } from 'disco';
export function map(line: string): [string, number][] {
  let n = 0;
  for (;;) n = (n * 31 + line.length) % 1000003;
}
const job = await new Job().run({ input: ['raw://one'], map });
await job.wait({ show: true });`;
    const run = await job(source);
    const told = stream(run, 'stdout').join('\n');
    expect(told).toMatch(/FATAL: \[map:0\] computed 10 s without waiting \(client\.ts:4\)/);
    expect(told).not.toContain('Sleeping');
    expect(events(run)).toMatch(/JobError: Job Job@\S+ failed: Status dead/);
  });

  test('a map whose output is lost runs again elsewhere, and reduce waits for it', async () => {
    const { faults } = SCRIPTS['a node is powered off when its shuffled output is known']!;
    const run = await job(PROGRAM, { faults: faults! });
    const told = events(run);
    expect(told).toMatch(/WARNING: \[reduce:\d+\] Input failed/);
    // The shuffle of n3 first, then what it had merged, then the shuffle again.
    expect(told).toMatch(/Input failed[\s\S]*map_shuffle:8 assigned to n[12]/);
    expect(told).toMatch(/\[map_shuffle:8\] Input failed[\s\S]*map:2 assigned to n[12]/);
    expect(told).toMatch(/DONE: \[map_shuffle:8\][\s\S]*DONE: \[map_shuffle:8\]/);
  });

  test('commit by attempt: a cut-off node that works on does no harm', async () => {
    const { faults } = SCRIPTS['a mapper is cut off, maps on, and comes back']!;
    const run = await job(PROGRAM, { faults: faults! });
    const told = events(run);
    expect(told).toContain('n1 WARNING: [map:0] Connection lost to the node (network busy?)');
    expect(told).not.toMatch(/n1 DONE: \[map:[03]\]/);
    // It had finished both its tasks.
    const written = run.of('file', 'n1').map(({ path }) => path);
    expect(written.some((path) => path.includes('/map-0-1.'))).toBe(true);
    // Each map counts once: the maps of the job are six, whatever ran twice.
    expect(told.match(/DONE: \[map:\d\]/g)).toHaveLength(6);
  });

  test('a master that dies loses its jobs', async () => {
    const faults = [
      { atMs: 170, kill: 'master' },
      { atMs: 1000, restart: 'master' },
    ];
    const run = await job(PROGRAM, { faults });
    expect(events(run)).toMatch(/JobError: Job Job@\S+ failed: Status unknown job/);
    // Nodes end the tasks of a master that is gone: none of them gets to its end.
    const done = run
      .of('send')
      .filter(({ msg, proto }) => msg === 'done' && proto === 'disco-worker');
    expect(done).toEqual([]);
  });

  test('purge deletes what tasks wrote', async () => {
    const run = await job(`${PROGRAM}\nawait job.purge(); console.log(await job.results());`);
    expect(stream(run, 'stdout').at(-1)).toBe("['unknown job', []]");
    const paths = (op: string): string[] =>
      run
        .of('file')
        .filter((event) => event.op === op && event.path.startsWith('/disco/data/'))
        .map(({ path }) => path)
        .sort();
    expect(paths('write').length).toBeGreaterThan(10);
    expect(paths('remove')).toEqual(paths('write'));
  });

  test('KT3 windows never show', async () => {
    const { faults } = SCRIPTS['a node is killed when its output has been fetched']!;
    const [whole, cut] = [
      await job(PROGRAM, { faults: faults! }),
      await job(PROGRAM, { faults: faults!, windowSeed: 7 }),
    ];
    expect(cut.end.digest).toBe(whole.end.digest);
  });
});
