// NODE2: a tutorial's Celery on one machine, with more processes than cores, wherever windows are cut.

import { expect, test } from 'vitest';
import { experiment, type ExperimentOptions } from './harness.ts';
import { tasksFile } from './programs.ts';

const CLIENT = `import { add } from './tasks.ts';
for (let n = 0; n < 12; n++) {
  const rs = [];
  for (let i = 0; i < n; i++) rs.push(await add.delay(i, i));
  for (const r of rs) await r.get();
}
console.log('done');`;

test('NODE2 KT3 what arrives while a process is at its turn moves no clock back', async () => {
  const options: ExperimentOptions = {
    files: {
      'tasks.ts': tasksFile({ broker: 'redis://localhost/1', backend: 'redis://localhost/2' }),
      'client.ts': CLIENT,
    },
    nodes: {
      redis: { run: 'redis-server', machine: 'vm' },
      worker: { run: 'celery -A tasks worker', machine: 'vm' },
      client: { run: 'client.ts', machine: 'vm', startMs: 1612 },
    },
    machines: { vm: { cores: 3 } },
    network: { latencyMs: 10 },
    seed: 2,
    untilMs: 20_000,
  };
  const run = await experiment(options);
  expect(run.end.reason).toBe('quiescent');
  expect(run.lines('client')).toEqual(['done']);
  const cut = await experiment({ ...options, windowSeed: 1 });
  expect(cut.end.digest).toBe(run.end.digest);
});
