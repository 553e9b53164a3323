// SEMANTICS 1.2, 1.11 and KT7: prefetch windows, ETA, get() with and without an end, silence.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

const servers = (broker: string): Record<string, string> => ({
  broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
  results: 'redis-server',
});

/** Tags of the tasks that a worker began, in order. */
function begun(run: Experiment, node: string): string[] {
  return run
    .lines(node)
    .filter((line) => line.includes('begin'))
    .map((line) => /begin (\w+)/.exec(line)![1]!);
}

describe('SEMANTICS 1.11 prefetch', () => {
  const tenTasks = (broker: string, multiplier: number): Promise<Experiment> =>
    experiment({
      files: {
        'tasks.ts': tasksFile({
          broker,
          settings: `app.conf.workerPrefetchMultiplier = ${multiplier};`,
        }),
        'client.ts': `import { sleep } from './tasks.ts';
for (let i = 0; i < 10; i++) await sleep.delay(i === 0 ? 4 : 0.2, 't' + i);`,
      },
      nodes: {
        ...servers(broker),
        client: 'client.ts',
        w1: { run: 'celery -A tasks worker -l info -n w1@%h -c 1', startMs: 270 },
        w2: { run: 'celery -A tasks worker -l info -n w2@%h -c 1', startMs: 270 },
      },
    });

  test.each([AMQP, REDIS])(
    'prefetch-4-Ofair: the worker with the long task also holds four more (%s)',
    async (broker) => {
      const run = await tenTasks(broker, 4);
      const counts = [begun(run, 'w1'), begun(run, 'w2')].map((tags) => tags.length);
      expect(counts.sort()).toEqual([5, 5]);
    },
  );

  test.each([AMQP, REDIS])('prefetch-1: it holds one more (%s)', async (broker) => {
    const run = await tenTasks(broker, 1);
    const counts = [begun(run, 'w1'), begun(run, 'w2')].map((tags) => tags.length);
    expect(counts.sort()).toEqual([2, 8]);
  });

  test('two processes of one worker share its tasks', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { sleep } from './tasks.ts';
const began = Date.now();
const rs = [];
for (let i = 0; i < 4; i++) rs.push(await sleep.delay(1, 't' + i));
for (const r of rs) await r.get();
console.log(Math.floor((Date.now() - began) / 1000));`,
      },
      nodes: {
        ...servers(REDIS),
        w1: 'celery -A tasks worker -l info -c 2',
        client: { run: 'client.ts', startMs: 1500 },
      },
    });
    expect(run.lines('client')).toEqual(['2']);
  });
});

describe('SEMANTICS 1.11 ETA', () => {
  test('fault-eta: received at once, run when due', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { add } from './tasks.ts';
const began = Date.now();
console.log(await (await add.applyAsync([1, 2], { countdown: 2 })).get());
console.log(Math.floor((Date.now() - began) / 100));
console.log(await (await add.applyAsync([1, 2], { eta: new Date(Date.now() + 1000) })).get());`,
      },
      nodes: {
        ...servers(REDIS),
        w1: 'celery -A tasks worker -l info -c 2',
        client: { run: 'client.ts', startMs: 1810 },
      },
    });
    expect(run.lines('client')).toEqual(['3', '20', '3']);
    const [first] = run.lines('w1').filter((line) => line.endsWith('received'));
    expect(first).toContain('2026-01-01 00:00:01,8');
  });
});

