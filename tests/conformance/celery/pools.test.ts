// SEMANTICS 1.11: pools whose tasks run in the main process.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { AMQP, REDIS, REDIS_RESULTS, tasksFile } from './programs.ts';

test('threads: each task that runs has a message and children of its own', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': `import { Celery } from 'celery';
import { sleep } from 'node';
export const app = new Celery('tasks', { broker: '${REDIS}', backend: '${REDIS_RESULTS}' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
async function send(tag: string) {
  await sleep(0.2);
  return (await add.delay(1, 1)).id;
}
export const parent = app.task(async function parent(self, tag: string, seconds: number) {
  await sleep(seconds);
  const child = await send(tag);
  const late = await new Promise((resolve) => setTimeout(() => resolve(app.currentTask.request.args[0]), 300));
  return { tag, child, late, id: self.request.id, current: app.currentTask.request.id };
}, { bind: true });
`,
      'client.ts': `import { AsyncResult } from 'celery';
import { app, parent } from './tasks.ts';
const sent = [await parent.delay('a', 0.1), await parent.delay('b', 0.15), await parent.delay('c', 0.1)];
const began = Date.now();
for (const r of sent) {
  const told = await r.get({ timeout: 5 });
  const children = (await r.children).map(String);
  console.log(told.tag, told.late, told.id === r.id, told.current === r.id, children.length, children[0] === told.child);
}
console.log(Date.now() - began < 700, app.currentTask);
`,
    },
    nodes: {
      broker: 'redis-server',
      results: 'redis-server',
      worker: 'celery -A tasks worker -l info -c 3 -P threads',
      client: { run: 'client.ts', startMs: 1600 },
    },
  });
  expect(run.lines('client')).toEqual([
    'a a true true 1 true',
    'b b true true 1 true',
    'c c true true 1 true',
    'true null',
  ]);
});

// Seen in Celery 5.2.6: one message at a time is taken, early acknowledgements leave after the body.
describe('solo: while a body runs the worker', () => {
  const files = (broker: string, client: string) => ({
    'tasks.ts': tasksFile({ broker, track: false }),
    'client.ts': `import { add, app, sleep } from './tasks.ts';
import { sleep as pause } from 'node';
${client}`,
  });
  const nodes = (broker: string) => ({
    broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
    results: 'redis-server',
    worker: 'celery -A tasks worker -l info -n w1@%h -P solo',
    client: { run: 'client.ts', startMs: 1600 },
  });

  test.each([REDIS, AMQP])('answers nobody and takes nothing (%s)', async (broker) => {
    const run = await experiment({
      files: files(
        broker,
        `const sent = [await sleep.delay(3, 'a'), await sleep.delay(3, 'b')];
await sleep.applyAsync([1, 'eta'], { countdown: 1 });
await pause(0.5);
console.log('ping', await app.control.inspect({ timeout: 1 }).ping());
console.log('ping', JSON.stringify(await app.control.inspect({ timeout: 9 }).ping()));
for (const r of sent) console.log(await r.get());`,
      ),
      nodes: nodes(broker),
    });
    expect(run.lines('client')).toEqual([
      'ping null',
      'ping {"w1@worker":{"ok":"pong"}}',
      'a',
      'b',
    ]);
    const at = (text: string) => run.whenMs('worker', text) / 1000;
    const received = run.of('log', 'worker').filter(({ text }) => text.endsWith('received'));
    const seconds = received.map(({ tUs }) => Math.round((tUs / 1e6 - at('received')) * 10) / 10);
    expect(seconds).toEqual([0, 3, 6]);
    expect(run.whenMs('worker', 'end') / 1000).toBeGreaterThan(at('received') + 2.9);
    // The acknowledgement of an early one leaves when the body is over.
    const [acked] = run.of('send').filter(({ node, msg }) => node === 'worker' && msg === 'ack');
    expect(Math.round(acked!.tUs / 1e6 - at('received'))).toBe(3);
  });

  test.each([
    [REDIS, { ready: 2, unacked: 0 }],
    [AMQP, { ready: 2, unacked: 0 }],
  ])('loses it when it is asked to end (%s)', async (broker, queue) => {
    const run = await experiment({
      files: files(broker, `for (const tag of 'abc') await sleep.delay(3, tag);`),
      nodes: nodes(broker),
      faults: [{ atMs: 3000, signal: 'worker', name: 'SIGTERM' }],
    });
    const lines = run.lines('worker');
    expect(lines.at(-1)).toBe('worker: Warm shutdown (MainProcess)');
    expect(lines.join()).not.toContain('succeeded');
    expect(run.states('queue/celery').at(-1)).toEqual(queue);
    const worker = run.reports.find(({ name }) => name === 'worker')!;
    expect([worker.exitCode, worker.endedBy]).toEqual([0, 'itself']);
    expect(run.of('exit', 'worker')[0]!.tUs).toBeLessThan(3_010_000);
  });

  test('does not know that the broker is gone', async () => {
    const run = await experiment({
      files: files(
        REDIS,
        `const r = await sleep.delay(4, 'a');
console.log(await r.get());
console.log(await (await add.delay(1, 2)).get());`,
      ),
      nodes: nodes(REDIS),
      faults: [
        { atMs: 2500, kill: 'broker' },
        { atMs: 3500, restart: 'broker' },
      ],
    });
    expect(run.lines('client')).toEqual(['a', '3']);
    expect(run.whenMs('worker', 'Connection to broker lost')).toBeGreaterThan(
      run.whenMs('worker', 'succeeded') - 1,
    );
  });

  test('sends RabbitMQ no heartbeats, which takes the message back', async () => {
    const run = await experiment({
      files: files(AMQP, `await sleep.delay(400, 'a');`),
      nodes: {
        ...nodes(AMQP),
        other: { run: 'celery -A tasks worker -l info -n w2@%h', startMs: 3000 },
      },
      untilMs: 500_000,
    });
    const began = run.whenMs('other', 'received') / 1000;
    expect(began).toBeGreaterThan(100);
    expect(began).toBeLessThan(200);
    expect(run.lines('worker').join('\n')).toContain('Connection to broker lost');
  });
});
