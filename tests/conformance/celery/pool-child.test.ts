// SEMANTICS 1.7, fault-poolchild-*: only the pool process dies, as when memory runs out.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

function client(task: string): string {
  return `import { add, ${task} } from './tasks.ts';
const r = await ${task}.delay(4, 'T');
try { console.log('get ->', await r.get({ timeout: 25 })); }
catch (error) { console.log('get -> raised', error.name, '|', error.message); }
console.log(await r.state);
console.log('next task ->', await (await add.delay(1, 1)).get({ timeout: 10 }));
`;
}

function childKilled(broker: string, task: string): Promise<Experiment> {
  return experiment({
    files: { 'tasks.ts': tasksFile({ broker }), 'client.ts': client(task) },
    nodes: {
      broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
      results: 'redis-server',
      worker: 'celery -A tasks worker -l info -n w1@%h -c 1',
      client: { run: 'client.ts', startMs: 1600 },
    },
    faults: [{ atMs: 2500, kill: 'worker/1' }],
  });
}

const LOST = 'Worker exited prematurely: signal 9 (SIGKILL) Job: 0.';

describe('SEMANTICS 1.7 pool process killed', () => {
  test.each([
    ['fault-poolchild-kill-early', 'sleep', REDIS],
    ['fault-poolchild-kill-late', 'sleepLate', REDIS],
    ['early ack on RabbitMQ', 'sleep', AMQP],
    ['late ack on RabbitMQ', 'sleepLate', AMQP],
  ])('%s: the task fails and is acknowledged, the worker goes on', async (_, task, broker) => {
    const run = await childKilled(broker, task);
    expect(run.lines('client')).toEqual([
      `get -> raised WorkerLostError | ${LOST}`,
      'FAILURE',
      'next task -> 2',
    ]);
    const lines = run.lines('worker');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /ERROR\/MainProcess\] Process 'ForkPoolWorker-1' pid:\d+ exited with 'signal 9 \(SIGKILL\)'$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringContaining(
        `ERROR/MainProcess] Task handler raised error: WorkerLostError('${LOST}')`,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/INFO\/ForkPoolWorker-2\] Task tasks\.add\[.*\] succeeded in .*s: 2$/),
    );
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 0, unacked: 0 });
    expect(lines.filter((line) => line.endsWith('received'))).toHaveLength(2);
  });

  test.each([
    ['fault-poolchild-kill-late-reject-amqp', AMQP],
    ['the same on Redis', REDIS],
  ])('%s: rejectOnWorkerLost gives the task back at once', async (_, broker) => {
    const run = await childKilled(broker, 'sleepLateRej');
    expect(run.lines('client')).toEqual(['get -> T', 'SUCCESS', 'next task -> 2']);
    const received = run
      .of('log', 'worker')
      .filter(({ text }) => text.includes('sleepLateRej[') && text.endsWith('received'));
    expect(received).toHaveLength(2);
    const diedMs = run.whenMs('worker', 'exited with');
    expect(received[1]!.tUs / 1000 - diedMs).toBeLessThan(100);
    expect(run.lines('worker')).toContainEqual(
      expect.stringMatching(
        /ForkPoolWorker-2\] Task tasks\.sleepLateRej.* succeeded in 4\.\d+s: 'T'/,
      ),
    );
  });
});
