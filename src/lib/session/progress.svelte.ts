// Where a learner stands in a lesson: the step that is read, what was predicted, which predictions
// the runs have settled. Kept in this browser, per lesson.

import { holds } from '#lib/lessons/checks.ts';
import type { LessonJson } from '#lib/lessons/schema.ts';
import type { TraceStore } from '#lib/trace/store.ts';

const PREFIX = 'lightcone:progress:';

/** A quiz among the choices, where a prediction has its own name. */
export const quizKey = (id: string): string => `quiz:${id}`;

interface Kept {
  step: number;
  chosen: Record<string, string>;
  settled: string[];
}

export class LessonProgress {
  readonly #key: string;
  readonly #predictions: LessonJson['predictions'];
  readonly #stepCount: number;
  #kept = $state.raw<Kept>({ step: 0, chosen: {}, settled: [] });

  constructor(slug: string, predictions: LessonJson['predictions'], stepCount: number) {
    this.#key = PREFIX + slug;
    this.#predictions = predictions;
    this.#stepCount = stepCount;
  }

  /** Brings back where the learner stopped. In the browser, after hydration. */
  restore(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? '{}') as Partial<Kept>;
      const { step, chosen, settled } = kept;
      this.#kept = {
        step: Number.isInteger(step) ? Math.min(Math.max(0, step!), this.#stepCount - 1) : 0,
        chosen: typeof chosen === 'object' && chosen !== null ? { ...chosen } : {},
        settled: Array.isArray(settled) ? settled : [],
      };
    } catch {
      // Kept by another version, or not kept at all: the lesson begins.
    }
  }

  get step(): number {
    return this.#kept.step;
  }

  goTo(step: number): void {
    this.#change({ step: Math.min(Math.max(0, step), this.#stepCount - 1) });
  }

  /** The choice made for a prediction or a quiz, or undefined. */
  chosen(id: string): string | undefined {
    return this.#kept.chosen[id];
  }

  /** A run has answered it: the choice stays as it was. */
  isSettled(id: string): boolean {
    return this.#kept.settled.includes(id);
  }

  choose(id: string, choice: string): void {
    if (this.isSettled(id)) return;
    this.#change({ chosen: { ...this.#kept.chosen, [id]: choice } });
  }

  get hasPredicted(): boolean {
    return Object.keys(this.#predictions).some((id) => this.#kept.chosen[id] !== undefined);
  }

  /** A run has been seen to its end. */
  record(trace: TraceStore): void {
    const settled = Object.entries(this.#predictions)
      .filter(([id]) => !this.isSettled(id))
      .filter(([, { settled }]) => settled.every((check) => holds(check, trace)))
      .map(([id]) => id);
    if (settled.length > 0) this.#change({ settled: [...this.#kept.settled, ...settled] });
  }

  reset(): void {
    this.#kept = { step: 0, chosen: {}, settled: [] };
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // Nothing is kept, then.
    }
  }

  #change(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#kept));
    } catch {
      // It lasts as long as the page.
    }
  }
}
