// `lightcone check [lesson…]`: what a lesson promises is tried, not believed. Files and texts are
// read, every program compiles, every start state fails its goals, every solution reaches them, in
// each language, on many seeds.

import { parseArgs } from 'node:util';
import type { Files } from '#lib/experiment/experiment.ts';
import { holds, sentenceOf } from '#lib/lessons/checks.ts';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  readCatalogue,
  readForReal,
  readLesson,
} from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import { findMoment } from '#lib/lessons/pattern.ts';
import { filesOf, workFacts } from '#lib/lessons/outcome.ts';
import type { Check, Goal, Scenario, Table } from '#lib/lessons/schema.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { NO_EVENT, TraceStore } from '#lib/trace/store.ts';
import { runTogether } from './experiment.ts';

/** A Python run starts several interpreters, which takes seconds. */
export const SEED_COUNTS: Readonly<Record<Language, number>> = { ts: 100, py: 5 };

/** The claims of a text are tried on the seeds that a learner may come to. */
const SCENARIO_SEEDS_MAX = 20;

/** A table is dozens of runs. */
const TABLE_SEEDS_MAX_PYTHON = 1;

/** What is wrong with a lesson, one sentence each. */
export interface LessonReport {
  slug: string;
  language: Language;
  problems: string[];
}

/**
 * Checks lessons, all of them by default.
 *
 * @returns the exit code: 0 when nothing is wrong, 1 when something is, 2 for an unknown lesson
 */
export async function checkCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seeds: { type: 'string' } },
  });
  const seedCount = values.seeds === undefined ? undefined : Number(values.seeds);
  if (seedCount !== undefined && (!Number.isInteger(seedCount) || seedCount < 1)) {
    console.error(`invalid --seeds: ${values.seeds} (a whole number from 1 on is expected)`);
    return 2;
  }
  const known = await lessonSlugs();
  const unknown = positionals.find((slug) => !known.includes(slug));
  if (unknown !== undefined) {
    console.error(`unknown lesson: ${unknown} (lessons: ${known.join(', ') || 'none'})`);
    return 2;
  }
  let isWrong = await isCourseWrong();
  for (const slug of positionals.length > 0 ? positionals : known) {
    for (const language of await lessonLanguages(slug)) {
      const count = seedCount ?? SEED_COUNTS[language];
      const { problems } = await checkLesson(slug, language, { seedCount: count });
      for (const problem of problems) console.error(`${slug} (${language}): ${problem}`);
      if (problems.length === 0) console.log(`${slug} (${language}): holds on ${count} seeds`);
      else isWrong = true;
    }
  }
  return isWrong ? 1 : 0;
}

/** Says what is wrong with the order of the lessons, and with what stands at the end of chapters. */
async function isCourseWrong(): Promise<boolean> {
  try {
    await readCatalogue();
    await readForReal();
    return false;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return true;
  }
}

export interface CheckOptions {
  /** 0 reads the lesson and runs nothing of it. */
  seedCount: number;
  /** Tables and scenarios of variants are left out. */
  isBrief?: boolean;
  folder?: string;
}

/** Checks one lesson in one language. */
export async function checkLesson(
  slug: string,
  language: Language,
  options: CheckOptions,
): Promise<LessonReport> {
  return (await checkLessons([{ slug, language }], options))[0]!;
}

/**
 * Checks lessons in one child. Of one whose runs break the child nothing is known, so this throws.
 *
 * @param lessons those with no `seedCount` of their own have that of the options
 */
