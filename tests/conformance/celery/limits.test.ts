// SEMANTICS 1.6 and 1.11: time limits, expiry, rate limits, and pools that cannot have them.
// experiments/celery-limits; texts and the round of 5 s were seen in Celery 5.2.6.

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../../bin/experiment.ts';
import { experiment, type Experiment, type ExperimentOptions } from './harness.ts';
import { tasksFile } from './programs.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/experiments/celery-limits/', import.meta.url));

/** Without times, ids and process numbers. */
function masked(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replace(/^\[.{23}: /, '[')
      .replace(/\[[-0-9a-f]{36}\]/, '')
      .replace(/pid:\d+/, 'pid:N'),
  );
}

describe('SEMANTICS 1.6 limits', () => {
  let run: Experiment;
  let log: string[];

  beforeAll(async () => {
    const files = await readFolder(FOLDER);
    const { nodes } = JSON.parse(files['cluster.json']!) as ExperimentOptions;
    run = await experiment({ files, nodes });
    log = masked(run.lines('worker'));
  });

  test('a client sees what the limits did, and when', () => {
    expect(run.lines('client')).toEqual([
      'softly -> cleaned up (1.2 s)',
      'softly in time -> done (1.0 s)',
      'uncaught -> raised SoftTimeLimitExceeded | SoftTimeLimitExceeded() (1.0 s)',
      'stubborn -> raised TimeLimitExceeded | TimeLimitExceeded(2,) (2.0 s)',
      'after the kill -> 2 (3.2 s)',
      'of the call -> cleaned up (0.3 s)',
      'limited -> 0,1,2,3,4 (2.0 s)',
      'expired -> raised TaskRevokedError | expired (1.0 s)',
    ]);
  });

  test('the soft limit is told to the task, at its await', () => {
    const at = log.indexOf(
      '[WARNING/MainProcess] Soft time limit (1s) exceeded for tasks.uncaught',
    );
    expect(log.slice(at + 1, at + 5)).toEqual([
      '[ERROR/ForkPoolWorker-1] Task tasks.uncaught raised unexpected: SoftTimeLimitExceeded()',
      'SoftTimeLimitExceeded: SoftTimeLimitExceeded()',
      '    at work (tasks.ts:12)',
      '    at uncaught (tasks.ts:31)',
    ]);
  });

  test('the hard limit kills the pool process, which is missed at the next round', () => {
    const at = log.indexOf('[ERROR/MainProcess] Task handler raised error: TimeLimitExceeded(2)');
    expect(log.slice(at + 1, at + 6)).toEqual([
      'Traceback (most recent call last):',
      'billiard.exceptions.TimeLimitExceeded: TimeLimitExceeded(2,)',
      '[ERROR/MainProcess] Hard time limit (2s) exceeded for tasks.stubborn',
      '[INFO/MainProcess] Task tasks.add received',
      "[ERROR/MainProcess] Process 'ForkPoolWorker-1' pid:N exited with 'signal 9 (SIGKILL)'",
    ]);
    expect(run.whenMs('worker', 'exited with') % 5000).toBeLessThan(20);
  });

  test('an expired task is discarded when its turn comes', () => {
    expect(log.at(-1)).toBe('[INFO/MainProcess] Discarding revoked task: tasks.add');
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 0, unacked: 0 });
  });

  test('a worker names only the places of what programs print', () => {
    const placed = run.of('log', 'worker').filter(({ line }) => line !== undefined);
    expect(placed.map(({ text }) => text.replace(/.*\] /, '').replace(/ .*/, ''))).toEqual([
      'soft',
      'not',
      'soft',
    ]);
  });
});

const CLIENT = `import { sleep, boom } from './tasks.ts';
const began = Date.now();
const rs = [];
for (let i = 0; i < 3; i++) rs.push(await sleep.delay(1, String(i)));
const got = [];
for (const r of rs) got.push(await r.get({ timeout: 9 }));
console.log(got.join(' '), Math.round((Date.now() - began) / 1000));
try { await (await boom.delay(1)).get({ timeout: 5 }); } catch (error) { console.log(error.message); }
`;

const options = (worker: string): ExperimentOptions => ({
  files: { 'tasks.ts': tasksFile(), 'client.ts': CLIENT },
  nodes: {
    broker: 'redis-server',
    results: 'redis-server',
    worker: `celery -A tasks worker -l info ${worker}`,
    client: { run: 'client.ts', startMs: 1600 },
  },
});

describe('SEMANTICS 1.11 pools', () => {
  test('pool-threads: as many at a time as there are threads, all in MainProcess', async () => {
    const run = await experiment(options('-c 2 -P threads'));
    expect(run.lines('client')).toEqual(['0 1 2 2', 'boom 1']);
    expect(run.lines('worker').join('\n')).not.toContain('ForkPoolWorker');
    expect(run.of('spawn')).toEqual([]);
  });

  test('--max-tasks-per-child replaces a pool process without a word', async () => {
    const run = await experiment(options('-c 1 --max-tasks-per-child 2'));
    expect(run.lines('client')).toEqual(['0 1 2 3', 'boom 1']);
    const by = run
      .lines('worker')
      .flatMap((line) => /(ForkPoolWorker-\d)\] Task/.exec(line)?.[1] ?? []);
    expect(by).toEqual([
      'ForkPoolWorker-1',
      'ForkPoolWorker-1',
      'ForkPoolWorker-2',
      'ForkPoolWorker-2',
    ]);
    expect(run.lines('worker').join('\n')).not.toContain('exited');
  });

  test('--time-limit holds for tasks that say nothing themselves, written as a float', async () => {
    const { files, nodes } = options('-c 1 --time-limit 1.5');
    const program = CLIENT.replace('delay(1, String(i))', 'delay(9, String(i))');
    const run = await experiment({
      files: {
        ...files,
        'client.ts':
          `try {${program.slice(program.indexOf('const began'))}} catch (error) { console.log(error.message); }`.replace(
            /^/,
            "import { sleep, boom } from './tasks.ts';\n",
          ),
      },
      nodes,
      untilMs: 20_000,
    });
    expect(run.lines('client')[0]).toBe('TimeLimitExceeded(1.5,)');
    expect(masked(run.lines('worker'))).toContain(
      '[ERROR/MainProcess] Hard time limit (1.5s) exceeded for tasks.sleep',
    );
  });
});
