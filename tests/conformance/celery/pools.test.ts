// SEMANTICS 1.11: pools whose tasks run in the main process.

import { expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { REDIS, REDIS_RESULTS } from './programs.ts';

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
