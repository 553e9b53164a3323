// What a lesson promises, as experiments that can be run: the start fails its goals, the solution reaches them,
// scenarios and tables show what is said of them, pauses find their moment. Pure: who runs them is bin/check.ts
// on the command line, and the page on which a lesson is written.

import type { Files } from '#lib/experiment/experiment.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { holds, sentenceOf } from './checks.ts';
import type { Lesson } from './lesson.ts';
import { filesOf, workFacts } from './outcome.ts';
import { findMoment } from './pattern.ts';
import type { Check, Goal, Scenario, Table } from './schema.ts';
import { SCENARIO_SEEDS_MAX } from './seeds.ts';

/** A table is dozens of runs. */
const TABLE_SEEDS_MAX_PYTHON = 1;

/** A promise that is not kept: where in lesson.json it stands, and what came instead. */
export interface BrokenPromise {
  path: readonly string[];
  message: string;
}

/** An experiment that is run on the first so many seeds, and what is wrong with its traces. */
export interface Trial {
  files: Files;
  seedCount: number;
  /** @param traces of the seeds from 1 on */
  judge: (traces: readonly TraceStore[]) => BrokenPromise[];
}

/**
 * Everything that a lesson promises of its runs.
 *
 * @param seedCount how many seeds are tried; some need fewer
 * @param isBrief tables and all that needs variants are left out
 */
export function trialsOf(lesson: Lesson, seedCount: number, isBrief: boolean): Trial[] {
  const scenarios = Object.entries(lesson.scenarios ?? {}).filter(
    ([, { variant }]) => !isBrief || variant === undefined,
  );
  return [
    ...pauseTrials(lesson, seedCount),
    ...scenarios.map(([id, scenario]) => scenarioTrial(lesson, id, scenario, seedCount)),
    ...Object.entries(isBrief ? {} : (lesson.tables ?? {})).flatMap(([id, table]) =>
      tableTrials(lesson, id, table, seedCount),
    ),
    ...Object.entries(lesson.goals).flatMap(([id, goal]) => [
      ...goalTrials(lesson, id, goal, seedCount),
      ...(isBrief ? [] : answerTrials(lesson, id, goal, seedCount)),
    ]),
  ];
}

/** What the text says of a scenario must be so for whoever tries it. */
function scenarioTrial(lesson: Lesson, id: string, scenario: Scenario, seedCount: number): Trial {
  return {
    files: struck(filesOf(lesson, scenario), scenario),
    seedCount: Math.min(seedCount, SCENARIO_SEEDS_MAX),
    judge: (traces) => {
      const failed = failureIn(traces, scenario.checks);
      return failed ? [broken(['scenarios', id], `not so on ${failed}`)] : [];
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
          const place = ['tables', id, 'rows', name, 'shows', column];
          const shown = `${outcomes[seed - 1]} on seed ${seed}, not ${said}`;
          return seed > 0 ? [broken(place, shown)] : [];
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
        findFailure(traces, goal.checks)
          ? []
          : [broken(['goals', id], 'the start state reaches it already')],
    },
    {
      files: struck(lesson.solution, goal),
      seedCount,
      judge: (traces) => {
        const failed = failureIn(traces, goal.checks);
        return failed ? [broken(['goals', id], `the solution fails on ${failed}`)] : [];
      },
    },
  ];
}

/** Answers of which the text, or the teacher's card, says what comes of them. */
function answerTrials(lesson: Lesson, id: string, goal: Goal, seedCount: number): Trial[] {
  return Object.entries(goal.answers ?? {}).map(([variant, said]) => ({
    files: struck(filesOf(lesson, { variant }), goal),
    seedCount: Math.min(seedCount, SCENARIO_SEEDS_MAX),
    judge: (traces) => {
      const failed = failureIn(traces, goal.checks);
      if ((failed === null) === (said === 'reaches')) return [];
      const message = failed ? `${variant} fails on ${failed}` : `${variant} reaches it`;
      return [broken(['goals', id, 'answers', variant], message)];
    },
  }));
}

/** Where a lesson stops the run it must find something to stop at, on every seed a learner may have. */
function pauseTrials(lesson: Lesson, seedCount: number): Trial[] {
  const pauses = Object.entries(lesson.steps).filter(([, { pauseOn }]) => pauseOn !== undefined);
  if (pauses.length === 0) return [];
  const judge = (traces: readonly TraceStore[]): BrokenPromise[] =>
    pauses.flatMap(([id, { pauseOn }]) => {
      const at = traces.findIndex((trace) => findMoment(trace, pauseOn!) === NO_EVENT);
      const message = `matches nothing in the run of seed ${at + 1}`;
      return at < 0 ? [] : [broken(['steps', id, 'pauseOn'], message)];
    });
  return [{ files: lesson.files, seedCount: Math.min(seedCount, SCENARIO_SEEDS_MAX), judge }];
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

function failureIn(traces: readonly TraceStore[], checks: readonly Check[]): string | null {
  const failed = findFailure(traces, checks);
  return failed && `seed ${failed.seed}: ${failed.check}`;
}

const broken = (path: readonly string[], message: string): BrokenPromise => ({ path, message });
