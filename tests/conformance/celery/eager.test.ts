// Tasks that run where they are called: what Celery 5.2.6 printed for the same program in Python, in
// TypeScript's words. No broker is there.

import { expect, test } from 'vitest';
import { experiment } from './harness.ts';

const TASKS = `import { Celery, Task } from 'celery';
export const app = new Celery('tasks', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
class Noted extends Task {
  beforeStart(id, args) { console.log('beforeStart', JSON.stringify(args)); }
  onSuccess(value) { console.log('onSuccess', value); }
  onFailure(error) { console.log('onFailure', error.message); }
  onRetry(error) { console.log('onRetry', error.message); }
  afterReturn(state) { console.log('afterReturn', state); }
}
export const add = app.task(function add(x: number, y: number) { return x + y; }, { base: Noted });
export const mul = app.task(function mul(x: number, y: number) { return x * y; });
export const xsum = app.task(function xsum(n: number[]) { return n.reduce((a, b) => a + b, 0); });
export const boom = app.task(function boom() { throw new RangeError('boom'); }, { base: Noted });
export const again = app.task(async function again(self, n: number) {
  const { retries, isEager, calledDirectly, id } = self.request;
  console.log('run', retries, isEager, calledDirectly, id !== null);
  if (retries < n) throw await self.retry({ countdown: 5, exc: new Error('again') });
  return retries;
}, { bind: true, base: Noted });
export const parent = app.task(async function parent() { return (await add.delay(1, 1)).get(); });
export const swap = app.task(async function swap(self) { return self.replace(mul.s(5, 5)); }, { bind: true });
export const onError = app.task(function onError(request, error, traceback) { console.log('onError', error.message); });
`;

const CLIENT = `import { chain, chord, EagerResult, group, signals } from 'celery';
import { add, again, app, boom, mul, onError, parent, swap, xsum } from './tasks.ts';
for (const name of ['taskPrerun', 'taskPostrun', 'taskSuccess', 'taskFailure', 'taskRetry', 'beforeTaskPublish']) {
  signals[name].connect(({ sender }) => console.log('signal', name, sender.name));
}
async function attempt(label: string, work: () => Promise<unknown>) {
  try { console.log(label, '->', await work()); }
  catch (error) { console.log(label, '-> threw', error.name, '|', error.message.split('\\n')[0]); }
}
async function told(sent) {
  const r = await sent;
  return [r instanceof EagerResult, await r.state, String(await r.result), await r.ready(), await r.successful(), await r.failed()].join(' ');
}
await attempt('add', () => told(add.apply([1, 2])));
await attempt('boom', () => told(boom.apply()));
await attempt('boom get', async () => (await boom.apply()).get());
await attempt('boom propagate', async () => String(await (await boom.apply()).get({ propagate: false })));
await attempt('boom throw', () => boom.apply([], { throw: true }));
await attempt('again 1', () => told(again.apply([1])));
await attempt('again 9', () => told(again.apply([9])));
await attempt('sig', async () => (await mul.s(3).apply([4])).get());
await attempt('chain', async () => (await chain(mul.s(2, 3), mul.s(4)).apply()).get());
await attempt('group', async () => JSON.stringify(await (await group(mul.s(2, 3), mul.s(4, 5)).apply()).get()));
await attempt('chord', async () => (await chord([mul.s(2, 3), mul.s(4, 5)], xsum.s()).apply()).get());
await attempt('swap', async () => (await swap.apply()).get());
app.conf.taskAlwaysEager = true;
await attempt('delay', () => told(add.delay(1, 2)));
await attempt('delay wrong', () => add.delay(1));
await attempt('delay set', () => add.delay(new Set([1]), 1));
await attempt('link', async () => (await mul.applyAsync([2, 3], { link: mul.s(10) })).get());
await attempt('linkError', () => told(boom.applyAsync([], { linkError: onError.s() })));
await attempt('parent', async () => (await parent.delay()).get());
await attempt('chain', async () => (await chain(mul.s(2, 3), mul.s(4))()).get());
await attempt('chord', async () => (await chord([mul.s(2, 3), mul.s(4, 5)])(xsum.s())).get());
await attempt('countdown', async () => (await add.applyAsync([1, 1], { countdown: 9 })).get());
app.conf.taskEagerPropagates = true;
await attempt('propagates', () => told(boom.delay()));
await attempt('again', async () => (await again.delay(1)).get());
`;

