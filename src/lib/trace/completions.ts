// What has ended, when, and how long it took: throughput and quantiles of any stretch of time, exact. Time
// is cut into stretches of one length from 0 on; of each is told what ended in it. Stretches that are over
// are computed once.

import { Column } from './columns.ts';

export interface Stretch {
  count: number;
  /** Quantiles by nearest rank: so much of what ended took at most this long, in microseconds. */
  p50: number;
  p95: number;
  p99: number;
}

const NOTHING: Stretch = { count: 0, p50: 0, p95: 0, p99: 0 };

export class Completions {
  readonly #times = new Column(new Float64Array(16));
  readonly #durations = new Column(new Float64Array(16));
  #lengthUs = 0;
  readonly #over = new Map<number, Stretch>();

  get count(): number {
    return this.#times.length;
  }

  /** Something ends that took so long; not before what ended last. */
  push(tUs: number, durationUs: number): void {
    this.#times.push(tUs);
    this.#durations.push(durationUs);
  }

  /** How many had ended by then. */
  countAt(tUs: number): number {
    return this.#times.lastAtMost(tUs) + 1;
  }

  /**
   * Each one that ended in a stretch of time, its ends included.
   *
   * @returns nothing when there are more than `most`
   */
  list(fromUs: number, toUs: number, most: number): { tUs: number; durationUs: number }[] {
    const first = this.#times.lastAtMost(fromUs - 1) + 1;
    const end = this.countAt(toUs);
    if (end - first > most) return [];
    return Array.from({ length: end - first }, (_, offset) => ({
      tUs: this.#times.data[first + offset]!,
      durationUs: this.#durations.data[first + offset]!,
    }));
  }

  /**
   * What ended in stretch `index`: from `index × lengthUs`, to before the next one.
   *
   * @param seenUs what ends later does not count
   * @param readUs nothing that ends before this will be pushed any more
   */
  stretch(index: number, lengthUs: number, seenUs: number, readUs: number): Stretch {
    if (lengthUs !== this.#lengthUs) {
      this.#lengthUs = lengthUs;
      this.#over.clear();
    }
    const known = this.#over.get(index);
    const endUs = (index + 1) * lengthUs;
    if (known && seenUs >= endUs) return known;
    const first = this.#times.lastAtMost(index * lengthUs - 1) + 1;
    const end = this.countAt(Math.min(endUs - 1, seenUs));
    const found = stretchOf(this.#durations.data.slice(first, Math.max(first, end)));
    if (seenUs >= endUs && readUs >= endUs) this.#over.set(index, found);
    return found;
  }
}

/** @param durations are put in order */
function stretchOf(durations: Float64Array): Stretch {
  const count = durations.length;
  if (count === 0) return NOTHING;
  durations.sort();
  const quantile = (share: number): number => durations[Math.ceil(share * count) - 1]!;
  return { count, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}
