// Tries a goal of a lesson on many seeds: the learner's program under the lesson's faults, run
// where nobody watches, each trace held against the goal's checks.

import { holds, sentenceOf } from '#lib/lessons/checks.ts';
import type { Files } from '#lib/experiment/experiment.ts';
import type { Submission } from '#lib/lessons/submission.ts';
import type { Goal, LessonText } from '#lib/lessons/schema.ts';
import { TraceStore } from '#lib/trace/store.ts';
import type { Session } from './session.svelte.ts';

/** The first seed that broke the goal, and the check that did not hold. */
interface Broken {
  seed: number;
  sentence: LessonText;
}

export class GoalCheck {
  readonly #session: Session;
  readonly #goal: Goal;
  /** By seed, from 1: what came of it. */
  #results = $state.raw<readonly boolean[]>([]);
  /** What was tried, and by seed the digest of its run. */
  #files: Files = {};
  #digests: (string | undefined)[] = [];
  #broken = $state.raw<Broken | null>(null);
  #isRunning = $state(false);
  #failure = $state<string | null>(null);
  #attempt = 0;

  constructor(session: Session, goal: Goal) {
    this.#session = session;
    this.#goal = goal;
  }

  get count(): number {
    return this.#goal.seeds;
  }

  get results(): readonly boolean[] {
    return this.#results;
  }

  get broken(): Broken | null {
    return this.#broken;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Why it could not be tried: the first mistake in the files, or what broke. */
  get failure(): string | null {
    return this.#failure;
  }

  get hasHeld(): boolean {
    return this.isDone && this.#results.every(Boolean);
  }

  /** Every seed was tried. */
  get isDone(): boolean {
    return this.#results.length === this.count;
  }

  /** The files that were tried and what came of them, for whoever judges it. */
  get answer(): Pick<Submission, 'files' | 'runs'> {
    const runs = this.#results.map((hasHeld, index) => {
      const digest = this.#digests[index];
      return { seed: index + 1, ...(digest && { digest }), hasHeld };
    });
    return { files: this.#files, runs };
  }

  /** Tries all seeds, from 1 on. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    const attempt = ++this.#attempt;
    this.#isRunning = true;
    this.#results = [];
    this.#files = { ...this.#session.workspace.ownFiles };
    this.#digests = [];
    this.#broken = null;
    this.#failure = null;
    try {
      const thread = await this.#session.startCheck(this.#goal.faults);
      try {
        for (let seed = 1; seed <= this.count && attempt === this.#attempt; seed++) {
          const trace = new TraceStore();
          const { end } = await thread.run({ seed, ontext: (text) => trace.append(text) });
          this.#digests.push(end.digest);
          this.#take(seed, trace);
        }
      } finally {
        thread.close();
      }
    } catch (error) {
      this.#failure = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Puts the seed that broke it, and the goal's faults, on stage. */
  watch(): void {
    if (!this.#broken) return;
    this.#session.watch(this.#broken.seed, this.#goal.faults);
  }

  #take(seed: number, trace: TraceStore): void {
    const failed = this.#goal.checks.find((check) => !holds(check, trace));
    this.#results = [...this.#results, !failed];
    if (failed && !this.#broken) this.#broken = { seed, sentence: sentenceOf(failed) };
  }
}
