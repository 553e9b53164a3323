// What a worker prints (SEMANTICS 1.1, 1.4), against the recorded runs seed1-*, seed2-*, raw-message
// and pool-solo. Masked: ids, addresses, times, the platform.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

/** Takes off what differs from run to run. */
function masked(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replace(/0x[0-9a-f]{12}/, '0x')
      .replace(/\[[0-9a-f-]{36}\]/, '[id]')
      .replace(/^\[2026-01-01 00:00:\d\d,\d{3}: /, '[')
      .replace(/Linux-\S+ 2026-01-01 00:00:00/, 'Linux')
      .replace(/in \d+\.[\de-]+s/, 'in s'),
  );
}

describe('SEMANTICS 1.1 worker output', () => {
  test('seed1-tasks-no-backend: banner, start-up, one task, warm shutdown', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': `import { Celery } from 'celery';
export const app = new Celery('demo', { broker: 'redis://redis/1' });
export const myTask = app.task(function myTask() { console.log('任务函数正在执行....'); });`,
        'client.ts': `import { myTask } from './tasks.ts';
const t = await myTask.delay();
console.log(t.id.length, String(t) === t.id);
try { console.log(await t.state); } catch (error) { console.log(error.name, error.message); }
try { console.log(await t.get({ timeout: 3 })); } catch (error) { console.log(error.name, error.message); }`,
      },
      nodes: {
        redis: 'redis-server',
        vm: 'celery -A tasks worker -l info -c 2',
        client: { run: 'client.ts', startMs: 1610 },
      },
      faults: [{ atMs: 2830, signal: 'vm', name: 'SIGTERM' }],
    });
    expect(masked(run.lines('vm'))).toEqual([
      ' ',
      ' -------------- celery@vm v5.2.6 (dawn-chorus)',
      '--- ***** ----- ',
      '-- ******* ---- Linux',
      '- *** --- * --- ',
      '- ** ---------- [config]',
      '- ** ---------- .> app:         demo:0x',
      '- ** ---------- .> transport:   redis://redis:6379/1',
      '- ** ---------- .> results:     disabled://',
      '- *** --- * --- .> concurrency: 2 (prefork)',
      '-- ******* ---- .> task events: OFF (enable -E to monitor tasks in this worker)',
      '--- ***** ----- ',
      ' -------------- [queues]',
      '                .> celery           exchange=celery(direct) key=celery',
      '                ',
      '',
      '[tasks]',
      '  . tasks.myTask',
      '',
      '[INFO/MainProcess] Connected to redis://redis:6379/1',
      '[INFO/MainProcess] mingle: searching for neighbors',
      '[INFO/MainProcess] mingle: all alone',
      '[INFO/MainProcess] celery@vm ready.',
      '[INFO/MainProcess] Task tasks.myTask[id] received',
      '[WARNING/ForkPoolWorker-2] 任务函数正在执行....',
      '[INFO/ForkPoolWorker-2] Task tasks.myTask[id] succeeded in s: None',
      '',
      'worker: Warm shutdown (MainProcess)',
    ]);
    expect(run.lines('client')).toEqual([
      '36 true',
      "AttributeError 'DisabledBackend' object has no attribute '_get_task_meta_for'",
      'NotImplementedError No result backend is configured.',
      'Please see the documentation for more information.',
    ]);
    const mingleMs = run.whenMs('vm', 'all alone') - run.whenMs('vm', 'searching');
    // Recorded: 1 005 to 1 018 ms.
    expect(mingleMs).toBeGreaterThan(1000);
    expect(mingleMs).toBeLessThan(1020);
    const report = run.reports.find(({ name }) => name === 'vm');
    expect(report).toMatchObject({ isAlive: false, exitCode: 0 });
  });

  test('seed2-tasks-backend: values by repr, missing arguments refused by the client', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': `import { Celery } from 'celery';
export const app = new Celery('demo', { backend: 'redis://redis/2', broker: 'redis://redis/1' });
export const myTask = app.task(function myTask(a: number, b: number) { return a + b; });`,
        'client.ts': `import { kw } from 'celery';
import { myTask } from './tasks.ts';
try { await myTask.delay(); } catch (error) { console.log(error.name + ': ' + error.message); }
try { await myTask.delay(1, 2, 3); } catch (error) { console.log(error.name + ': ' + error.message); }
const r = await myTask.delay(3, 5);
console.log(await r.get());
console.log(await r.state, await r.ready(), await r.successful(), await r.failed(), await r.result);
console.log(await (await myTask.applyAsync([1, 2])).get());
console.log(await (await myTask.applyAsync([], { kwargs: { a: 10, b: 20 } })).get({ timeout: 5 }));
console.log(await (await myTask.delay(1, kw({ b: 6 }))).get());
console.log(myTask.name, myTask(1, 2));`,
      },
      nodes: {
        redis: 'redis-server',
        vm: 'celery -A tasks worker --loglevel=info -c 2',
        client: { run: 'client.ts', startMs: 1510 },
      },
    });
    expect(run.lines('client')).toEqual([
      "TypeError: myTask() missing 2 required positional arguments: 'a' and 'b'",
      'TypeError: myTask() takes 2 positional arguments but 3 were given',
      '8',
      'SUCCESS true true false 8',
      '3',
      '30',
      '7',
      'tasks.myTask 3',
    ]);
    expect(run.end.reason).toBe('quiescent');
  });

  test('SEMANTICS 1.4 raw-message: a failure shows its exception and the learner’s lines', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP, backend: 'rpc://' }),
        'client.ts': `import { boom } from './tasks.ts';
const r = await boom.delay(7);
try { await r.get(); } catch (error) { console.log(error.name, error.message, error instanceof Error); }
console.log((await r.get({ propagate: false })).message, await r.state);
console.log((await r.traceback).split('\\n')[0]);`,
      },
      nodes: {
        broker: 'rabbitmq-server',
        w1: 'celery -A tasks worker -l info -c 1',
        client: 'client.ts',
      },
    });
    const lines = masked(run.lines('w1'));
    const at = lines.findIndex((line) => line.includes('raised unexpected'));
    expect(lines.slice(at, at + 3)).toEqual([
      "[ERROR/ForkPoolWorker-1] Task tasks.boom[id] raised unexpected: Error('boom 7')",
      'Error: boom 7',
      '    at boom (tasks.ts:13)',
    ]);
    expect(run.lines('client')).toEqual(['Error boom 7 true', 'boom 7 FAILURE', 'Error: boom 7']);
  });

  test('pool-solo: one task at a time, in the main process', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { sleep } from './tasks.ts';
const began = Date.now();
const rs = [await sleep.delay(1, '0'), await sleep.delay(1, '1')];
console.log(await rs[0].get(), await rs[1].get(), Date.now() - began < 1700 ? 'concurrent' : 'serial');`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 2 -P solo',
        client: { run: 'client.ts', startMs: 1520 },
      },
    });
    expect(run.lines('client')).toEqual(['0 1 serial']);
    expect(run.lines('w1').join('\n')).toContain('.> concurrency: 2 (solo)');
    expect(masked(run.lines('w1')).slice(-8)).toEqual([
      '[INFO/MainProcess] Task tasks.sleep[id] received',
      '[WARNING/MainProcess] begin 0 1',
      '[WARNING/MainProcess] end 0 1',
      "[INFO/MainProcess] Task tasks.sleep[id] succeeded in s: '0'",
      '[INFO/MainProcess] Task tasks.sleep[id] received',
      '[WARNING/MainProcess] begin 1 1',
      '[WARNING/MainProcess] end 1 1',
      "[INFO/MainProcess] Task tasks.sleep[id] succeeded in s: '1'",
    ]);
    expect(run.of('spawn')).toEqual([]);
  });

  test('SEMANTICS 1.2 a task that the worker does not have is discarded, with a long line', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: REDIS }),
        'client.ts': `import { Celery } from 'celery';
const app = new Celery('other', { broker: '${REDIS}', backend: 'redis://results/2' });
const nope = app.task(function nope() {}, { name: 'tasks.nope' });
const here = app.task(function here() {});
console.log(here.name);
try { await (await nope.delay()).get(); } catch (error) { console.log(error.name, error.message); }`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 1',
        client: 'client.ts',
      },
    });
    expect(run.lines('client')).toEqual(['__main__.here', "NotRegistered 'tasks.nope'"]);
    const lines = masked(run.lines('w1'));
    const at = lines.findIndex((line) => line.includes('unregistered'));
    expect(lines.slice(at, at + 5)).toEqual([
      "[ERROR/MainProcess] Received unregistered task of type 'tasks.nope'.",
      'The message has been ignored and discarded.',
      '',
      'Did you remember to import the module containing this task?',
      "Or maybe you're using relative imports?",
    ]);
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 0, unacked: 0 });
  });

  test('NODE1 a command that Celery does not understand ends with exit code 2', async () => {
    const run = await experiment({
      files: { 'tasks.ts': tasksFile(), 'empty.ts': 'export const app = 5;' },
      nodes: {
        a: 'celery -A tasks worker --loglevle=info',
        b: 'celery -A tasks werker',
        c: 'celery -A tasks worker -c many',
        d: 'celery -A empty worker',
      },
    });
    expect(run.lines('a').at(-1)).toBe('Error: No such option: --loglevle');
    expect(run.lines('b').at(-1)).toBe("Error: No such command 'werker'.");
    expect(run.lines('c').at(-1)).toBe(
      "Error: Invalid value for '-c' / '--concurrency': 'many' is not a valid integer.",
    );
    expect(run.lines('d').at(-1)).toBe("Module 'empty' has no attribute 'celery'");
    expect(run.reports.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2]);
  });
});

test.each([
  [2, ''],
  [2, ' -P solo'],
  [1, ''],
])('seed1: a worker that is told no number has one process a core: %i%s', async (cores, pool) => {
  const run = await experiment({
    files: { 'tasks.ts': tasksFile() },
    nodes: {
      broker: 'redis-server',
      w1: { run: `celery -A tasks worker${pool}`, machine: 'vm' },
    },
    machines: { vm: { cores } },
    untilMs: 500,
  });
  const name = pool === '' ? 'prefork' : 'solo';
  expect(run.lines('w1')).toContain(`- *** --- * --- .> concurrency: ${cores} (${name})`);
  expect(run.of('spawn')).toHaveLength(pool === '' ? cores : 0);
});
