// Where a learner stands in a lesson: the step that is read, what was predicted, which predictions
// the runs have settled, which goals have held. Kept in this browser, per lesson.

import { holds } from '#lib/lessons/checks.ts';
import type { LessonJson } from '#lib/lessons/schema.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { keepProgress, NO_PROGRESS, readProgress, type KeptProgress } from './kept-progress.ts';

/** A quiz among the choices, where a prediction has its own name. */
export const quizKey = (id: string): string => `quiz:${id}`;
export const trialKey = (id: string): string => `trial:${id}`;

/** What progress needs to know of a lesson. */
export interface ProgressOf extends Pick<LessonJson, 'predictions' | 'goals'> {
  /** Null keeps nothing. */
  slug: string | null;
  /** May change while a lesson is written. */
  readonly stepCount: number;
  /** The step, from 0, on which a prediction is asked for. */
  askedAt: (id: string) => number;
}

export class LessonProgress {
  readonly #lesson: ProgressOf;
  /** Runs that were on stage when the page was turned, with the step that was left. */
  readonly #left = new WeakMap<TraceStore, number>();
  #kept = $state.raw<KeptProgress>(NO_PROGRESS);

  constructor(lesson: ProgressOf) {
    this.#lesson = lesson;
  }

  get #of(): KeptProgress['of'] {
    const { stepCount, goals } = this.#lesson;
    return { steps: stepCount, goals: Object.keys(goals).length };
  }

  /** Brings back where the learner stopped. In the browser, after hydration. */
  restore(): void {
    const { slug } = this.#lesson;
    const kept = slug === null ? null : readProgress(slug);
    if (kept) this.#kept = { ...kept, step: Math.min(kept.step, this.#of.steps - 1) };
  }

  get step(): number {
    return this.#kept.step;
  }

  /** @param shown the run on stage: it answers nothing that is asked from here on */
  goTo(step: number, shown: TraceStore | null): void {
    if (shown && !this.#left.has(shown)) this.#left.set(shown, this.step);
    this.#change({ step: Math.min(Math.max(0, step), this.#of.steps - 1) });
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
    return Object.keys(this.#lesson.predictions).some((id) => this.#kept.chosen[id] !== undefined);
  }

  /** A run has been seen to its end: it answers what was asked for by then. */
  record(trace: TraceStore): void {
    const step = Math.min(this.step, this.#left.get(trace) ?? Infinity);
    const settled = Object.entries(this.#lesson.predictions)
      .filter(([id]) => !this.isSettled(id) && this.#lesson.askedAt(id) <= step)
      .filter(([, { settled }]) => settled.every((check) => holds(check, trace)))
      .map(([id]) => id);
    if (settled.length > 0) this.#change({ settled: [...this.#kept.settled, ...settled] });
  }

  /** A goal has held on all its seeds. */
  hold(goal: string): void {
    if (!this.#kept.held.includes(goal)) this.#change({ held: [...this.#kept.held, goal] });
  }

  reset(): void {
    this.#kept = NO_PROGRESS;
    this.#keep(null);
  }

  #change(change: Partial<KeptProgress>): void {
    this.#kept = { ...this.#kept, of: this.#of, ...change };
    // Where nothing can be kept it lasts as long as the page.
    this.#keep(this.#kept);
  }

  #keep(kept: KeptProgress | null): void {
    const { slug } = this.#lesson;
    if (slug !== null) keepProgress(slug, kept);
  }
}
