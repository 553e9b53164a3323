// `replace` and `addToChord`: what Celery 5.2.6 returned for the same program in Python.

import { expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { REDIS, REDIS_RESULTS } from './programs.ts';

const TASKS = `import { Celery, chain, chord, group } from 'celery';
export const app = new Celery('tasks', { broker: '${REDIS}', backend: '${REDIS_RESULTS}' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const mul = app.task(function mul(x: number, y: number) { return x * y; });
export const xsum = app.task(function xsum(nums: number[]) { return nums.flat().reduce((a, b) => a + b, 0); });
export const echo = app.task(function echo(x: unknown) { return x; });
export const boom = app.task(function boom() { throw new RangeError('boom'); });
export const onError = app.task(function onError(request, error, traceback) { console.log('onError', request.task, error.name); });
export const instead = app.task(async function instead(self, how: string, x: number) {
  if (how === 'task') throw await self.replace(add.s(x, 100));
  if (how === 'chain') return self.replace(chain(add.s(x, 1), mul.s(10)));
  if (how === 'group') return self.replace(group(add.s(x, 1), add.s(x, 2)));
  if (how === 'chord') return self.replace(chord([add.s(x, 1), add.s(x, 2)], xsum.s()));
  if (how === 'boom') return self.replace(boom.si());
  return 'as it is';
}, { bind: true });
export const more = app.task(async function more(self, n: number) {
  for (let i = 0; i < n; i++) await self.addToChord(add.s(10, i));
  return 1;
}, { bind: true });
`;

const CLIENT = `import { chain, chord } from 'celery';
import { add, echo, instead, more, onError } from './tasks.ts';
async function attempt(label: string, sent) {
  try { console.log(label, JSON.stringify(await (await sent).get({ timeout: 3 }))); }
  catch (error) { console.log(label, error.name, error.message); }
}
for (const how of ['task', 'chain', 'group', 'chord', 'boom', 'no']) {
  await attempt(how, instead.delay(how, 1));
  await attempt('in chain', chain(instead.s(how, 1), echo.s())());
  await attempt('in chord', chord([echo.s(5), instead.s(how, 1), echo.s(7)], echo.s())());
  await attempt('linked', instead.applyAsync([how, 1], { link: echo.s(), linkError: onError.s() }));
}
const grown = await (await chord([more.s(2), add.s(1, 1)], echo.s())()).get({ timeout: 3 });
console.log('grown', JSON.stringify(grown.sort((a, b) => a - b)));
await attempt('no chord', more.delay(1));
`;

test('Task.replace keeps the id, the chain, the chord and the callbacks', async () => {
  const run = await experiment({
    files: { 'tasks.ts': TASKS, 'client.ts': CLIENT },
    nodes: {
      broker: 'redis-server',
      results: 'redis-server',
      worker: 'celery -A tasks worker -l info -c 3',
      client: { run: 'client.ts', startMs: 1600 },
    },
  });
  const of = (how: string, value: string, inChord = `[5,${value},7]`) => [
    `${how} ${value}`,
    `in chain ${value}`,
    `in chord ${inChord}`,
    `linked ${value}`,
  ];
  // Also in Celery the members of a group in the place of a chord's member have no order.
  const told = run.lines('client').map((line) => line.replace('[3,2]', '[2,3]'));
  expect(told).toEqual([
    ...of('task', '101'),
    ...of('chain', '20'),
    ...of('group', '[2,3]'),
    ...of('chord', '5'),
    ...of('boom', 'RangeError boom', 'RangeError boom'),
    ...of('no', '"as it is"'),
    'grown [1,2,10,11]',
    'no chord ValueError Current task is not member of any chord',
  ]);
  const lines = run.lines('worker');
  expect(lines.filter((line) => line.includes('onError tasks.boom RangeError'))).toHaveLength(1);
  expect(lines.filter((line) => / Task tasks\.instead\[.*\] ignored$/.test(line))).toHaveLength(20);
});
