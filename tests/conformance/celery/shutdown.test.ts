// SEMANTICS 1.8, fault-shutdown-*: a signal while task 0 runs and four more are prefetched (-c 1).

import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/lib/protocol/faults.ts';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

const CLIENT = `import { sleep } from './tasks.ts';
import { sleep as pause } from 'node';
const rs = [];
for (let i = 0; i < 5; i++) rs.push(await sleep.delay(3, String(i)));
const states = async () => { const all = []; for (const r of rs) all.push(await r.state); return all.join(' '); };
await pause(1.5); console.log(await states());
await pause(6); console.log(await states());
`;

function signalled(broker: string, faults: readonly Fault[]): Promise<Experiment> {
  return experiment({
    files: { 'tasks.ts': tasksFile({ broker }), 'client.ts': CLIENT },
    nodes: {
      broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
      results: 'redis-server',
      worker: 'celery -A tasks worker -l info -n w1@%h -c 1',
      client: { run: 'client.ts', startMs: 1610 },
    },
    faults,
  });
}

function worker(run: Experiment): { exitCode: number | null; lines: string[] } {
  const report = run.reports.find(({ name }) => name === 'worker');
  const lines = run.lines('worker');
  const from = lines.findIndex((line) => line.startsWith('worker: '));
  return { exitCode: report!.exitCode, lines: lines.slice(from) };
}

describe('SEMANTICS 1.8 shutdown', () => {
  test.each([REDIS, AMQP])('SIGTERM is warm: the running task ends (%s)', async (broker) => {
    const run = await signalled(broker, [{ atMs: 2910, signal: 'worker', name: 'SIGTERM' }]);
    expect(run.lines('client').at(-1)).toBe('SUCCESS PENDING PENDING PENDING PENDING');
    const { exitCode, lines } = worker(run);
    expect(exitCode).toBe(0);
    expect(lines[0]).toBe('worker: Warm shutdown (MainProcess)');
    expect(lines).toContainEqual(expect.stringMatching(/succeeded in 3\.\d+s: '0'$/));
    const restoring = lines.filter((line) =>
      line.endsWith('Restoring 4 unacknowledged message(s)'),
    );
    expect(restoring).toHaveLength(broker === REDIS ? 1 : 0);
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 4, unacked: 0 });
  });

  test('fault-shutdown-cold: SIGQUIT loses the running task, the others go back', async () => {
    const run = await signalled(REDIS, [{ atMs: 2920, signal: 'worker', name: 'SIGQUIT' }]);
    const states = 'STARTED PENDING PENDING PENDING PENDING';
    expect(run.lines('client')).toEqual([states, states]);
    const { exitCode, lines } = worker(run);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      'worker: Cold shutdown (MainProcess)',
      expect.stringMatching(
        /WARNING\/MainProcess\] Restoring 4 unacknowledged message\(s\)$/,
      ) as string,
    ]);
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 4, unacked: 0 });
    expect(run.of('effect')).toEqual([]);
  });

  test('fault-shutdown-twice-int: the second Ctrl+C is cold, exit code 1', async () => {
    const run = await signalled(REDIS, [
      { atMs: 2910, signal: 'worker', name: 'SIGINT' },
      { atMs: 3410, signal: 'worker', name: 'SIGINT' },
    ]);
    const { exitCode, lines } = worker(run);
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      'worker: Hitting Ctrl+C again will terminate all running tasks!',
      '',
      'worker: Warm shutdown (MainProcess)',
      '',
      'worker: Cold shutdown (MainProcess)',
      expect.stringMatching(/Restoring 4 unacknowledged message\(s\)$/) as string,
    ]);
    expect(run.lines('client').at(-1)).toBe('STARTED PENDING PENDING PENDING PENDING');
  });

  test('the order of the queue survives: a second worker takes 1, 2, 3, 4', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { sleep } from './tasks.ts';
for (let i = 0; i < 5; i++) await sleep.delay(3, String(i));`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 1',
        client: { run: 'client.ts', startMs: 1610 },
        w2: { run: 'celery -A tasks worker -l info -c 1', startMs: 8000 },
      },
      faults: [{ atMs: 2920, signal: 'w1', name: 'SIGTERM' }],
    });
    const begun = run.lines('w2').filter((line) => line.includes('begin'));
    expect(begun.map((line) => line.split('begin ')[1])).toEqual(['1 3', '2 3', '3 3', '4 3']);
  });
});
