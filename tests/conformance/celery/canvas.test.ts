// Canvas in TypeScript: the twin of the recorded program `canvas` (SEMANTICS 1.10) and what is beyond
// it. The Python face runs the recorded program itself: python.test.ts.

import { beforeAll, describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';

const TASKS = (backend: string, broker = 'redis://redis/1'): string => `
import { Celery } from 'celery';
export const app = new Celery('tasks', { broker: '${broker}', backend: '${backend}' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const mul = app.task(function mul(x: number, y: number) { return x * y; });
export const xsum = app.task(function xsum(nums: number[]) { return nums.reduce((a, b) => a + b, 0); });
export const boom = app.task(function boom(x: unknown = 0) { throw new TypeError('boom ' + x); });
export const onError = app.task(function onError(request, error, traceback) {
  console.log('onError', request.task, error.name, error.message, typeof traceback);
});
export const told = app.task(function told(id: string) { console.log('told of', id.length); });
`;

const CLIENT = `
import { chain, chord, group, kw } from 'celery';
import { add, app, boom, mul, onError, told, xsum } from './tasks.ts';
async function attempt(label: string, work: () => Promise<unknown>) {
  try { console.log(label, '->', JSON.stringify(await work())); }
  catch (error) { console.log(label, '-> threw', error.name, '|', error.message); }
}
console.log(String(add.s(2, 2)), String(add.s(1).pipe(mul.s(3))));
console.log(String(group(add.s(1, 1), add.s(2, 2))), String(chord([add.s(1, 1), add.s(2, 2)], xsum.s())));
let r = await chain(add.s(2, 2), mul.s(8), mul.s(10))();
console.log('chain', await r.get(), await r.parent.get(), await r.parent.parent.get());
r = await add.s(2, 2).pipe(mul.si(3, 3)).delay();
console.log('immutable', await r.get());
const g = await group([0, 1, 2, 3, 4].map((i) => add.s(i, i)))();
console.log('group', await g.get(), await g.completedCount(), await g.ready(), await g.successful(), await g.failed());
await g.save();
console.log('restored', await (await app.restoreGroup(g.id)).get());
r = await chord([0, 1, 2, 3, 4].map((i) => add.s(i, i)))(xsum.s());
console.log('chord', await r.get());
r = await group([0, 1, 2].map((i) => add.s(i, i))).pipe(xsum.s()).delay();
console.log('group piped', await r.get());
r = await chain(add.s(1, 1), group(mul.s(2), mul.s(3)), xsum.s()).delay();
console.log('chain with group', await r.get({ timeout: 10 }));
console.log('starmap', await (await add.starmap([[1, 2], [3, 4]]).delay()).get({ timeout: 5 }));
console.log('map', await (await xsum.map([[1, 2], [3, 4]]).delay()).get({ timeout: 5 }));
const numbers = Array.from({ length: 10 }, (_, i) => [i, i]);
console.log('chunks', await (await add.chunks(numbers, 3).applyAsync()).get({ timeout: 5 }));
r = await chain(add.s(1, 1), boom.si('mid'), add.s(5))();
await attempt('chain with failure', () => r.get({ timeout: 5 }));
console.log('states', await r.state, await r.parent.state, await r.parent.parent.state);
const failing = await group(add.s(1, 1), boom.s('g'), add.s(2, 2))();
await attempt('group with failure', () => failing.get({ timeout: 5 }));
console.log(await failing.get({ propagate: false }), await failing.completedCount(), await failing.failed());
r = await chord([add.s(1, 1), boom.s('c')])(xsum.s());
await attempt('chord with failing header', () => r.get({ timeout: 5 }));
console.log(await r.state);
await attempt('bare id', () => app.AsyncResult(r.id).get());
r = await boom.applyAsync(['le'], { linkError: [onError.s(), told.s()] });
await attempt('linkError', () => r.get({ timeout: 5 }));
r = await add.applyAsync([2, 2], { link: mul.s(10) });
console.log('link', await r.get(), await (await r.children)[0].get({ timeout: 5 }));
console.log('collect', (await r.collect()).map(([, value]) => value));
await attempt('empty chord', async () => (await chord([], xsum.s())()).get({ timeout: 2 }));
console.log('partial', await (await add.s(kw({ y: 3 })).delay(4)).get({ timeout: 5 }));
await attempt('nested', async () =>
  (await chord([add.s(1, 1), chain(add.s(1, 1), mul.s(10)), group(add.s(3, 3), add.s(4, 4))], xsum.s())()).get());
await attempt('sendTask', async () => (await app.sendTask('tasks.add', [1, 2], { queue: 'celery' })).get());
await attempt('wrong option', () => add.applyAsync([1, 2], { linkErrors: 1 }));
await r.forget();
console.log('forgotten', await r.state);
`;

describe('SEMANTICS 1.10 canvas', () => {
  let run: Experiment;

  beforeAll(async () => {
    run = await experiment({
      files: { 'tasks.ts': TASKS('redis://redis/2'), 'client.ts': CLIENT },
      nodes: {
        redis: 'redis-server',
        worker: 'celery -A tasks worker -l info -c 2',
        client: { run: 'client.ts', startMs: 1600 },
      },
    });
  });

  test('canvas: a TypeScript client gets what was recorded', () => {
    const lines = run.lines('client').map((line) => line.replace(/[-0-9a-f]{36}/, 'id'));
    expect(lines).toEqual([
      'tasks.add(2, 2) tasks.add(1) | mul(3)',
      'group([tasks.add(1, 1), add(2, 2)]) %tasks.xsum([add(1, 1), add(2, 2)])',
      'chain 320 32 4',
      'immutable 9',
      'group [0, 2, 4, 6, 8] 5 true true false',
      'restored [0, 2, 4, 6, 8]',
      'chord 20',
      'group piped 6',
      'chain with group 10',
      'starmap [3, 7]',
      'map [3, 7]',
      'chunks [[0, 2, 4], [6, 8, 10], [12, 14, 16], [18]]',
      'chain with failure -> threw TypeError | boom mid',
      'states FAILURE FAILURE SUCCESS',
      'group with failure -> threw TypeError | boom g',
      '[2, TypeError: boom g, 4] 2 true',
      'chord with failing header -> threw TypeError | boom c',
      'FAILURE',
      "bare id -> threw ChordError | Dependency id raised TypeError('boom c')",
      'linkError -> threw TypeError | boom le',
      'link 4 40',
      'collect [4, 40]',
      'empty chord -> 0',
      'partial 7',
      'nested -> 36',
      'sendTask -> 3',
      'wrong option -> threw ImproperlyConfigured | unknown option of applyAsync: linkErrors; did you mean linkError?',
      'forgotten PENDING',
    ]);
  });

  test('errbacks run where the task failed, or as tasks of the id alone', () => {
    const printed = run.lines('worker').filter((line) => line.includes('WARNING'));
    expect(printed.map((line) => line.slice(line.indexOf('] ') + 2))).toEqual([
      'onError tasks.boom TypeError boom le string',
      'told of 36',
    ]);
  });

  test('a chord whose header fails is logged before the task that failed', () => {
    const lines = run.lines('worker');
    const chord = lines.findIndex((line) => /Chord '[-0-9a-f]{36}' raised: ChordError/.test(line));
    const task = lines.findIndex((line) => /raised unexpected: TypeError\('boom c'\)/.test(line));
    expect(chord).toBeGreaterThan(0);
    expect(task).toBeGreaterThan(chord);
    expect(lines.slice(chord + 1, task)).toEqual([
      expect.stringContaining('TypeError: boom c') as string,
      expect.stringContaining('at boom (tasks.ts:') as string,
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      expect.stringMatching(/^celery\.exceptions\.ChordError: Dependency /) as string,
    ]);
  });
});

test.each([
  ['rpc://', 'amqp://guest@rabbit//', 'The "rpc" result backend does not support chords!'],
  ['', 'redis://redis/1', 'Starting chords requires a result backend to be configured.'],
])('SEMANTICS 1.10 backend %j refuses chords', async (backend, broker, text) => {
  const run = await experiment({
    files: {
      'tasks.ts': TASKS(backend, broker),
      'client.ts': `import { chord } from 'celery';
import { add, xsum } from './tasks.ts';
try { await chord([add.s(1, 1)])(xsum.s()); }
catch (error) { console.log(error.name, error.message.split('\\n')[0]); }`,
    },
    nodes: { redis: 'redis-server', rabbit: 'rabbitmq-server', client: 'client.ts' },
  });
  expect(run.lines('client')).toEqual([`NotImplementedError ${text}`]);
});

test('get of a group throws the first failure at once, whichever member it waits for', async () => {
  const { of } = await experiment({
    files: {
      'tasks.ts': `import { Celery } from 'celery';
        import { sleep } from 'node';
        export const app = new Celery('tasks', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
        export const nap = app.task(async function nap(s: number, isBad: boolean) {
          await sleep(s);
          if (isBad) throw new TypeError('bad after ' + s);
        });`,
      'client.ts': `import { group } from 'celery';
        import { nap } from './tasks.ts';
        for (const places of [[1, 0, 3], [0, 1, 3], [0, 3, 1]]) {
          const sent = await group(places.map((s) => nap.s(s, s === 1)))();
          await sent.get().catch((error) => console.log(error.message));
        }`,
    },
    nodes: {
      redis: 'redis-server',
      worker: 'celery -A tasks worker -c 9',
      client: { run: 'client.ts', startMs: 1600 },
    },
  });
  const said = of('log', 'client');
  expect(said.map(({ text }) => text)).toEqual(Array(3).fill('bad after 1'));
  // All three within their first two seconds: nobody has waited for the nap of three.
  expect(said.at(-1)!.tUs).toBeLessThan(6_500_000);
});
