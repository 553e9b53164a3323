// The programs of the recorded runs (reference case `*/src/tasks.py`), in TypeScript.

/** `track`: `task_track_started`, on in the recorded runs. */
export interface TaskFileOptions {
  broker?: string;
  backend?: string | null;
  track?: boolean;
  /** More lines, e.g. settings. */
  settings?: string;
}

export const REDIS = 'redis://broker:6379/1';
export const REDIS_RESULTS = 'redis://results:6379/2';
export const AMQP = 'amqp://guest@broker//';

export function tasksFile(options: TaskFileOptions = {}): string {
  const { broker = REDIS, backend = REDIS_RESULTS, track = true, settings = '' } = options;
  const results = backend === null ? '' : `, backend: '${backend}'`;
  return `import { Celery } from 'celery';
import { sleep as pause } from 'node';
export const app = new Celery('tasks', { broker: '${broker}'${results} });
app.conf.taskTrackStarted = ${track};
${settings}
async function work(n: number, tag: string) {
  console.log('begin', tag, n);
  await pause(n);
  console.log('end', tag, n);
  return tag;
}
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const boom = app.task(function boom(x: number) { throw new Error('boom ' + x); });
export const sleep = app.task(async function sleep(n: number, tag: string) { return work(n, tag); });
export const sleepLate = app.task(async function sleepLate(n: number, tag: string) {
  return work(n, tag);
}, { acksLate: true });
export const sleepLateRej = app.task(async function sleepLateRej(n: number, tag: string) {
  return work(n, tag);
}, { acksLate: true, rejectOnWorkerLost: true });
export const ignored = app.task(function ignored() { return 5; }, { ignoreResult: true });
export const badResult = app.task(function badResult() { return new Set([1]); });
`;
}

/** Sends one 4-s task and notes how its state changes, as the clients of fault-kill9-* do. */
export function watchClient(task: string, seconds: number): string {
  return `import { ${task} } from './tasks.ts';
import { sleep as pause } from 'node';
const r = await ${task}.delay(4, 'T');
console.log('sent');
const began = Date.now();
const seen: string[] = [];
while (Date.now() - began < ${seconds * 1000}) {
  const state = await r.state;
  if (!seen.at(-1)?.startsWith(state)) seen.push(state + ' ' + Math.round((Date.now() - began) / 1000));
  if (await r.ready()) break;
  await pause(0.1);
}
console.log('states', seen.join(', '));
`;
}
