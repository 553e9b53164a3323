// How kombu publishes when the broker is away. Who was never connected tries at 0, 2 and 6 s, whatever the
// policy (observed, SEMANTICS 1.9). On a connection that breaks, or is broken, the policy counts: by
// default it is tried again after 0, 0.2 and 0.4 s (5.2.6 run), which is how one call can become two
// messages.

import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { OperationalError } from '../errors.ts';

/** Waits between the attempts to connect. */
const CONNECT_WAITS_US = [2_000_000, 4_000_000] as const;

/** `task_publish_retry_policy`, in seconds: waits grow by a step up to a limit. */
export interface RetryPolicy {
  /** Without end when null. */
  maxRetries: number | null;
  intervalStart: number;
  intervalStep: number;
  intervalMax: number;
}

export const PUBLISH_POLICY: Readonly<RetryPolicy> = {
  maxRetries: 3,
  intervalStart: 0,
  intervalStep: 0.2,
  intervalMax: 1,
};

/**
 * Connects, with kombu's retries.
 *
 * @param isRecoverable errors after which it is tried again
 * @throws OperationalError with the text of the last failure
 */
export function* connectWithRetries<T>(
  process: NodeProcess,
  connect: () => Body<T>,
  isRecoverable: (error: unknown) => boolean,
): Body<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return yield* connect();
    } catch (error) {
      if (!isRecoverable(error)) throw error;
      const waitUs = CONNECT_WAITS_US[attempt];
      if (waitUs === undefined) throw OperationalError.from(error as Error);
      yield* wait(process.sleepUs(waitUs, { label: 'connection retry' }));
    }
  }
}

/**
 * Publishes, and again as the policy says when the connection breaks.
 *
 * @param policy null: it is not tried again
 * @throws OperationalError with the text of the last failure
 */
export function* publishWithRetries(
  process: NodeProcess,
  publish: () => Body<void>,
  isRecoverable: (error: unknown) => boolean,
  policy: RetryPolicy | null = PUBLISH_POLICY,
): Body<void> {
  for (let retries = 0; ; retries++) {
    try {
      return yield* publish();
    } catch (error) {
      if (!isRecoverable(error)) throw error;
      const isLast = !policy || (policy.maxRetries !== null && retries >= policy.maxRetries);
      if (isLast) throw OperationalError.from(error as Error);
      const { intervalStart, intervalStep, intervalMax } = policy;
      const waitS = Math.min(intervalStart + retries * intervalStep, intervalMax);
      const waitUs = usFromSeconds(waitS);
      if (waitUs > 0) yield* wait(process.sleepUs(waitUs, { label: 'publish retry' }));
    }
  }
}
