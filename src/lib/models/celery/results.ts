// Waiting for the result of a task: what both faces' `AsyncResult.get` rests on.

import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from './app.ts';
import type { ResultMeta } from './backends/backend.ts';
import { TimeoutError } from './errors.ts';
import { shortened } from './previews.ts';

/** Whose result, and for how long. */
export interface ResultWait {
  taskId: string;
  /** `tasks.add`, for the report of who waits for what (KT8). */
  name: string;
  /** Seconds; without it, for as long as it takes. */
  timeout: number | undefined;
}

/**
 * Waits until a task has ended.
 *
 * @throws TimeoutError when it is late; what the backend throws
 */
export function* waitForResult(app: CeleryApp, options: ResultWait): Body<ResultMeta> {
  return yield* app.backend.wait(options.taskId, (promise) => waiting(app, promise, options));
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
