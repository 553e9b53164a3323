// How kombu publishes when the broker is away: it connects at 0, 2 and 6 s and then gives up (observed,
// SEMANTICS 1.9), and a publish that fails on an open connection is tried again on a new one, which is
// how one call can become two messages.

import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { OperationalError } from '../errors.ts';

/** Waits between the attempts to connect. */
const CONNECT_WAITS_US = [2_000_000, 4_000_000] as const;
/** `task_publish_retry_policy`: at most 3 more attempts, 0, 0.2 and 0.4 s apart. */
const PUBLISH_WAITS_US = [0, 200_000, 400_000] as const;

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

/** Publishes, and again after a connection lost meanwhile. */
export function* publishWithRetries(
  process: NodeProcess,
  publish: () => Body<void>,
  isRecoverable: (error: unknown) => boolean,
): Body<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return yield* publish();
    } catch (error) {
      if (!isRecoverable(error)) throw error;
      const waitUs = PUBLISH_WAITS_US[attempt];
      if (waitUs === undefined) throw OperationalError.from(error as Error);
      if (waitUs > 0) yield* wait(process.sleepUs(waitUs, { label: 'publish retry' }));
    }
  }
}
