// What Celery's Python package adds of tasks that give their place away, grow a chord, die, listen to
// signals, or run where they are called. The `.out` files are what Celery 5.2.6 printed for these
// programs on Linux; what the engine makes of them is proved beside it, in TypeScript.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { sandboxed } from '../conformance/celery/harness.ts';

const FOLDER = fileURLToPath(new URL('../fixtures/celery-python-tasks/', import.meta.url));
const HEARD = `task_received task_failure task_revoked task_unknown worker_init worker_ready
  worker_process_init worker_shutting_down worker_shutdown`;

test('Python programs print what they print with the real package', async () => {
  const files = await readFolder(FOLDER);
  const worker = { run: 'celery -A tasks worker -l info -n w1@%h -c 2', env: { LISTEN: HEARD } };
  const run = await sandboxed({
    files,
    nodes: {
      redis: 'redis-server',
      worker,
      client: { run: 'python client.py', startMs: 1600 },
      eager: 'python eager.py',
    },
    faults: [{ atMs: 60_000, signal: 'worker', name: 'SIGTERM' }],
  });
  for (const node of ['client', 'eager']) {
    const printed = `${run.lines(node).join('\n')}\n`;
    const recorded = await readFile(path.join(FOLDER, `${node}.out`), 'utf8');
    expect(printed).toBe(recorded);
  }
  const said = run
    .lines('worker')
    .flatMap((line) => /\] ((?:signal|on_error) .*)$/.exec(line)?.[1] ?? []);
  const count = (text: string): number => said.filter((line) => line.startsWith(text)).length;
  expect(count('signal task_failure tasks.die args einfo exception kwargs task_id traceback')).toBe(
    2,
  );
  expect(count('signal task_failure tasks.fail ')).toBe(4);
  expect(count('signal task_revoked tasks.plus expired request signum terminated')).toBe(1);
  expect(count('signal worker_process_init None')).toBe(4);
  expect(count('on_error tasks.die WorkerLostError None')).toBe(1);
  expect(count('on_error tasks.fail ValueError Traceback')).toBe(1);
  expect(said.slice(-2).map((line) => line.split(' ')[1])).toEqual([
    'worker_shutting_down',
    'worker_shutdown',
  ]);
}, 120_000);
