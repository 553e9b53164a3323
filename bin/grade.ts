// `lightcone grade <file|folder>… [--csv]`: is what a submission says so? Each program is run again under the
// faults of the lesson on this machine, on every seed of the goal, and judged by its checks.

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Files } from '#lib/experiment/experiment.ts';
import { LESSONS_FOLDER, lessonSlugs, readLesson } from '#lib/lessons/folder.ts';
import { ownSeed } from '#lib/lessons/seeds.ts';
import { readSubmission, SUBMISSION_ENDING, type Submission } from '#lib/lessons/submission.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { findFailure, struck } from '#lib/lessons/trials.ts';
import { loadEngine, runTogether } from './experiment.ts';

/** What came of a submission when it was run again. */
interface Grade {
  submission: Submission;
  seedCount: number;
  /** The first seed on which the goal does not hold, and the check that fails. */
  broken: { seed: number; check: string } | null;
  /** The first seed whose digest is not the one that was handed in. */
  differsOn: number | null;
  isOtherBuild: boolean;
  /** Files that are not as the lesson gives them, in their order. */
  changed: string[];
}

/**
 * Grades submissions, those of a folder all at once, and prints a line or two for each, or a table for a spreadsheet.
 *
 * @param lessons the folder of the lessons
 * @param isCsv a row for each, with a head; what cannot be graded has a row as well
 * @returns the exit code: 0 when every goal is reached and every digest is as handed in, 1 when one is
 * not or a file is damaged, 2 when one cannot be opened or there is none
 */
export async function gradeCommand(
  places: readonly string[],
  lessons: string = LESSONS_FOLDER,
  isCsv = false,
): Promise<number> {
  let code = 0;
  const files = (await Promise.all(places.map(submissionsAt))).flat();
  if (files.length === 0) {
    console.error(
      `nothing to grade: a folder is searched for files that end in ${SUBMISSION_ENDING}`,
    );
    return 2;
  }
  if (isCsv) console.log(csvOf(CSV_HEAD));
  for (const file of files) {
    try {
      const submission = readSubmission(file, await readFile(file, 'utf8'));
      const grade = await gradeOf(file, submission, lessons);
      console.log(
        isCsv ? csvOf(cellsOf(file, grade)) : `${file}: ${sentencesOf(grade).join('\n  ')}`,
      );
      if (grade.broken || grade.differsOn !== null) code = Math.max(code, 1);
    } catch (error) {
      const isBad = error instanceof InputError;
      const message = isBad ? error.message : `${file}: ${(error as Error).message}`;
      if (isCsv)
        console.log(csvOf([file, ...CSV_HEAD.slice(2).map(() => ''), message.split('\n')[0]!]));
      else console.error(message);
      code = Math.max(code, isBad ? 1 : 2);
    }
  }
  return code;
}

async function submissionsAt(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => undefined);
  if (!found?.isDirectory()) return [place];
  const names = await readdir(place);
  return names
    .filter((name) => name.endsWith(SUBMISSION_ENDING))
    .sort()
    .map((name) => path.join(place, name));
}

/** @throws InputError for a lesson or goal that is not here, or a program that does not compile */
async function gradeOf(file: string, submission: Submission, folder: string): Promise<Grade> {
  const { goal: id, files, lesson: slug, language, runs, build } = submission;
  const slugs = await lessonSlugs(folder);
  if (!slugs.includes(slug)) throw unknown(file, 'lesson', slug, slugs);
  const lesson = await readLesson(slug, (code) => code, language, folder);
  const goal = lesson.goals[id];
  if (!goal) throw unknown(file, 'goal', id, Object.keys(lesson.goals));
  const prepared = await prepare(struck(files, goal));
  const traces = Array.from({ length: goal.seeds }, () => new TraceStore());
  const reports = await runTogether(
    traces.map((_, index) => ({ prepared, run: { seed: index + 1, placement: 'inline' } })),
    (line, index) => traces[index]!.append(`${line}\n`),
  );
  const digestOf = (seed: number): string | undefined => reports[seed - 1]?.end.digest;
  const isRun = (seed: number): boolean => seed >= 1 && seed <= goal.seeds;
  const differing = runs.find(({ seed, digest }) => isRun(seed) && digestOf(seed) !== digest);
  return {
    submission,
    seedCount: goal.seeds,
    broken: findFailure(traces, goal.checks),
    differsOn: differing?.seed ?? null,
    isOtherBuild: build !== (await loadEngine()).build,
    changed: changedFiles(files, lesson.files),
  };
}

function changedFiles(files: Files, start: Files): string[] {
  const names = new Set([...Object.keys(start), ...Object.keys(files)]);
  return [...names].filter((name) => files[name] !== start[name]).sort();
}

function unknown(file: string, what: string, name: string, there: readonly string[]): InputError {
  const message = `${what}: there is no ${name} here (there are: ${there.join(', ') || 'none'})`;
  return new InputError([{ file, line: 0, column: 0, code: 'submission', message }]);
}

function sentencesOf(grade: Grade): string[] {
  const { submission, seedCount, broken, differsOn, isOtherBuild, changed } = grade;
  const { author, lesson, goal, language } = submission;
  return [
    `${author ? `${author} (own seed ${ownSeed(author)})` : 'no name'}, ${lesson}, ${goal} (${language})`,
    broken
      ? `NOT REACHED: seed ${broken.seed} breaks it: ${broken.check}`
      : `reached on ${seedCount} of ${seedCount} seeds`,
    ...(differsOn === null ? [] : [differenceOf(differsOn, isOtherBuild)]),
    `changed: ${changed.join(', ') || 'nothing'}`,
  ];
}

const CSV_HEAD = [
  'file',
  'author',
  'own seed',
  'lesson',
  'goal',
  'language',
  'reached',
  'seeds',
  'broken by seed',
  'not so',
  'digests',
  'changed',
  'problem',
];

function cellsOf(file: string, grade: Grade): string[] {
  const { submission, seedCount, broken, differsOn, isOtherBuild, changed } = grade;
  const { author, lesson, goal, language } = submission;
  const digests = differsOn === null ? 'same' : isOtherBuild ? 'other version' : 'DIFFER';
  const found = broken
    ? ['no', String(seedCount), String(broken.seed), broken.check]
    : ['yes', String(seedCount), '', ''];
  const own = author ? String(ownSeed(author)) : '';
  return [file, author, own, lesson, goal, language, ...found, digests, changed.join(' '), ''];
}

/** A row. Spreadsheets compute what begins with one of these signs: a name must stay a name. */
function csvOf(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}

function differenceOf(seed: number, isOtherBuild: boolean): string {
  return isOtherBuild
    ? `another version ran it: its digest of seed ${seed} is another one here`
    : `DIFFERS: the digest of seed ${seed} is not what this program gives`;
}
