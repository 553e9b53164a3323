// SEMANTICS 1.9: broker or result store away from the start, or lost on the way.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

const TIMED_CLIENT = `import { add } from './tasks.ts';
const began = Date.now();
try { await add.delay(1, 2); } catch (error) { console.log(error.name, '|', error.message); }
console.log('took', ((Date.now() - began) / 1000).toFixed(1));`;

/** For a machine that is there, with nothing on the port. */
const IDLE = 'export {};';

describe('SEMANTICS 1.9 broker down', () => {
  test.each([
    [AMQP, 'OperationalError | [Errno 111] Connection refused'],
    [REDIS, 'OperationalError | Error 111 connecting to broker:6379. Connection refused.'],
  ])('fault-broker-down: delay() gives up after 6 s (%s)', async (broker, text) => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker, backend: null }),
        'client.ts': TIMED_CLIENT,
        'idle.ts': IDLE,
      },
      nodes: { broker: 'idle.ts', client: 'client.ts' },
    });
    expect(run.lines('client')).toEqual([text, 'took 6.0']);
  });

  test('fault-broker-down: with the result store down too it takes 19 s', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ backend: 'redis://broker/2' }),
        'client.ts': TIMED_CLIENT,
        'idle.ts': IDLE,
      },
      nodes: { broker: 'idle.ts', client: 'client.ts' },
    });
    expect(run.lines('client')).toEqual([
      'OperationalError | Error 111 connecting to broker:6379. Connection refused.',
      'took 19.0',
    ]);
  });

  test.each([
    [AMQP, 'amqp://guest:**@broker:5672//: [Errno 111] Connection refused.'],
    [REDIS, 'redis://broker:6379/1: Error 111 connecting to broker:6379. Connection refused..'],
  ])('fault-broker-down: the worker tries again after 2, 4, 6, 8 s (%s)', async (broker, text) => {
    const run = await experiment({
      files: { 'tasks.ts': tasksFile({ broker }), 'idle.ts': IDLE },
      nodes: { broker: 'idle.ts', w1: 'celery -A tasks worker -l info -c 2' },
      faults: [{ atMs: 14_000, signal: 'w1', name: 'SIGTERM' }],
    });
    const lines = run.lines('w1');
    const errors = run.of('log', 'w1').filter((event) => event.text.includes('Cannot connect'));
    expect(errors.map((event) => event.text.split('ERROR/MainProcess] ')[1])).toEqual(
      [1, 2, 3, 4].map(() => `consumer: Cannot connect to ${text}`),
    );
    expect(lines.filter((line) => line.startsWith('Trying again'))).toEqual([
      'Trying again in 2.00 seconds... (1/100)',
      'Trying again in 4.00 seconds... (2/100)',
      'Trying again in 6.00 seconds... (3/100)',
      'Trying again in 8.00 seconds... (4/100)',
    ]);
    const seconds = errors.map((event) => Math.round(event.tUs / 1e6));
    expect(seconds).toEqual([0, 2, 6, 12]);
    expect(lines.at(-1)).toBe('worker: Warm shutdown (MainProcess)');
    expect(run.reports.find(({ name }) => name === 'w1')!.exitCode).toBe(0);
  });
});

test('SEMANTICS 1.9 after its last attempt the worker gives up, exit code 1', async () => {
  const settings = 'app.conf.brokerConnectionMaxRetries = 2;';
  const run = await experiment({
    files: { 'tasks.ts': tasksFile({ settings }), 'idle.ts': IDLE },
    nodes: { broker: 'idle.ts', w1: 'celery -A tasks worker -c 1' },
  });
  expect(run.lines('w1').at(-1)).toMatch(
    /CRITICAL\/MainProcess\] Unrecoverable error: OperationalError\('Error 111 connecting to broker:6379\. Connection refused\.'\)$/,
  );
  expect(run.reports.find(({ name }) => name === 'w1')!.exitCode).toBe(1);
  expect(run.end.tUs).toBeLessThan(7_000_000);
});

