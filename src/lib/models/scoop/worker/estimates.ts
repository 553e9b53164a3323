// How long a function's futures take, from those that this worker has run: decides how much work it
// keeps. The real one fits a log-normal distribution to the last ten; this takes their mean.

/** Fewer say nothing: then a future counts as endless work. */
const SAMPLES_MIN = 4;
const SAMPLES_MAX = 10;

export class Estimates {
  readonly #samples = new Map<string, number[]>();

  note(key: string, ns: number): void {
    const samples = this.#samples.get(key) ?? [];
    this.#samples.set(key, samples);
    samples.push(ns);
    if (samples.length > SAMPLES_MAX) samples.shift();
  }

  /** Nanoseconds, or infinity for what is not known. */
  of(key: string): number {
    const samples = this.#samples.get(key);
    if (!samples || samples.length < SAMPLES_MIN) return Infinity;
    return samples.reduce((sum, ns) => sum + ns, 0) / samples.length;
  }
}
