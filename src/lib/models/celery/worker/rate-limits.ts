// How often a worker may begin a task: one token bucket per task, which holds one token at most
// (celery/worker/consumer/consumer.py, kombu/utils/limits.py). Tasks over the limit wait here, received
// and unacknowledged.

import type { NodeProcess } from '#lib/node/process.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { shortened } from '../previews.ts';
import type { Request } from './request.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Tasks a second of `2/s`, `10/m`, `100/h`, `5`; 0: without limit.
 *
 * @throws ImproperlyConfigured
 */
export function rateOf(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:\/([smh]))?\s*$/.exec(text);
  if (!match) throw new ImproperlyConfigured(`invalid rate limit: ${text} (10/s, 10/m, 10/h)`);
  return Number(match[1]) / SECONDS[match[2] ?? 's']!;
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
  readonly #buckets = new Map<string, Bucket>();
  /** Set by remote control: these count instead of what the task says. */
  readonly #changed = new Map<string, string>();

  /** @param begin called for each task when it may begin */
  constructor(process: NodeProcess, begin: (request: Request) => void) {
    this.#process = process;
    this.#begin = begin;
  }

  /** Takes a task that has a limit; false when it has none. */
  hold(request: Request): boolean {
    const { name, options } = request.task;
    const rate = rateOf(this.#changed.get(name) ?? String(options.rateLimit ?? '0'));
    if (rate === 0) return false;
    const bucket = this.#bucketOf(name, rate / 1e6);
    bucket.waiting.push(request);
    if (bucket.timer === 0) this.#serve(name, bucket);
    return true;
  }

  /**
   * Another limit for a task, from now on; `0` for none.
   *
   * @throws ImproperlyConfigured
   */
  change(name: string, limit: string): void {
    const rate = rateOf(limit);
    this.#changed.set(name, limit);
    const bucket = this.#buckets.get(name);
    if (!bucket) return;
    this.#buckets.delete(name);
    this.#process.clearTimer(bucket.timer);
    if (rate === 0) for (const request of bucket.waiting) this.#begin(request);
    else for (const request of bucket.waiting) this.hold(request);
  }

  /** The limit that holds, or null. */
  limitOf(name: string, own: string | undefined): string | null {
    return this.#changed.get(name) ?? own ?? null;
  }

  /** Forgets what waits: it goes back to its queue. */
  clear(): void {
    for (const { timer } of this.#buckets.values()) this.#process.clearTimer(timer);
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
      this.#serve(name, bucket);
    };
    const label = shortened(`rate limit of ${name}`);
    bucket.timer = this.#process.setTimer(leftUs, again, { label });
  }
}
