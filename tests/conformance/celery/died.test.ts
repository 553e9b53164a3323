// A task that ends its own pool process, or is ended by the hard limit: what waits for it hears of it,
// because the main process marks the failure (`mark_as_failure`). Seen in Celery 5.2.6.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS } from './programs.ts';

const TASKS = (broker: string): string => `import { Celery } from 'celery';
import { exit, sleep } from 'node';
export const app = new Celery('tasks', { broker: '${broker}', backend: 'redis://results/2' });
app.conf.workerPrefetchMultiplier = 1;
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const xsum = app.task(function xsum(nums: number[]) { return nums.reduce((a, b) => a + b, 0); });
export const die = app.task(async function die(..._: unknown[]) { await sleep(0.1); exit(3); });
export const dieLate = app.task(
  async function dieLate() { await sleep(1); exit(3); },
  { acksLate: true, rejectOnWorkerLost: true },
);
export const hard = app.task(async function hard(..._: unknown[]) { await sleep(5); }, { timeLimit: 1 });
export const onError = app.task(function onError(request, error, traceback) {
  console.log('onError', request.task, error.name, traceback);
});
export const told = app.task(function told(id: string) { console.log('told of', id.length); });
`;

const CLIENT = (task: string): string => `import { chain, chord } from 'celery';
import { add, app, ${task} as bad, onError, told, xsum } from './tasks.ts';
async function attempt(label: string, work: () => Promise<unknown>) {
  try { console.log(label, '->', await work()); }
  catch (error) { console.log(label, '->', error.name, '|', error.message.replace(/[-0-9a-f]{36}/, 'id')); }
}
let r = await chord([add.s(1, 1), bad.s()])(xsum.s());
await attempt('chord', () => r.get({ timeout: 20 }));
await attempt('its body', () => app.AsyncResult(r.id).get({ timeout: 2 }));
r = await chain(add.s(1, 1), bad.s(), add.s(5))();
await attempt('chain', () => r.get({ timeout: 20 }));
console.log(await app.AsyncResult(r.id).state);
r = await bad.applyAsync([1], { linkError: [onError.s(), told.s()] });
await attempt('linkError', () => r.get({ timeout: 20 }));
console.log(await r.traceback);
`;

function died(task: string, broker = REDIS): Promise<Experiment> {
  return experiment({
    files: { 'tasks.ts': TASKS(broker), 'client.ts': CLIENT(task) },
    nodes: {
      broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
      results: 'redis-server',
      worker: 'celery -A tasks worker -l info -c 2',
      client: { run: 'client.ts', startMs: 1600 },
    },
  });
}

/** What the worker's main process logged, without times and numbers. */
function log(run: Experiment): string[] {
  return run
    .lines('worker')
    .filter((line) => /MainProcess\]/.test(line))
    .map((line) => line.replace(/^\[.{23}: /, '').replace(/[-0-9a-f]{36}/g, 'id'));
}

describe('SEMANTICS 1.7 a task that ends its pool process', () => {
  const lost = (job: number): string =>
    `WorkerLostError | Worker exited prematurely: exitcode 3 Job: ${job}.`;

  test.each([REDIS, AMQP])(
    'fails, and with it its chord, its chain, its errbacks (%s)',
    async (broker) => {
      const run = await died('die', broker);
      expect(run.lines('client')).toEqual([
        `chord -> ${lost(1)}`,
        "its body -> ChordError | Dependency id raised WorkerLostError('Worker exited prematurely: exitcode 3 Job: 1.')",
        `chain -> ${lost(3)}`,
        'FAILURE',
        `linkError -> ${lost(4)}`,
        'null',
      ]);
      const lines = log(run);
      expect(lines).toContain(
        "ERROR/MainProcess] Chord 'id' raised: ChordError(\"Dependency id raised WorkerLostError('Worker exited prematurely: exitcode 3 Job: 1.')\")",
      );
      expect(lines).toContain('WARNING/MainProcess] onError tasks.die WorkerLostError null');
      expect(run.lines('worker').filter((line) => line.includes('told of 36'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('Task handler raised error'))).toHaveLength(3);
    },
  );

  test('when the result store is down its failure is lost, and the log says so', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': TASKS(REDIS),
        'client.ts': `import { die } from './tasks.ts';
const r = await die.delay();
try { await r.get({ timeout: 5 }); } catch (error) { console.log(error.name); }`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        worker: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1600 },
      },
      faults: [{ atMs: 1650, kill: 'results' }],
    });
    expect(run.lines('client')).toEqual(['TimeoutError']);
    const lines = log(run);
    expect(lines.at(-1)).toBe(
      "ERROR/MainProcess] Pool callback raised exception: ConnectionError('Error 111 connecting to results:6379. Connection refused.')",
    );
    expect(lines.join()).not.toContain('Task handler raised error');
  });

  test.each([REDIS, AMQP])('comes back for ever with rejectOnWorkerLost (%s)', async (broker) => {
    const run = await experiment({
      files: {
        'tasks.ts': TASKS(broker),
        'client.ts': `import { dieLate } from './tasks.ts';
const r = await dieLate.delay();
try { await r.get({ timeout: 10 }); } catch (error) { console.log(error.name, await r.state); }`,
      },
      nodes: {
        broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
        results: 'redis-server',
        worker: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1600 },
      },
      untilMs: 30_000,
    });
    expect(run.lines('client')).toEqual(['TimeoutError PENDING']);
    const received = log(run).filter((line) => line.endsWith('received'));
    expect(received.length).toBeGreaterThan(25);
    const lost = log(run).filter((line) => line.includes('WorkerLostError('));
    expect(Math.abs(received.length - lost.length)).toBeLessThanOrEqual(1);
  });
});

test('SEMANTICS 1.6 the hard limit marks the failure twice: errbacks are called twice', async () => {
  const run = await died('hard');
  const late = 'TimeLimitExceeded | TimeLimitExceeded(1,)';
  expect(run.lines('client')).toEqual([
    `chord -> ${late}`,
    'its body -> ChordError | Dependency id raised TimeLimitExceeded(1)',
    `chain -> ${late}`,
    'FAILURE',
    `linkError -> ${late}`,
    'null',
  ]);
  const lines = log(run).filter((line) => !line.startsWith('INFO'));
  const chord =
    "ERROR/MainProcess] Chord 'id' raised: ChordError('Dependency id raised TimeLimitExceeded(1)')";
  const handler = 'ERROR/MainProcess] Task handler raised error: TimeLimitExceeded(1)';
  const limit = 'ERROR/MainProcess] Hard time limit (1s) exceeded for tasks.hard[id]';
  const at = lines.indexOf(chord);
  expect(lines.slice(at, at + 4)).toEqual([chord, handler, limit, chord]);
  const told = 'WARNING/MainProcess] onError tasks.hard TimeLimitExceeded null';
  const first = lines.indexOf(told);
  expect(lines.slice(first, first + 4)).toEqual([told, handler, limit, told]);
  expect(run.lines('worker').filter((line) => line.includes('told of 36'))).toHaveLength(2);
});
