// The questions of `app.control` and `app.control.inspect()`, under Python's names with their
// defaults (celery/app/control.py).

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { ask, byWorker, cast, type Arguments, type Reply } from './client.ts';

/** What all of them may say. */
export interface ControlOptions {
  /** Workers' names; one name alone is a mistake, as in the real one. */
  destination?: readonly string[] | null;
  /** Wait for answers? */
  reply?: boolean;
  /** Seconds. Default 1. */
  timeout?: number;
  limit?: number | null;
  /** Called with each answer as it comes. */
  onReply?: (reply: Reply) => void;
}

/** Sends a command; returns the answers when they are asked for, else null. */
export function* broadcast(
  app: CeleryApp,
  method: string,
  given: Arguments,
  options: ControlOptions,
): Body<Reply[] | null> {
  const { destination = null, reply = false, timeout = 1, limit = null } = options;
  if (destination !== null && !Array.isArray(destination)) {
    throw new ImproperlyConfigured(`destination must be a list/tuple not ${typeof destination}`);
  }
  const { onReply } = options;
  const question = {
    ...{ method, arguments: given, destination, timeoutS: timeout, limit },
    ...(onReply ? { onReply } : {}),
  };
  if (reply) return yield* ask(app, question);
  yield* cast(app, question);
  return null;
}

/** Asks workers about themselves; null when nobody answers. */
export function* inspect(
  app: CeleryApp,
  method: string,
  given: Arguments,
  options: Omit<ControlOptions, 'reply'>,
): Body<Reply | null> {
  const replies = yield* broadcast(app, method, given, { ...options, reply: true });
  return replies && replies.length > 0 ? byWorker(replies) : null;
}
