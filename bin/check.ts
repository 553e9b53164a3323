// `lightcone check [lesson…]`: what a lesson promises is tried, not believed. Files and texts are
// read, every program compiles, every start state fails its goals, every solution reaches them, in
// each language, on many seeds.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Files } from '#lib/experiment/experiment.ts';
import { holds, sentenceOf } from '#lib/lessons/checks.ts';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  readLesson,
  type Lesson,
} from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { findMoment } from '#lib/lessons/pattern.ts';
import type { Check, Goal, Scenario } from '#lib/lessons/schema.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { NO_EVENT, TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from './experiment.ts';

/** A Python run starts several interpreters, which takes seconds. */
export const SEED_COUNTS: Readonly<Record<Language, number>> = { ts: 100, py: 5 };

/** The claims of a text are tried on the seeds that a learner may come to. */
const SCENARIO_SEEDS_MAX = 20;

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
  let isWrong = false;
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

export interface CheckOptions {
  /** 0 reads the lesson and runs nothing of it. */
  seedCount: number;
  folder?: string;
}

/** Checks one lesson in one language. */
export async function checkLesson(
  slug: string,
  language: Language,
  { seedCount, folder = LESSONS_FOLDER }: CheckOptions,
): Promise<LessonReport> {
  const problems: string[] = [];
  try {
    const lesson = await readLesson(slug, (code) => code, language, folder);
    problems.push(...(await checkLinks(lesson, folder)));
    if (seedCount > 0) problems.push(...(await checkRuns(lesson, seedCount)));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.message.split('\n'));
  }
  return { slug, language, problems };
}

async function checkRuns(lesson: Lesson, seedCount: number): Promise<string[]> {
  const problems = await checkPauses(lesson);
  for (const [id, scenario] of Object.entries(lesson.scenarios ?? {})) {
    problems.push(...(await checkScenario(lesson, id, scenario, seedCount)));
  }
  for (const [id, goal] of Object.entries(lesson.goals)) {
    problems.push(...(await checkGoal(lesson, id, goal, seedCount)));
  }
  return problems;
}

/** What the text says of a scenario must be so for whoever tries it. */
async function checkScenario(
  lesson: Lesson,
  id: string,
  scenario: Scenario,
  seedCount: number,
): Promise<string[]> {
  const changed = (scenario.changed ?? []).map((name) => [name, lesson.solution[name]!]);
  const files = { ...lesson.files, ...Object.fromEntries(changed) } as Files;
  const failed = await findFailure(files, scenario, Math.min(seedCount, SCENARIO_SEEDS_MAX));
  return failed ? [`scenarios.${id}: not so on seed ${failed.seed}: ${failed.check}`] : [];
}

async function checkGoal(
  lesson: Lesson,
  id: string,
  goal: Goal,
  seedCount: number,
): Promise<string[]> {
  const start = await findFailure(lesson.files, goal, 1);
  const problems: string[] = [];
  if (start === null) problems.push(`goals.${id}: the start state reaches it already`);
  const solved = await findFailure(lesson.solution, goal, seedCount);
  if (solved)
    problems.push(`goals.${id}: the solution fails on seed ${solved.seed}: ${solved.check}`);
  return problems;
}

/** The first seed on which a check does not hold, or null. */
async function findFailure(
  files: Files,
  { faults, checks }: Pick<Goal, 'faults' | 'checks'>,
  seedCount: number,
): Promise<{ seed: number; check: string } | null> {
  const traces = await traceOf({ ...files, 'faults.json': JSON.stringify(faults) }, seedCount);
  for (const [index, trace] of traces.entries()) {
    const failed = checks.find((check: Check) => !holds(check, trace));
    if (failed) return { seed: index + 1, check: sentenceOf(failed).en };
  }
  return null;
}

/** Where a lesson stops the run it must find something to stop at, on every seed a learner may have. */
async function checkPauses(lesson: Lesson): Promise<string[]> {
  const pauses = Object.entries(lesson.steps).filter(([, { pauseOn }]) => pauseOn !== undefined);
  if (pauses.length === 0) return [];
  const [trace] = await traceOf(lesson.files, 1);
  return pauses
    .filter(([, { pauseOn }]) => findMoment(trace!, pauseOn!) === NO_EVENT)
    .map(([id]) => `steps.${id}.pauseOn: matches nothing in the run`);
}

async function traceOf(files: Files, seedCount: number): Promise<TraceStore[]> {
  const prepared = await prepare(files);
  const traces = Array.from({ length: seedCount }, () => new TraceStore());
  const runs = traces.map((_, index) => ({ seed: index + 1, placement: 'inline' as const }));
  await runInSandbox(prepared, runs, (line, index) => traces[index]!.append(`${line}\n`));
  return traces;
}

/** Links inside the site must lead somewhere; the outside is not asked. */
async function checkLinks(lesson: Lesson, folder: string): Promise<string[]> {
  const problems: string[] = [];
  const files = await readdir(path.join(folder, lesson.slug));
  for (const locale of ['en', 'zh'] as const) {
    const name = `lesson.${locale}.md`;
    const text = await readFile(path.join(folder, lesson.slug, name), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      // Terms are looked up while the text is read.
      if (/^(https?:|term:|#)/.test(target!)) continue;
      const slug = /^\.\.\/([a-z0-9-]+)\/$/.exec(target!)?.[1];
      const isKnown = slug ? (await lessonSlugs(folder)).includes(slug) : files.includes(target!);
      if (!isKnown) problems.push(`${name}: link leads nowhere: ${target}`);
    }
  }
  return problems;
}
