// Reads lessons from static/lessons: while pages are prerendered, and for `lightcone check`. A
// folder that cannot be read is an error with a place, never an empty lesson. What a lesson is:
// lesson.ts; the order of all: course.ts.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#lib/protocol/errors.ts';
import { readCard, type Card } from './card.ts';
import { chaptersOf, COURSE_FILE, type Catalogue } from './course.ts';
import { readCourse } from './course-file.ts';
import { readCards, type ForRealCards } from './for-real.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { lessonIn, type Lesson, type LessonEntry, type LessonFolder } from './lesson.ts';
import type { Highlight } from './markdown.ts';
import { COURSES, readLessonJson } from './schema.ts';

export const LESSONS_FOLDER = 'static/lessons';
/** What a new lesson begins as. */
export const TEMPLATE_FOLDER = 'static/lesson-template';
const GLOSSARY = 'static/glossary.json';
const FOR_REAL = 'static/for-real.json';

/** The folders below static/lessons, in alphabetical order. */
export async function lessonSlugs(folder: string = LESSONS_FOLDER): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The languages that a lesson's programs are written in. */
export async function lessonLanguages(
  slug: string,
  folder: string = LESSONS_FOLDER,
): Promise<Language[]> {
  const entries = await readdir(path.join(folder, slug));
  return LANGUAGES.filter((language) => entries.includes(language));
}

/**
 * All lessons, in the order of course.json.
 *
 * @param onbroken told of each lesson.json that cannot be read, which is then left out
 * @throws InputError that names file, place and remedy of everything wrong
 */
export async function readCatalogue(
  folder: string = LESSONS_FOLDER,
  onbroken?: (error: InputError) => void,
): Promise<Catalogue> {
  const slugs = await lessonSlugs(folder);
  const read = slugs.map((slug) =>
    readEntry(slug, folder).catch((error: unknown) => {
      if (!onbroken || !(error instanceof InputError)) throw error;
      onbroken(error);
      return [];
    }),
  );
  const entries = (await Promise.all(read)).flat();
  entries.sort(
    (a, b) => COURSES.indexOf(a.course) - COURSES.indexOf(b.course) || a.order - b.order,
  );
  const text = await readFile(path.join(folder, COURSE_FILE), 'utf8').catch(() => null);
  const course = text === null ? {} : readCourse(`lessons/${COURSE_FILE}`, text, slugs);
  const { withhold: withheld = [] } = course;
  return { entries, chapters: chaptersOf(course, entries), courseText: text, withheld };
}

async function readEntry(slug: string, folder: string): Promise<LessonEntry> {
  const name = `${slug}/lesson.json`;
  const file = path.join(folder, slug, 'lesson.json');
  const json = readLessonJson(
    name,
    await readFile(file, 'utf8').catch(() => {
      const message = 'missing: every lesson needs one';
      throw new InputError([{ file: name, line: 0, column: 0, code: 'missing-file', message }]);
    }),
  );
  const { title, summary, course, order, minutes } = json;
  return { slug, title, summary, course, order, minutes };
}

/**
 * Reads a lesson in one of its languages.
 *
 * @throws InputError that names file, place and remedy of everything wrong
 */
export async function readLesson(
  slug: string,
  highlight: Highlight,
  language: Language = 'ts',
  folder: string = LESSONS_FOLDER,
): Promise<Lesson> {
  const files = await readFiles(path.join(folder, slug));
  const read = { slug, files, ...(await readSurroundings(folder)) };
  const { lesson, problems } = lessonIn(language, read, highlight);
  if (problems.length > 0 || !lesson) throw new InputError(problems);
  return lesson;
}

/**
 * What is said of each library at the end of its chapter.
 *
 * @throws InputError that names file, place and remedy of everything wrong
 */
export async function readForReal(): Promise<ForRealCards> {
  return readCards(FOR_REAL, await readFile(FOR_REAL, 'utf8'));
}

/** The teacher's card of a lesson; null where it has none. What is wrong with one, `readLesson` says. */
export async function readTeacherCard(slug: string): Promise<Card | null> {
  const files = await readFiles(path.join(LESSONS_FOLDER, slug));
  return readCard({ slug, files, slugs: await lessonSlugs() }).card;
}

/** What a lesson may name besides its own files. */
export async function readSurroundings(
  folder: string = LESSONS_FOLDER,
): Promise<Pick<LessonFolder, 'glossary' | 'slugs'>> {
  return {
    glossary: { file: GLOSSARY, text: await readFile(GLOSSARY, 'utf8') },
    // One that lies elsewhere leads to those of the site as well.
    slugs: [...new Set([...(await lessonSlugs(folder)), ...(await lessonSlugs())])],
  };
}

/** The files below a folder, by path; none where there is no folder. */
export async function readFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch {
    return files;
  }
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file).split(path.sep).join('/')] = await readFile(file, 'utf8');
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
