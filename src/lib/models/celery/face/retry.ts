// `self.retry` and its waits, as Celery's Task.retry and autoretry.py have them.

import { wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { isoOf, wallUsOf, type CeleryApp } from '../app.ts';
import {
  CeleryError,
  ImproperlyConfigured,
  MaxRetriesExceededError,
  Reject,
  Retry,
} from '../errors.ts';
import type { CallContext, CallValues } from '../space.ts';
import { checkOptions } from './context.ts';

export interface RetryOptions {
  exc?: unknown;
  /** Seconds. */
  countdown?: number;
  eta?: Date | string;
  maxRetries?: number | null;
  args?: readonly unknown[];
  kwargs?: Readonly<Record<string, unknown>>;
  queue?: string;
}

const RETRY_OPTIONS = ['exc', 'countdown', 'eta', 'maxRetries', 'args', 'kwargs', 'queue'] as const;

/** Of a task. */
export interface RetryRules {
  /** Without end when null. */
  maxRetries: number | null;
  /** Seconds. */
  defaultRetryDelay: number;
  autoretryFor: readonly unknown[];
  dontAutoretryFor: readonly unknown[];
  retryKwargs: RetryOptions;
  /** Seconds that the first wait takes; 0: `defaultRetryDelay` each time. */
  retryBackoff: number;
  retryBackoffMax: number;
  retryJitter: boolean;
}

/** A run: its arguments, and the message that it came with. */
interface Run {
  call: CallValues;
  context: CallContext | null;
}

/** Seconds to wait before the attempt after `retries` others. */
export function backoffSeconds(
  { retryBackoff, retryBackoffMax, retryJitter }: RetryRules,
  retries: number,
  random: () => number,
): number {
  const most = Math.min(retryBackoffMax, Math.floor(Math.max(1, retryBackoff)) * 2 ** retries);
  return retryJitter ? Math.floor(random() * (most + 1)) : most;
}

/**
 * Sends the task again and ends this run.
 *
 * @throws Retry when it has been sent; `exc`, or else MaxRetriesExceededError, after the last attempt
 */
export function* retry(
  app: CeleryApp,
  rules: RetryRules,
  { call, context }: Run,
  options: RetryOptions,
): Body<never> {
  checkOptions('option of retry', options, RETRY_OPTIONS);
  const { exc = null, maxRetries = rules.maxRetries, args, kwargs, queue } = options;
  if (context === null) throw exc ?? new Retry();
  const retries = context.headers.retries + 1;
  const next: CallValues = {
    positional: args ?? call.positional,
    keywords: kwargs ?? call.keywords,
  };
  if (maxRetries !== null && retries > maxRetries) {
    throw exc ?? new MaxRetriesExceededError(yield* exhausted(app, context, next));
  }
  const { etaUs, when } = dueOf(app, rules, options);
  const reason = exc === null ? '' : `: ${yield* wait(app.space.reprError(exc))}`;
  const again = new Retry(`Retry ${when}${reason}`, exc);
  again.again = next;
  if (context.isEager) throw again;
  const isChanged = args !== undefined || kwargs !== undefined;
  try {
    yield* app.resend(context, {
      retries,
      etaUs,
      ...(isChanged ? { call: next } : {}),
      ...(queue === undefined ? {} : { queue }),
    });
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
    throw new Reject(error, false);
  }
  throw again;
}

function* exhausted(app: CeleryApp, { headers }: CallContext, call: CallValues): Body<string> {
  const { positional, keywords } = yield* wait(app.space.reprCall(call));
  return `Can't retry ${headers.task}[${headers.id}] args:${positional} kwargs:${keywords}`;
}

function dueOf(
  { process }: CeleryApp,
  { defaultRetryDelay }: RetryRules,
  { countdown, eta }: RetryOptions,
): { etaUs: number; when: string } {
  if (eta === undefined) {
    const seconds = countdown ?? defaultRetryDelay;
    return { etaUs: process.wallUs() + usFromSeconds(seconds), when: `in ${seconds}s` };
  }
  const etaUs = wallUsOf(typeof eta === 'string' ? eta : eta.toISOString());
  if (etaUs === null) throw new ImproperlyConfigured(`invalid eta: ${String(eta)}`);
  return { etaUs, when: `at ${isoOf(etaUs).replace('T', ' ')}` };
}
