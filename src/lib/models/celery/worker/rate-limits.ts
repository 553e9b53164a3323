// How often a worker may begin a task: one token bucket per task, which holds one token at most
// (celery/worker/consumer/consumer.py, kombu/utils/limits.py). Tasks over the limit wait here, received
// and unacknowledged.

import type { NodeProcess } from '#lib/node/process.ts';
import { BuiltinError } from '../errors.ts';
import { shortened } from '../previews.ts';
import { pythonRepr } from '../python-repr.ts';
import type { Request } from './request.ts';

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/**
 * Tasks a second of `2/s`, `10/m`, `100/h`, `5`; 0: without limit.
 *
 * @throws BuiltinError a ValueError or a KeyError, as `rate` of celery/utils/time.py does
 */
export function rateOf(text: string): number {
  if (text === '') return 0;
  const [amount = '', unit = ''] = text.split(/\/(.*)/s);
  const seconds = Object.hasOwn(SECONDS, unit) ? SECONDS[unit]! : null;
  if (seconds === null) throw new BuiltinError('KeyError', unit);
  if (!NUMBER.test(amount)) {
    throw new BuiltinError(
      'ValueError',
      `could not convert string to float: ${pythonRepr(amount)}`,
    );
  }
  return Number(amount) / seconds;
}

interface Bucket {
  /** Tokens a microsecond. */
  rate: number;
  tokens: number;
  filledUs: number;
  waiting: Request[];
  timer: number;
}

export class RateLimits {
  readonly #process: NodeProcess;
  readonly #begin: (request: Request) => void;
  /** Of each task the one that counts. */
  readonly #buckets = new Map<string, Bucket>();
  /** Those in which tasks wait, old ones among them. */
  readonly #waiting = new Set<Bucket>();
  /** Set by remote control: these count instead of what the task says. */
  readonly #changed = new Map<string, string | null>();

  /** @param begin called for each task when it may begin */
  constructor(process: NodeProcess, begin: (request: Request) => void) {
    this.#process = process;
    this.#begin = begin;
  }

  /** Takes a task that has a limit; false when it has none. */
  hold(request: Request): boolean {
    const { name, options } = request.task;
    const rate = rateOf(this.limitOf(name, options.rateLimit) ?? '');
    if (rate === 0) return false;
    const bucket = this.#bucketOf(name, rate / 1e6);
    bucket.waiting.push(request);
    if (bucket.timer === 0) this.#serve(name, bucket);
    return true;
  }

  /**
   * Another limit for the tasks that come from now on; null for none. All buckets are new then, and what
   * waits in old ones goes on at the old pace (`reset_rate_limits`).
   */
  change(name: string, limit: string | null): void {
    this.#changed.set(name, limit);
    this.#buckets.clear();
  }

  /** The limit that holds, or null. */
  limitOf(name: string, own: string | undefined): string | null {
    const changed = this.#changed.get(name);
    return changed === undefined ? (own ?? null) : changed;
  }

  /** Forgets what waits: it goes back to its queue. */
  clear(): void {
    for (const { timer } of this.#waiting) this.#process.clearTimer(timer);
    this.#waiting.clear();
    this.#buckets.clear();
  }

  #bucketOf(name: string, rate: number): Bucket {
    const known = this.#buckets.get(name);
    if (known) return known;
    const bucket = { rate, tokens: 1, filledUs: this.#process.nowUs(), waiting: [], timer: 0 };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #serve(name: string, bucket: Bucket): void {
    while (bucket.waiting.length > 0) {
      const nowUs = this.#process.nowUs();
      bucket.tokens = Math.min(1, bucket.tokens + bucket.rate * (nowUs - bucket.filledUs));
      bucket.filledUs = nowUs;
      const leftUs = Math.ceil((1 - bucket.tokens) / bucket.rate);
      if (leftUs > 0) return this.#await(name, bucket, leftUs);
      bucket.tokens -= 1;
      this.#begin(bucket.waiting.shift()!);
    }
  }

  #await(name: string, bucket: Bucket, leftUs: number): void {
    const again = (): void => {
      bucket.timer = 0;
      this.#waiting.delete(bucket);
      this.#serve(name, bucket);
    };
    const label = shortened(`rate limit of ${name}`);
    this.#waiting.add(bucket);
    bucket.timer = this.#process.setTimer(leftUs, again, { label });
  }
}