/** Lines of a run of a task that is well. */
const well = (task: string): string[] =>
  ['taskPrerun', 'taskSuccess', 'taskPostrun'].map((name) => `signal ${name} ${task}`);
const noted = (args: string, value: string, task: string): string[] => [
  `signal taskPrerun ${task}`,
  `beforeStart ${args}`,
  ...(task === 'tasks.again' ? [`run ${value} true false true`] : []),
  `onSuccess ${value}`,
  `signal taskSuccess ${task}`,
  'afterReturn SUCCESS',
  `signal taskPostrun ${task}`,
];
const failing = (task: string, text: string, before: readonly string[] = []): string[] => [
  `signal taskPrerun ${task}`,
  ...before,
  `onFailure ${text}`,
  `signal taskFailure ${task}`,
  'afterReturn FAILURE',
  `signal taskPostrun ${task}`,
];
const boom = failing('tasks.boom', 'boom', ['beforeStart []']);
const retried = (n: number, run: number): string[] => [
  'signal taskPrerun tasks.again',
  `beforeStart [${n}]`,
  `run ${run} true false true`,
  'onRetry again',
  'signal taskRetry tasks.again',
  'signal taskPostrun tasks.again',
];
const thrown = ['signal taskPrerun tasks.boom', 'beforeStart []', 'signal taskPostrun tasks.boom'];
const mul = well('tasks.mul');

test('SEMANTICS 1.2 eager tasks run here, with hooks and signals, in no time', async () => {
  const run = await experiment({
    files: { 'tasks.ts': TASKS, 'client.ts': CLIENT },
    nodes: { client: 'client.ts' },
  });
  expect(run.lines('client')).toEqual([
    ...noted('[1,2]', '3', 'tasks.add'),
    'add -> true SUCCESS 3 true true false',
    ...boom,
    'boom -> true FAILURE RangeError: boom true false true',
    ...boom,
    'boom get -> threw RangeError | boom',
    ...boom,
    'boom propagate -> RangeError: boom',
    ...thrown,
    'boom throw -> threw RangeError | boom',
    ...retried(1, 0),
    ...noted('[1]', '1', 'tasks.again'),
    'again 1 -> true SUCCESS 1 true true false',
    ...[0, 1, 2].flatMap((n) => retried(9, n)),
    ...failing('tasks.again', 'again', ['beforeStart [9]', 'run 3 true false true']),
    'again 9 -> true FAILURE Error: again true false true',
    ...mul,
    'sig -> 12',
    ...mul,
    ...mul,
    'chain -> 24',
    ...mul,
    ...mul,
    'group -> [6,20]',
    ...mul,
    ...mul,
    ...well('tasks.xsum'),
    'chord -> 26',
    'signal taskPrerun tasks.swap',
    ...mul,
    ...well('tasks.swap').slice(1),
    'swap -> 25',
    ...noted('[1,2]', '3', 'tasks.add'),
    'delay -> true SUCCESS 3 true true false',
    "delay wrong -> threw TypeError | add() missing 1 required positional argument: 'y'",
    'delay set -> threw EncodeError | Object of type set is not JSON serializable',
    'signal taskPrerun tasks.mul',
    ...mul,
    ...mul.slice(1),
    'link -> 6',
    ...failing('tasks.boom', 'boom', ['beforeStart []', 'onError boom']),
    'linkError -> true FAILURE RangeError: boom true false true',
    'signal taskPrerun tasks.parent',
    ...noted('[1,1]', '2', 'tasks.add'),
    'signal taskFailure tasks.parent',
    'signal taskPostrun tasks.parent',
    'parent -> threw RuntimeError | Never call result.get() within a task!',
    ...mul,
    ...mul,
    'chain -> 24',
    ...mul,
    ...mul,
    ...well('tasks.xsum'),
    'chord -> 26',
    ...noted('[1,1]', '2', 'tasks.add'),
    'countdown -> 2',
    ...thrown,
    'propagates -> threw RangeError | boom',
    'signal taskPrerun tasks.again',
    'beforeStart [1]',
    'run 0 true false true',
    'signal taskPostrun tasks.again',
    "again -> threw Retry | Retry in 5s: Error('again')",
  ]);
  expect(run.end.tUs).toBeLessThan(10_000);
  expect(run.of('send')).toEqual([]);
});
