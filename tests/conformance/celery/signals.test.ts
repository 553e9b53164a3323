// SEMANTICS 1.13: the order of Celery's signals, in TypeScript. The Python face: python-parts.test.ts.

import { beforeAll, describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { REDIS, REDIS_RESULTS } from './programs.ts';

const TASKS = `import { Celery, signals } from 'celery';
import { exit, sleep } from 'node';
export const app = new Celery('tasks', { broker: '${REDIS}', backend: '${REDIS_RESULTS}' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const boom = app.task(function boom() { throw new RangeError('boom'); });
export const again = app.task(async function again(self) {
  if (self.request.retries < 1) await self.retry({ countdown: 0.1, exc: new Error('once more') });
  return self.request.mark;
}, { bind: true });
export const die = app.task(function die() { exit(1); });
const heard = [
  'beforeTaskPublish', 'afterTaskPublish', 'taskReceived', 'taskPrerun', 'taskPostrun', 'taskSuccess',
  'taskFailure', 'taskRetry', 'taskRevoked', 'taskUnknown', 'workerInit', 'workerProcessInit', 'workerReady',
  'workerShuttingDown', 'workerShutdown',
];
for (const name of heard) {
  signals[name].connect(({ sender, result, exception, reason, state, name: task, how, routingKey, expired }) => {
    const facts = [result, exception, reason, state, task, how, routingKey, expired].filter((it) => it !== undefined);
    console.log('signal', name, sender?.name ?? sender ?? null, facts.map(String).join(' '));
  });
}
`;

const CLIENT = `import { signals } from 'celery';
import { add, again, app, boom, die } from './tasks.ts';
signals.beforeTaskPublish.connect(({ headers }) => { headers.mark = 'x'; });
signals.taskSuccess.connect(() => console.log('never here'));
signals.afterTaskPublish.connect(() => { throw new TypeError('in a receiver'); }, { sender: 'tasks.boom' });
const attempt = async (r) => { try { console.log(await r.get({ timeout: 9 })); } catch (error) { console.log(error.name); } };
await attempt(await add.delay(2, 3));
await attempt(await boom.delay());
await attempt(await again.delay());
await attempt(await die.delay());
await attempt(await app.sendTask('tasks.nope'));
await attempt(await add.applyAsync([1, 1], { expires: -1 }));
`;

describe('SEMANTICS 1.13 signals', () => {
  let run: Experiment;
  const worker = (): string[] =>
    run
      .lines('worker')
      .flatMap((line) => /([-\w]+)\] signal (.*)$/.exec(line)?.slice(1).join(' ').trim() ?? []);

  beforeAll(async () => {
    run = await experiment({
      files: { 'tasks.ts': TASKS, 'client.ts': CLIENT },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        worker: 'celery -A tasks worker -l info -c 1 -n w@%h',
        client: { run: 'client.ts', startMs: 1600 },
      },
      faults: [{ atMs: 20_000, signal: 'worker', name: 'SIGTERM' }],
    });
  });

  test('a client hears of what it sends, and may add headers', () => {
    const lines = run.lines('client');
    expect(lines.slice(0, 3)).toEqual([
      'signal beforeTaskPublish tasks.add celery',
      'signal afterTaskPublish tasks.add celery',
      '5',
    ]);
    expect(lines).not.toContain('never here');
    // Also in the message that a retry sends.
    expect(lines).toContain('x');
  });

  test('a receiver that throws is reported and stops nobody', () => {
    const lines = run.lines('client');
    const at = lines.findIndex((line) => line.startsWith('Signal handler <function '));
    expect(lines[at]).toMatch(/raised: TypeError\('in a receiver'\)$/);
    expect(lines.slice(at)).toContain('RangeError');
  });

  test('a worker hears in the observed order', () => {
    const lines = worker();
    expect(lines.slice(0, 8)).toEqual([
      'MainProcess workerInit w@worker',
      'ForkPoolWorker-1 workerProcessInit null',
      'MainProcess workerReady w@worker',
      'MainProcess taskReceived w@worker',
      'ForkPoolWorker-1 taskPrerun tasks.add',
      'ForkPoolWorker-1 taskSuccess tasks.add 5',
      'ForkPoolWorker-1 taskPostrun tasks.add SUCCESS',
      'MainProcess taskReceived w@worker',
    ]);
    const of = (task: string) =>
      lines.filter((line) => line.includes(task)).map((line) => line.split(' ').slice(1).join(' '));
    expect(of('tasks.boom')).toEqual([
      'taskPrerun tasks.boom',
      'taskFailure tasks.boom RangeError: boom',
      'taskPostrun tasks.boom FAILURE',
    ]);
    expect(of('tasks.again')).toEqual([
      'taskPrerun tasks.again',
      'beforeTaskPublish tasks.again celery',
      'afterTaskPublish tasks.again celery',
      "taskRetry tasks.again Retry: Retry in 0.1s: Error('once more')",
      'taskPostrun tasks.again RETRY',
      'taskPrerun tasks.again',
      expect.stringMatching(/^taskSuccess tasks.again/) as string,
      'taskPostrun tasks.again SUCCESS',
    ]);
    expect(of('tasks.die')).toEqual([
      'taskPrerun tasks.die',
      'taskFailure tasks.die WorkerLostError: Worker exited prematurely: exitcode 1 Job: 4.',
    ]);
    expect(lines).toContain('MainProcess taskUnknown null tasks.nope');
    expect(lines).toContain('MainProcess taskRevoked tasks.add true');
    expect(lines.slice(-2)).toEqual([
      'MainProcess workerShuttingDown w@worker Warm',
      'MainProcess workerShutdown w@worker',
    ]);
  });
});