describe('SEMANTICS 1.9 lost on the way', () => {
  test('fault-broker-lost: the worker reconnects, the queue of a killed Redis is gone', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ backend: 'redis://broker/2' }),
        'client.ts': `import { add, sleep } from './tasks.ts';
const attempt = async (label, f) => {
  try { console.log(label, '->', await f()); } catch (error) { console.log(label, '-> raised', error.name); }
};
const r = await sleep.delay(6, 'T');
const q = await add.delay(1, 2);
console.log('sent');
await attempt('get', () => r.get({ timeout: 25 }));
await attempt('new delay', async () => (await add.delay(3, 4)).get({ timeout: 25 }));
await attempt('queued before', () => q.get({ timeout: 3 }));`,
      },
      nodes: {
        broker: 'redis-server',
        w1: { run: 'celery -A tasks worker -l info -c 1', startMs: 1000 },
        client: { run: 'client.ts', startMs: 2610 },
      },
      faults: [
        { atMs: 3810, kill: 'broker' },
        { atMs: 7810, restart: 'broker' },
      ],
    });
    // The recorded worker did not consume again (a bug of 5.2.6); ours does, as SEMANTICS 1.9 asks.
    expect(run.lines('client')).toEqual([
      'sent',
      'get -> T',
      'new delay -> 7',
      'queued before -> raised TimeoutError',
    ]);
    const said = run
      .lines('w1')
      .map((line) => line.replace(/^\[.*?\/MainProcess\] /, ''))
      .filter((line) => /^(consumer|Restoring|Connected|mingle|celery@|redis\.)/.test(line));
    expect(said).toEqual([
      'Connected to redis://broker:6379/1',
      'mingle: searching for neighbors',
      'mingle: all alone',
      'celery@w1 ready.',
      'consumer: Connection to broker lost. Trying to re-establish the connection...',
      'redis.exceptions.ConnectionError: Connection closed by server.',
      'Restoring 1 unacknowledged message(s)',
      expect.stringContaining('consumer: Cannot connect to redis://broker:6379/1') as string,
      expect.stringContaining('consumer: Cannot connect to redis://broker:6379/1') as string,
      'Connected to redis://broker:6379/1',
      'mingle: searching for neighbors',
      'mingle: all alone',
    ]);
  });

  test('fault-backend-lost: a result that cannot be stored is lost, later tasks work', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { add, sleep } from './tasks.ts';
const r = await sleep.delay(3, 'T');
try { await r.get({ timeout: 25 }); } catch (error) { console.log(error.name, error.message); }
console.log(await r.state);
console.log(await (await add.delay(1, 2)).get({ timeout: 10 }));`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: { run: 'celery -A tasks worker -l info -c 1', startMs: 1040 },
        client: { run: 'client.ts', startMs: 2960 },
      },
      faults: [
        { atMs: 4160, kill: 'results' },
        { atMs: 8170, restart: 'results' },
      ],
    });
    expect(run.lines('client')).toEqual(['TimeoutError The operation timed out.', 'PENDING', '3']);
    const text = "ConnectionError('Error 111 connecting to results:6379. Connection refused.')";
    const lines = run.lines('w1').join('\n');
    expect(lines).toContain(
      `celery/app/trace.py:660: RuntimeWarning: Exception raised outside body: ${text}:\n`,
    );
    expect(lines).toContain(`ERROR/MainProcess] Pool callback raised exception: ${text}`);
    expect(run.lines('w1').filter((line) => line.includes('succeeded'))).toHaveLength(1);
    const states = run.events.flatMap((event) =>
      event.kind === 'state' && event.name.startsWith('task/') ? [event.value] : [],
    );
    expect(states).toEqual(expect.arrayContaining(['UNSTORED', 'SUCCESS']));
    expect(states.indexOf('UNSTORED')).toBeGreaterThan(states.indexOf('STARTED'));
  });

  test('a result store that stays away: who waits is told after 20 tries', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { sleep } from './tasks.ts';
const r = await sleep.delay(3, 'T');
try { await r.get(); } catch (error) { console.log(error.name, error.message.slice(0, 20)); }`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: { run: 'celery -A tasks worker -l info -c 1', startMs: 1040 },
        client: { run: 'client.ts', startMs: 2960 },
      },
      faults: [{ atMs: 4160, kill: 'results' }],
    });
    expect(run.lines('client')).toEqual(['RuntimeError Retry limit exceeded']);
  });

  test('a killed RabbitMQ: early-acked work ends, the worker comes back', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP }),
        'client.ts': `import { add, sleep } from './tasks.ts';
const r = await sleep.delay(6, 'T');
console.log(await r.get());
console.log(await (await add.delay(3, 4)).get());`,
      },
      nodes: {
        broker: 'rabbitmq-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1500 },
      },
      faults: [
        { atMs: 3000, kill: 'broker' },
        { atMs: 4000, restart: 'broker' },
      ],
    });
    expect(run.lines('client')).toEqual(['T', '7']);
    expect(run.lines('w1').join('\n')).toContain(
      'consumer: Connection to broker lost. Trying to re-establish the connection...',
    );
  });
});

