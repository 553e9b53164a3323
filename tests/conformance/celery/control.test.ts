// Remote control (SEMANTICS 1.13) and mingle (two-workers-gossip): what workers answer, what they log,
// what the command line prints.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { AMQP, REDIS } from './programs.ts';

const tasks = (broker: string): string => `import { Celery } from 'celery';
import { sleep } from 'node';
export const app = new Celery('tasks', { broker: '${broker}', backend: 'redis://redis/2' });
export const nap = app.task(async function nap(seconds: number) { await sleep(seconds); });
`;

const worker = (number: number, startMs: number) => ({
  run: `celery -A tasks worker -l info -n w${number}@%h -c 1`,
  startMs,
});

describe.each([
  { server: 'redis-server', url: REDIS },
  { server: 'rabbitmq-server', url: AMQP },
])('$server', ({ server, url }) => {
  const files = { 'tasks.ts': tasks(url) };
  const servers = { broker: server, redis: 'redis-server' };

  test('two-workers-gossip: the second worker syncs with the first', async () => {
    const run = await experiment({
      files,
      nodes: { ...servers, w1: worker(1, 0), w2: worker(2, 3410) },
    });
    const logged = (node: string): string[] =>
      run.lines(node).flatMap((line) => /INFO\/MainProcess\] (.*)/.exec(line)?.[1] ?? []);
    expect(logged('w1').slice(1)).toEqual([
      'mingle: searching for neighbors',
      'mingle: all alone',
      'w1@w1 ready.',
      'sync with w2@w2',
    ]);
    expect(logged('w2').slice(1)).toEqual([
      'mingle: searching for neighbors',
      'mingle: sync with 1 nodes',
      'mingle: sync complete',
      'w2@w2 ready.',
    ]);
  });

  test('inspect tells what runs, what waits and what is held', async () => {
    const run = await experiment({
      files: {
        ...files,
        'client.ts': `import { app, nap } from './tasks.ts';
for (const seconds of [20, 21]) await nap.delay(seconds);
await nap.applyAsync([22], { countdown: 60 });
const i = app.control.inspect();
console.log(JSON.stringify(await i.ping()));
const [[active]] = Object.values(await i.active());
const [[reserved]] = Object.values(await i.reserved());
const [[held]] = Object.values(await i.scheduled());
console.log(Object.keys(active).join(' '));
console.log(active.args[0], typeof active.time_start, active.acknowledged, active.delivery_info.routing_key);
console.log(reserved.args[0], reserved.time_start, reserved.acknowledged, reserved.worker_pid);
console.log(Object.keys(held).join(' '), held.priority, held.request.args[0], held.request.hostname);
console.log(JSON.stringify(await i.registered()));
const stats = (await i.stats())['w1@w1'];
console.log(stats.pool['max-concurrency'], stats.pool.processes.length, JSON.stringify(stats.total));
console.log((await i.activeQueues())['w1@w1'][0].name);
console.log(await app.control.inspect({ destination: ['nobody@x'] }).ping());
console.log(JSON.stringify(await app.control.broadcast('nope', { reply: true })));
await app.control.shutdown();
`,
      },
      nodes: { ...servers, w1: worker(1, 0), client: { run: 'client.ts', startMs: 2000 } },
    });
    expect(run.lines('client')).toEqual([
      '{"w1@w1":{"ok":"pong"}}',
      'id name args kwargs type hostname time_start acknowledged delivery_info worker_pid',
      '20 number true celery',
      '21 null false null',
      'eta priority request 6 22 w1@w1',
      '{"w1@w1":["tasks.nap"]}',
      '1 1 {"tasks.nap":3}',
      'celery',
      'null',
      `[{"w1@w1":{"error":"KeyError('nope')"}}]`,
    ]);
    expect(run.lines('w1')).toContainEqual(
      expect.stringContaining('WARNING/MainProcess] Got shutdown from remote'),
    );
    expect(run.of('exit').find(({ node }) => node === 'w1')).toMatchObject({ code: 0 });
  });

  test('status, inspect and call print what the real ones print', async () => {
    const run = await experiment({
      files,
      nodes: {
        ...servers,
        w1: worker(1, 0),
        w2: worker(2, 0),
        status: { run: 'celery -A tasks status', startMs: 2000 },
        ping: { run: 'celery -A tasks inspect ping -d w1@w1', startMs: 2000 },
        idle: { run: 'celery -A tasks inspect active -d w1@w1', startMs: 2000 },
        call: { run: 'celery -A tasks call tasks.nap --args=[0]', startMs: 5000 },
        none: { run: 'celery -A tasks inspect ping -d nobody@x', startMs: 2000 },
      },
    });
    expect(run.lines('status').toSorted()).toEqual(
      ['', '->  w1@w1: OK', '->  w2@w2: OK', '2 nodes online.'].toSorted(),
    );
    expect(run.lines('ping')).toEqual(['->  w1@w1: OK', '        pong', '', '1 node online.']);
    expect(run.lines('idle')).toEqual(['->  w1@w1: OK', '    - empty -', '', '1 node online.']);
    expect(run.lines('call')[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(run.lines('none')).toEqual(['Error: No nodes replied within time constraint']);
    expect(run.of('exit', 'none').map(({ code }) => code)).toEqual([69]);
  });
});
