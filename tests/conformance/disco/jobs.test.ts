// Disco's jobs on the TypeScript face, by the rules of its sources (SEMANTICS 5).

import { describe, expect, test } from 'vitest';
import { job, printed, stream } from './run.ts';
import { serialCount, wordCount } from './word-count.ts';

describe('stages', () => {
  test('word count gives what a serial evaluation gives, and tells of its stages', async () => {
    const run = await job(wordCount());
    expect(stream(run, 'stdout')).toEqual(serialCount());
    const events = stream(run, 'stderr');
    expect(events.slice(0, 4)).toEqual([
      'master New job initialized!',
      expect.stringMatching(/^master Created job "Job@6e7:[0-9a-f]+:[0-9a-f]+"$/),
      'master Stage map scheduled with 6 tasks',
      'master map:0 assigned to n1',
    ]);
    const told = events.join('\n');
    for (const line of [
      'n1 MSG: [map:0] Done: 1 entries mapped',
      'n1 MSG: [map:0] Results sent to master',
      'master SYS: [map:0] Received results from n1',
      'master Stage map_shuffle scheduled with 3 tasks',
      'n2 MSG: [map_shuffle:7] Shuffled 2 inputs into 1 label(s)',
      'master Stage reduce scheduled with 1 tasks',
      'MSG: [reduce:9] Done: 30 entries reduced',
    ]) {
      expect(told).toContain(line);
    }
    expect(told).toMatch(/n1 DONE: \[map:0\] Task finished in 0:00:00\.\d{3}/);
    expect(events.at(-1)).toMatch(/^master READY: Job done in 0:00:00\.\d{3}$/);
    expect(run.end.waiting).toEqual([]);
  });

  test('partitions make a reduce task for each label, and the answer stays', async () => {
    const run = await job(wordCount('partitions: 3, combiner: sumCombiner,'));
    expect(stream(run, 'stdout')).toEqual(serialCount());
    expect(stream(run, 'stderr')).toContain('master Stage reduce scheduled with 3 tasks');
  });

  test('a job without reduce leaves one result for each node', async () => {
    const lines = await printed(`
      export function* map(line) { yield [line, 1]; }
      const job = await new Job().run({ input: ['raw://a', 'raw://b', 'raw://c', 'raw://d'], map });
      const urls = await job.wait();
      console.log(urls.length);
      const keys = [];
      for await (const [key] of resultIterator(urls)) keys.push(key);
      console.log(keys.sort());`);
    expect(lines).toEqual(['3', "['a', 'b', 'c', 'd']"]);
  });

  test('sort orders keys as bytes; without it reduce sees pairs as they come', async () => {
    const lines = await printed(`
      export function* map(line) { for (const word of line.split(' ')) yield [word, line.length]; }
      const input = ['raw://b é a', 'raw://Z ﬀ 😀 a'];
      const job = await new Job().run({ input, map, reduce: nopReduce, sort: true });
      const keys = [];
      for await (const [key] of resultIterator(await job.wait())) keys.push(key);
      console.log(keys);`);
    expect(lines).toEqual(["['Z', 'a', 'a', 'b', 'é', 'ﬀ', '😀']"]);
  });

  test('params reach every function; out.add is reduce with three parameters', async () => {
    const lines = await printed(`
      export const double = (n) => n * 2;
      export function map(entry, { factor, f }) { return [[entry, f(Number(entry)) * factor]]; }
      export function reduce(iter, out, { factor }) {
        for (const [key, value] of iter) out.add(factor, value);
      }
      const params = { factor: 10, f: double };
      const job = await new Job().run({ input: ['raw://7'], map, reduce, params });
      for await (const pair of resultIterator(await job.wait())) console.log(pair);`);
    expect(lines).toEqual(['[10, 140]']);
  });

  test('a Job subclass has functions as members, and jobs chain', async () => {
    const lines = await printed(`
      export class Words extends Job {
        partitions = 2;
        static *map(line) { for (const word of line.split(' ')) yield [word, 1]; }
        static *reduce(iter) { yield* sumReduce(iter); }
      }
      export class Lengths extends Job {
        mapReader = chainReader;
        *map([word, count]) { yield [word.length, count]; }
        *reduce(iter) { yield* sumReduce(iter); }
      }
      const [words, lengths] = [new Words(), new Lengths()];
      const more = new Words();
      const chain = new JobChain([
        [lengths, [words, more]], [more, ['raw://ccc']], [words, ['raw://a bb cc a', 'raw://bb a']]]);
      const results = await chain.wait();
      console.log(words.name.split('@')[0], lengths.name.split('@')[0]);
      for await (const pair of resultIterator(results.get(lengths))) console.log(pair);`);
    expect(lines).toEqual(['Words Lengths', '[1, 3]', '[2, 3]', '[3, 1]']);
  });

  test('a chain says which job has died, and which jobs wait for each other', async () => {
    const lines = await printed(`
      export function* map(line) { yield [line.at.nothing.there, 1]; }
      export class Fails extends Job { static map = map; }
      const tried = async (inputs) => {
        try { await new JobChain(inputs).wait(); } catch (error) { console.log(String(error).replace(/@\\S+/, '@')); }
      };
      const [a, b] = [new Fails(), new Fails()];
      await tried([[a, ['raw://x']], [b, a]]);
      const [c, d] = [new Fails(), new Fails()];
      await tried([[c, d], [d, c]]);`);
    expect(lines).toEqual([
      'JobError: Job Fails@ failed: Status dead',
      'DiscoError: the jobs of a chain wait for each other',
    ]);
  });
});