// Seen in Celery 5.2.6: who was connected gives up by the policy of the call, not after 6 s.
describe('a connection that breaks before a task is sent', () => {
  const client = (call: string): string => `import { add, app } from './tasks.ts';
import { sleep } from 'node';
await add.delay(0, 0);
await sleep(1);
const began = Date.now();
let told = 'sent';
try { ${call} } catch (error) { told = error.name + ' | ' + error.message; }
console.log(told, ((Date.now() - began) / 1000).toFixed(1));`;

  test.each([
    ['await add.delay(1, 1);', '0.6'],
    ['await add.applyAsync([1, 1], { retry: false });', '0.0'],
    ['app.conf.taskPublishRetry = false; await add.delay(1, 1);', '0.0'],
    ['await add.applyAsync([1, 1], { retryPolicy: { maxRetries: 0 } });', '0.0'],
    [
      'await add.applyAsync([1, 1], { retryPolicy: { maxRetries: 2, intervalStart: 1, intervalStep: 1, intervalMax: 5 } });',
      '3.0',
    ],
  ])('%s gives up after %s s', async (call, seconds) => {
    for (const broker of [REDIS, AMQP]) {
      const run = await experiment({
        files: { 'tasks.ts': tasksFile({ broker, backend: null }), 'client.ts': client(call) },
        nodes: {
          broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
          client: 'client.ts',
        },
        faults: [{ atMs: 500, kill: 'broker' }],
      });
      const text =
        broker === AMQP
          ? '[Errno 111] Connection refused'
          : 'Error 111 connecting to broker:6379. Connection refused.';
      expect(run.lines('client')).toEqual([`OperationalError | ${text} ${seconds}`]);
    }
  });

  test('the policy of a call outlasts a restart', async () => {
    const call =
      'await add.applyAsync([1, 1], { retryPolicy: { maxRetries: 9, intervalStep: 0.5 } });';
    const run = await experiment({
      files: { 'tasks.ts': tasksFile({ backend: null }), 'client.ts': client(call) },
      nodes: { broker: 'redis-server', client: 'client.ts' },
      faults: [
        { atMs: 500, kill: 'broker' },
        { atMs: 2200, restart: 'broker' },
      ],
    });
    expect(run.lines('client')).toEqual(['sent 1.5']);
  });

  test('a wrong policy is named', async () => {
    const call = 'await add.applyAsync([1, 1], { retryPolicy: { maxRetry: 1 } });';
    const run = await experiment({
      files: { 'tasks.ts': tasksFile({ backend: null }), 'client.ts': client(call) },
      nodes: { broker: 'redis-server', client: 'client.ts' },
    });
    expect(run.lines('client')).toEqual([
      'ImproperlyConfigured | invalid retry_policy: maxRetry: 1 0.0',
    ]);
  });
});

describe('SEMANTICS 1.11 a queue that nobody reads', () => {
  test.each([REDIS, AMQP])(
    'keeps its message, and the end of the run says who waits (%s)',
    async (broker) => {
      const run = await experiment({
        files: {
          'tasks.ts': tasksFile({ broker }),
          'client.ts': `import { add } from './tasks.ts';
const r = await add.applyAsync([1, 2], { queue: 'nobody' });
try { await r.get({ timeout: 2 }); } catch (error) { console.log(error.name, await r.state); }
await r.get();`,
        },
        nodes: {
          broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
          results: 'redis-server',
          w1: 'celery -A tasks worker -l info -c 1',
          client: { run: 'client.ts', startMs: 1500 },
        },
        untilMs: 60_000,
      });
      expect(run.lines('client')).toEqual(['TimeoutError PENDING']);
      expect(run.states('queue/nobody').at(-1)).toEqual({ ready: 1, unacked: 0 });
      const [waiting] = run.end.waiting.filter(({ node }) => node === 'client');
      expect(waiting).toMatchObject({
        what: expect.stringMatching(/^result of tasks\.add\[/) as string,
        line: expect.stringMatching(/^client\.ts:4/) as string,
      });
    },
  );
});
