// Tries what a lesson promises while it is being written: the same trials as on the command line (lessons/trials.ts),
// on few seeds, in the sandbox of the page.

import { JsonFile } from '#lib/experiment/json-file.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import { trialsOf, type Trial } from '#lib/lessons/trials.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { Engine } from './engine.ts';
import { PythonDownload } from './python-download.svelte.ts';

/** A Python run starts interpreters, which takes seconds; `lightcone check` tries more. */
const SEED_COUNTS = { ts: 10, py: 1 } as const;

type Runs = Pick<Engine, 'prepare' | 'start' | 'close'>;

export class LessonTrials {
  readonly #engine: Runs;
  #isRunning = $state(false);
  #doneCount = $state(0);
  #count = $state(0);
  /** Null while nothing was tried, or something else than what stands there now. */
  #problems = $state.raw<readonly Diagnostic[] | null>(null);
  #attempt = 0;

  /** @param engine default: one of its own */
  constructor(engine?: Runs) {
    const python = new PythonDownload();
    this.#engine = engine ?? new Engine(() => python.load());
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Trials that were made, and how many there are. */
  get doneCount(): number {
    return this.#doneCount;
  }

  get count(): number {
    return this.#count;
  }

  /** What was found; null before all was tried. */
  get problems(): readonly Diagnostic[] | null {
    return this.#problems;
  }

  /** The lesson has changed: what was found does not hold any more. */
  forget(): void {
    this.#attempt++;
    this.#isRunning = false;
    this.#problems = null;
  }

  /** @param text of lesson.json, for the lines in it */
  async start(lessons: readonly Lesson[], text: string): Promise<void> {
    this.forget();
    const attempt = this.#attempt;
    const trials = lessons.flatMap((lesson) =>
      trialsOf(lesson, SEED_COUNTS[lesson.language], false).map((trial) => ({ lesson, trial })),
    );
    const json = new JsonFile('lesson.json', text);
    const problems: Record<string, Diagnostic> = {};
    this.#isRunning = true;
    this.#doneCount = 0;
    this.#count = trials.length;
    for (const { lesson, trial } of trials) {
      const found = await this.#try(trial, () => attempt === this.#attempt).catch(
        (error: unknown) => errorsOf(error, lesson),
      );
      if (attempt !== this.#attempt) return;
      for (const one of found) {
        const problem = 'path' in one ? json.problem(one.path, one.message) : one;
        // What is wrong in both languages is said once.
        problems[`${problem.file}:${problem.line} ${problem.message}`] = problem;
      }
      this.#doneCount++;
    }
    this.#isRunning = false;
    this.#problems = Object.values(problems);
  }

  close(): void {
    this.forget();
    this.#engine.close();
  }

  async #try(trial: Trial, isWanted: () => boolean): Promise<ReturnType<Trial['judge']>> {
    const thread = await this.#engine.start(await this.#engine.prepare(trial.files), 'inline');
    try {
      const traces: TraceStore[] = [];
      for (let seed = 1; seed <= trial.seedCount && isWanted(); seed++) {
        const trace = new TraceStore();
        await thread.run({ seed, ontext: (text) => trace.append(text) });
        traces.push(trace);
      }
      return isWanted() ? trial.judge(traces) : [];
    } finally {
      thread.close();
    }
  }
}

/** What cannot run: mistakes in its programs, or the platform's. */
function errorsOf(error: unknown, { language }: Lesson): Diagnostic[] {
  if (error instanceof InputError) {
    return error.diagnostics.map((one) => ({ ...one, file: `${language}/${one.file}` }));
  }
  const message = error instanceof Error ? error.message : String(error);
  return [{ file: 'lesson.json', line: 0, column: 0, code: 'lesson', message }];
}
