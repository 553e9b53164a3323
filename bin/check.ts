// `lightcone check [lesson or folder…]`: what a lesson promises is tried, not believed. Files and texts are
// read, every program compiles, every start state fails its goals, every solution reaches them, in
// each language, on many seeds.

import { parseArgs } from 'node:util';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { JsonFile } from '#lib/experiment/json-file.ts';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  readCatalogue,
  readForReal,
  readLesson,
} from '#lib/lessons/folder.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { trialsOf, type Trial } from '#lib/lessons/trials.ts';
import { formatDiagnostic, InputError } from '#lib/protocol/errors.ts';
import { prepare, type Prepared } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runTogether } from './experiment.ts';
import { typeProblems } from './types.ts';

/** A Python run starts several interpreters, which takes seconds. */
export const SEED_COUNTS: Readonly<Record<Language, number>> = { ts: 100, py: 5 };

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
  const asked: { slug: string; folder: string }[] = [];
  for (const name of positionals.length > 0 ? positionals : known) {
    const found = known.includes(name)
      ? { slug: name, folder: LESSONS_FOLDER }
      : await folderAt(name);
    if (!found) {
      const lessons = known.join(', ') || 'none';
      console.error(`unknown lesson: ${name} (a folder with a lesson.json, or one of: ${lessons})`);
      return 2;
    }
    asked.push(found);
  }
  let isWrong = asked.some(({ folder }) => folder === LESSONS_FOLDER) && (await isCourseWrong());
  const types = await typeProblems(asked);
  for (const { slug, folder } of asked) {
    for (const { diagnostic, isSolved } of types.filter((one) => one.slug === slug)) {
      if (isSolved) isWrong = true;
      const text = formatDiagnostic(diagnostic);
      if (isSolved) console.error(`${slug} (ts): ${text}`);
      else console.log(`${slug} (ts): underlined by the editor, on purpose? ${text}`);
    }
    for (const language of await lessonLanguages(slug, folder)) {
      const count = seedCount ?? SEED_COUNTS[language];
      const { problems } = await checkLesson(slug, language, { seedCount: count, folder });
      for (const problem of problems) console.error(`${slug} (${language}): ${problem}`);
      if (problems.length === 0) console.log(`${slug} (${language}): holds on ${count} seeds`);
      else isWrong = true;
    }
  }
  return isWrong ? 1 : 0;
}

/** A lesson that lies elsewhere: its folder is its name. */
async function folderAt(name: string): Promise<{ slug: string; folder: string } | null> {
  const at = path.resolve(name);
  const isLesson = await stat(path.join(at, 'lesson.json')).catch(() => null);
  return isLesson ? { slug: path.basename(at), folder: path.dirname(at) } : null;
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
  /** Tables and all that needs variants are left out. */
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
      const text = await readFile(path.join(folder, slug, 'lesson.json'), 'utf8');
      const json = new JsonFile(`${slug}/lesson.json`, text);
      const ready = own.map(async (trial) => ({
        ...trial,
        problems,
        json,
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

/** A trial that can be run, and where to say what is wrong. */
interface ReadyTrial extends Trial {
  prepared: Prepared;
  problems: string[];
  json: JsonFile;
}

/** Runs them in turn and judges each as soon as it has run: traces are large. */
async function runTrials(trials: readonly ReadyTrial[]): Promise<void> {
  const runs = trials.flatMap((trial) =>
    Array.from({ length: trial.seedCount }, (_, index) => ({ trial, seed: index + 1 })),
  );
  let trial: ReadyTrial | undefined;
  let traces: TraceStore[] = [];
  const judge = (): void => {
    const { json, problems } = trial ?? {};
    for (const { path: place, message } of trial?.judge(traces) ?? []) {
      problems!.push(formatDiagnostic(json!.problem(place, message)));
    }
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
