// Waiting for the result of a task: what both faces' `AsyncResult.get` rests on.

import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from './app.ts';
import type { Found } from './backends/backend.ts';
import { TimeoutError } from './errors.ts';
import { shortened } from './previews.ts';

/** Whose result, and for how long. */
export interface ResultWait {
  taskId: string;
  /** `tasks.add`, for the report of who waits for what (KT8). */
  name: string;
  /** Seconds; without it, for as long as it takes. */
  timeout?: number | undefined;
  /** Tasks whose failure ends the wait, the first ones first. */
  watched?: readonly string[];
  /**
   * They are members of one group, and each is waited for. Others came before the task: Celery looks
   * at them when its result comes, and each second.
   */
  isGroup?: boolean;
}

/** How often those before it are looked at while the result does not come. */
const LOOK_US = 1_000_000;

/**
 * Waits until a task has ended, or one of those that are watched has failed.
 *
 * @throws TimeoutError when it is late; what the backend throws
 */
export function* waitForResult(app: CeleryApp, options: ResultWait): Body<Found> {
  const beganUs = app.process.nowUs();
  const found = yield* awaited(app, options);
  if (found.taskId === options.taskId || options.isGroup) return found;
  const sinceUs = app.process.nowUs() - beganUs;
  const lookS = (LOOK_US - (sinceUs % LOOK_US)) / 1e6;
  const leftS = options.timeout === undefined ? Infinity : options.timeout - sinceUs / 1e6;
  try {
    const { taskId, name } = options;
    yield* awaited(app, { taskId, name, timeout: Math.max(0, Math.min(lookS, leftS)) });
  } catch (error) {
    if (!(error instanceof TimeoutError) || leftS < lookS) throw error;
  }
  return found;
}

function* awaited(app: CeleryApp, options: ResultWait): Body<Found> {
  return yield* app.backend.wait(options, (promise) => waiting(app, promise, options));
}

/** Waits, says for what (KT8), and gives up in time. */
function* waiting<T>(
  { process, brokerUrl, backend }: CeleryApp,
  promise: SimPromise<T>,
  { taskId, name, timeout }: ResultWait,
): Body<T> {
  const what = shortened(`result of ${name}[${taskId}]`);
  const by = [...new Set([brokerUrl.host, ...backend.hosts])];
  if (timeout === undefined) return yield* wait(process.waitFor(promise, { what, by }));
  const delayUs = usFromSeconds(timeout);
  const late = SimPromise.withResolvers<never>();
  const timer = process.setTimer(
    delayUs,
    () => late.reject(new TimeoutError('The operation timed out.')),
    { label: 'timeout of get' },
  );
  const dueUs = process.nowUs() + delayUs;
  try {
    const first: SimPromise<unknown> = SimPromise.race<unknown>([promise, late.promise]);
    return (yield* wait(process.waitFor(first, { what, by, dueUs }))) as T;
  } finally {
    process.clearTimer(timer);
  }
}