describe('DDFS', () => {
  test('chunks end with lines, and a job over a tag has a map task for each blob', async () => {
    const run = await job(`
      import { DDFS, Job, resultIterator, sumReduce } from 'disco';
      export function* map(line) { for (const word of line.split(' ')) yield [word, 1]; }
      const ddfs = new DDFS();
      await ddfs.chunk('texts', [['one two\\ntwo three\\nthree four\\n', 'a.txt']], { chunkSize: 12, replicas: 2 });
      const blobs = await ddfs.blobs('texts');
      console.log(blobs.length, blobs.map((replicas) => replicas.length));
      console.log(await ddfs.pull('texts'), await ddfs.list(), await ddfs.exists('none'));
      const job = await new Job().run({ input: ['tag://texts'], map, reduce: sumReduce });
      for await (const pair of resultIterator(await job.wait())) console.log(pair);
      for (const event of await job.events()) console.error(event.slice(20));`);
    expect(stream(run, 'stdout')).toEqual([
      '3 [2, 2, 2]',
      "['one two\\n', 'two three\\n', 'three four\\n'] ['texts'] false",
      "['four', 1]",
      "['one', 1]",
      "['three', 2]",
      "['two', 2]",
    ]);
    // Data locality: no map task reads from another node.
    const fetches = run
      .of('send')
      .filter(({ msg, preview }) => msg === 'get' && preview.includes('/ddfs/blob'));
    expect(fetches.filter(({ node }) => node !== 'client')).toEqual([]);
    expect(run.states('disco blobs').at(-1)).toMatchObject([
      { tag: 'texts', blobs: [{ nodes: ['n1', 'n2'] }, {}, {}] },
    ]);
  });

  test('blobs and tags survive a power cut of everything', async () => {
    const source = `
      import { DDFS } from 'disco';
      import { sleep } from 'node';
      await new DDFS().push('t', [['kept', 'a']]);
      console.log('stored');
      await sleep(3);
      console.log(await new DDFS().pull('t'));`;
    const nodes = ['master', 'n1', 'n2', 'n3'];
    const faults = [
      ...nodes.map((name) => ({ atMs: 1000, powerOff: name })),
      ...nodes.map((name) => ({ atMs: 1500, restart: name })),
    ];
    const run = await job(source, { faults });
    expect(stream(run, 'stdout')).toEqual(['stored', "['kept']"]);
  });
});

describe('mistakes', () => {
  test('a text as input is refused in the words of the real one', async () => {
    const run = await job(`
      import { Job, nopMap } from 'disco';
      await new Job().run({ input: 'There are known knowns', map: nopMap });`);
    expect(stream(run, 'stderr').join('\n')).toContain(
      "DiscoError: Job 'input' is not a list of input locations,or a list of such lists: There are known knowns",
    );
  });

  test('a function that is not exported cannot travel', async () => {
    const run = await job(`
      import { Job } from 'disco';
      function* map(line) { yield [line, 1]; }
      await new Job().run({ input: ['raw://x'], map });`);
    expect(stream(run, 'stderr').join('\n')).toContain(
      'DiscoError: cannot send map; export it from its module',
    );
  });

  test('an exception in map is fatal: the job dies at once, without a retry', async () => {
    const run = await job(`
      import { Job } from 'disco';
      export function* map(line) { yield [line.nothing.at, 1]; }
      const job = await new Job().run({ input: ['raw://x', 'raw://y'], map });
      try { await job.wait(); } catch (error) { console.log(String(error).replace(/@\\S+/, '@')); }
      for (const event of await job.events()) console.error(event.slice(20));`);
    expect(stream(run, 'stdout')).toEqual(['JobError: Job Job@ failed: Status dead']);
    const events = stream(run, 'stderr').join('\n');
    expect(events).toMatch(/FATAL: \[map:\d\] TypeError: .*\n {4}at map \(client\.ts:3\)/);
    expect(events).toContain('WARN: Job killed');
    expect(events).not.toContain('Sleeping');
  });

  test('an input that cannot be read is tried again, after a pause and elsewhere', async () => {
    const run = await job(`
      import { Job, nopMap } from 'disco';
      const job = await new Job().run({ input: ['/work/nothing.txt'], map: nopMap });
      try { await job.wait({ timeout: 100 }); } catch (error) { console.log(String(error).split('failed')[1]); }
      for (const event of await job.events()) console.error(event.slice(20));`);
    expect(stream(run, 'stdout')).toEqual([': Timeout']);
    const events = stream(run, 'stderr');
    expect(events).toContain('n1 WARNING: [map:0] Input failed');
    expect(events).toContain('master Job input failed');
    expect(events.join('\n')).toMatch(
      /Task map:0 failed on "n1", 1th failures so far\. Sleeping \d+ seconds before retrying\.\n.*map:0 assigned to n2/,
    );
  });

  test('without a master, CommError says where one was sought', async () => {
    const run = await job(wordCount(), { faults: [{ atMs: 50, kill: 'master' }] });
    expect(stream(run, 'stderr').join('\n')).toMatch(
      /CommError: .* \(is disco master running at http:\/\/master:8989\?\)/,
    );
  });

  test('what a task prints is an event, and much of it is slowed down', async () => {
    const run = await job(`
      import { Job } from 'disco';
      export function* map(line) { console.log('seen', line); yield [line, 1]; }
      export const reader = function* reader() { for (let i = 0; i < 10; i++) yield i; };
      const job = await new Job().run({ input: ['raw://x'], map, mapReader: reader });
      await job.wait();
      for (const event of await job.events()) console.log(event.slice(20));`);
    const lines = stream(run, 'stdout');
    expect(lines.filter((line) => line.startsWith('n1 MSG: [map:0] seen'))).toHaveLength(10);
    const [, seconds] = /map:0\] Task finished in 0:00:(\d\d\.\d+)/.exec(lines.join('\n'))!;
    expect(Number(seconds)).toBeGreaterThan(0.2 * 5);
  });
});