describe('SEMANTICS 1.2 get()', () => {
  test.each([
    [REDIS, 'redis://results/2'],
    [AMQP, 'rpc://'],
  ])('too early: the operation timed out, the task is unaffected (%s)', async (broker, backend) => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker, backend }),
        'client.ts': `import { TimeoutError } from 'celery';
import { sleep as pause } from 'node';
import { sleep } from './tasks.ts';
const r = await sleep.delay(2, 'T');
try { await r.get({ timeout: 0.5 }); }
catch (error) { console.log(error instanceof TimeoutError, error.name + ': ' + error.message); }
await pause(3);
console.log(await r.get());`,
      },
      nodes: {
        ...servers(broker),
        w1: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1500 },
      },
    });
    expect(run.lines('client')).toEqual(['true TimeoutError: The operation timed out.', 'T']);
    expect(run.of('effect')).toHaveLength(1);
  });

  test('amqp-rpc-backend: a result can be read once, by its own client', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP, backend: 'rpc://' }),
        'client.ts': `import { AsyncResult } from 'celery';
import { add } from './tasks.ts';
const r = await add.delay(2, 3);
console.log(await r.get({ timeout: 5 }), await r.get({ timeout: 5 }));
try { await new AsyncResult(r.id).get({ timeout: 2 }); } catch (error) { console.log(error.name, error.message); }`,
      },
      nodes: {
        broker: 'rabbitmq-server',
        w1: 'celery -A tasks worker -l info -c 2',
        client: 'client.ts',
      },
    });
    expect(run.lines('client')).toEqual(['5 5', 'TimeoutError The operation timed out.']);
  });

  test('KT8 with no worker the run ends at once, and says what the client waits for', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { add } from './tasks.ts';
const r = await add.delay(1, 2);
console.log(await r.state);
await r.get();`,
      },
      nodes: { ...servers(REDIS), client: 'client.ts' },
    });
    expect(run.lines('client')).toEqual(['PENDING']);
    expect(run.end.reason).toBe('quiescent');
    expect(run.end.tUs).toBeLessThan(1_000_000);
    expect(run.end.waiting).toEqual([
      {
        node: 'client',
        what: expect.stringMatching(/^result of tasks\.add\[[0-9a-f-]{36}\]$/) as string,
        line: 'client.ts:4',
        by: ['broker', 'results'],
      },
    ]);
  });

  // The kernel never ends a run whose next event lies beyond `untilMs`.
  test('get() inside a task is refused, unless it is asked for; with -c 1 it never ends', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({
          broker: AMQP,
          settings: `export const outer = app.task(async function outer(force: boolean) {
  const r = await add.delay(1, 2);
  return r.get(force ? { disableSyncSubtasks: false } : {});
});`,
        }),
        'client.ts': `import { outer } from './tasks.ts';
try { await (await outer.delay(false)).get(); } catch (error) { console.log(error.message.split('\\n')[0]); }
await (await outer.delay(true)).get();`,
      },
      nodes: { ...servers(AMQP), w1: 'celery -A tasks worker -l info -c 1', client: 'client.ts' },
      untilMs: 600_000,
    });
    expect(run.lines('client')).toEqual(['Never call result.get() within a task!']);
    expect(run.end.waiting.map(({ node, line }) => [node, line])).toEqual([
      ['client', 'client.ts:3'],
      ['w1/1', 'tasks.ts:7'],
    ]);
  });
});

describe('NODE6 heartbeats', () => {
  test('a paused worker outlives its heartbeat: the task runs twice, nobody crashed', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP }),
        'client.ts': `import { sleepLate } from './tasks.ts';
const r = await sleepLate.delay(4, 'T');
console.log(await r.get());`,
      },
      nodes: {
        ...servers(AMQP),
        w1: 'celery -A tasks worker -l info -n w1@%h -c 1',
        client: { run: 'client.ts', startMs: 1600 },
        w2: { run: 'celery -A tasks worker -l info -n w2@%h -c 1', startMs: 3900 },
      },
      faults: [
        { atMs: 2900, pause: 'w1' },
        { atMs: 400_000, resume: 'w1' },
      ],
    });
    const givenMs = run.whenMs('w2', 'received');
    // Two whole intervals of 60 s without a byte.
    expect(givenMs).toBeGreaterThan(120_000);
    expect(givenMs).toBeLessThan(190_000);
    expect(run.lines('client')).toEqual(['T']);
    expect(run.of('effect').map(({ node }) => node)).toEqual(['w2/1', 'w1/1']);
  });

  test('a worker whose machine vanished: RabbitMQ gives the task away without a sign', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP }),
        'client.ts': `import { sleepLate } from './tasks.ts';
console.log(await (await sleepLate.delay(4, 'T')).get());`,
      },
      nodes: {
        ...servers(AMQP),
        w1: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1600 },
        w2: { run: 'celery -A tasks worker -l info -c 1', startMs: 3900 },
      },
      faults: [{ atMs: 2900, powerOff: 'w1' }],
    });
    expect(run.lines('client')).toEqual(['T']);
    expect(run.whenMs('w2', 'received')).toBeGreaterThan(60_000);
  });
});

describe('KT3 windows never show', () => {
  test.each([
    [REDIS, 0],
    [AMQP, 0.05],
  ])('one digest however windows are cut (%s, loss %d)', async (broker, loss) => {
    const digests = new Set<string | undefined>();
    for (const windowSeed of [undefined, 1, 2]) {
      const run = await experiment({
        files: {
          'tasks.ts': tasksFile({ broker }),
          'client.ts': `import { add, boom } from './tasks.ts';
const rs = [];
for (let i = 0; i < 5; i++) rs.push(await add.delay(i, i));
for (const r of rs) console.log(await r.get());
try { await (await boom.delay(1)).get(); } catch (error) { console.log(error.message); }`,
        },
        nodes: {
          ...servers(broker),
          w1: 'celery -A tasks worker -l info -c 2',
          w2: 'celery -A tasks worker -l info -c 2',
          client: 'client.ts',
        },
        network: { latencyMs: 2, jitterMs: 3, distribution: 'uniform', loss },
        ...(windowSeed === undefined ? {} : { windowSeed }),
      });
      expect(run.lines('client')).toEqual(['0', '2', '4', '6', '8', 'boom 1']);
      digests.add(run.end.digest);
    }
    expect(digests.size).toBe(1);
  });
});