export async function checkLessons(
  lessons: readonly { slug: string; language: Language; seedCount?: number }[],
  { seedCount: anyCount, isBrief = false, folder = LESSONS_FOLDER }: CheckOptions,
): Promise<LessonReport[]> {
  const reports: LessonReport[] = [];
  const trials: ReadyTrial[] = [];
  for (const { slug, language, seedCount = anyCount } of lessons) {
    const problems: string[] = [];
    reports.push({ slug, language, problems });
    try {
      const lesson = await readLesson(slug, (code) => code, language, folder);
      const own = seedCount > 0 ? trialsOf(lesson, seedCount, isBrief) : [];
      const ready = own.map(async (trial) => ({
        ...trial,
        problems,
        prepared: await prepare(trial.files),
      }));
      trials.push(...(await Promise.all(ready)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.message.split('\n'));
    }
  }
  await runTrials(trials);
  return reports;
}

/** An experiment that is run on the first so many seeds, and what is wrong with its traces. */
interface Trial {
  files: Files;
  seedCount: number;
  judge: (traces: readonly TraceStore[]) => string[];
}

/** A trial that can be run, and where to say what is wrong. */
interface ReadyTrial extends Trial {
  prepared: Prepared;
  problems: string[];
}

function trialsOf(lesson: Lesson, seedCount: number, isBrief: boolean): Trial[] {
  const scenarios = Object.entries(lesson.scenarios ?? {}).filter(
    ([, { variant }]) => !isBrief || variant === undefined,
  );
  return [
    ...pauseTrials(lesson),
    ...scenarios.map(([id, scenario]) => scenarioTrial(lesson, id, scenario, seedCount)),
    ...Object.entries(isBrief ? {} : (lesson.tables ?? {})).flatMap(([id, table]) =>
      tableTrials(lesson, id, table, seedCount),
    ),
    ...Object.entries(lesson.goals).flatMap(([id, goal]) =>
      goalTrials(lesson, id, goal, seedCount),
    ),
  ];
}

/** What the text says of a scenario must be so for whoever tries it. */
function scenarioTrial(lesson: Lesson, id: string, scenario: Scenario, seedCount: number): Trial {
  return {
    files: struck(filesOf(lesson, scenario), scenario),
    seedCount: Math.min(seedCount, SCENARIO_SEEDS_MAX),
    judge: (traces) => {
      const failed = findFailure(traces, scenario.checks);
      return failed ? [`scenarios.${id}: not so on seed ${failed.seed}: ${failed.check}`] : [];
    },
  };
}

/** Every cell of a table shows what the lesson says that it shows. */
function tableTrials(
  lesson: Lesson,
  id: string,
  { rows, columns, answer, done }: Table,
  seedCount: number,
): Trial[] {
  const seedsMax = lesson.language === 'py' ? TABLE_SEEDS_MAX_PYTHON : SCENARIO_SEEDS_MAX;
  return Object.entries(rows).flatMap(([name, row]) =>
    columns.map((column): Trial => {
      const scenario = lesson.scenarios![column]!;
      const said = row.shows[column]!;
      return {
        files: struck(filesOf(lesson, row), scenario),
        seedCount: Math.min(seedCount, seedsMax),
        judge: (traces) => {
          const wanted = { answer, done: row.done ?? done };
          const outcomes = traces.map(
            (trace) => workFacts(trace, wanted, scenario.faults.length > 0).outcome,
          );
          const seed = outcomes.findIndex((one) => one !== said) + 1;
          const place = `tables.${id}.rows.${name}.shows.${column}`;
          return seed > 0 ? [`${place}: ${outcomes[seed - 1]} on seed ${seed}, not ${said}`] : [];
        },
      };
    }),
  );
}

function goalTrials(lesson: Lesson, id: string, goal: Goal, seedCount: number): Trial[] {
  return [
    {
      files: struck(lesson.files, goal),
      seedCount: 1,
      judge: (traces) =>
        findFailure(traces, goal.checks) ? [] : [`goals.${id}: the start state reaches it already`],
    },
    {
      files: struck(lesson.solution, goal),
      seedCount,
      judge: (traces) => {
        const failed = findFailure(traces, goal.checks);
        return failed
          ? [`goals.${id}: the solution fails on seed ${failed.seed}: ${failed.check}`]
          : [];
      },
    },
  ];
}

/** Where a lesson stops the run it must find something to stop at, on every seed a learner may have. */
function pauseTrials(lesson: Lesson): Trial[] {
  const pauses = Object.entries(lesson.steps).filter(([, { pauseOn }]) => pauseOn !== undefined);
  if (pauses.length === 0) return [];
  const judge = ([trace]: readonly TraceStore[]): string[] =>
    pauses
      .filter(([, { pauseOn }]) => findMoment(trace!, pauseOn!) === NO_EVENT)
      .map(([id]) => `steps.${id}.pauseOn: matches nothing in the run`);
  return [{ files: lesson.files, seedCount: 1, judge }];
}

export const struck = (files: Files, { faults }: Pick<Goal, 'faults'>): Files => ({
  ...files,
  'faults.json': JSON.stringify(faults),
});

/** The first seed on which a check does not hold, or null. */
export function findFailure(
  traces: readonly TraceStore[],
  checks: readonly Check[],
): { seed: number; check: string } | null {
  for (const [index, trace] of traces.entries()) {
    const failed = checks.find((check) => !holds(check, trace));
    if (failed) return { seed: index + 1, check: sentenceOf(failed).en };
  }
  return null;
}

/** Runs them in turn and judges each as soon as it has run: traces are large. */
async function runTrials(trials: readonly ReadyTrial[]): Promise<void> {
  const runs = trials.flatMap((trial) =>
    Array.from({ length: trial.seedCount }, (_, index) => ({ trial, seed: index + 1 })),
  );
  let trial: ReadyTrial | undefined;
  let traces: TraceStore[] = [];
  const judge = (): void => {
    if (trial) trial.problems.push(...trial.judge(traces));
    traces = [];
  };
  await runTogether(
    runs.map(({ trial: { prepared }, seed }) => ({
      prepared,
      run: { seed, placement: 'inline' },
    })),
    (line, at) => {
      if (runs[at]!.trial !== trial) {
        judge();
        trial = runs[at]!.trial;
      }
      (traces[runs[at]!.seed - 1] ??= new TraceStore()).append(`${line}\n`);
    },
  );
  judge();
}
