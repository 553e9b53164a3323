// The order in which lessons are listed. Without a word from whoever hosts the site: all, chapter by
// chapter. `lessons/course.json` (course-file.ts) says otherwise: it is read while the site is built, and
// again by the page, so that a copy of the site is rearranged by changing that file alone.

import type { Lesson, LessonEntry } from './lesson.ts';
import type { LessonText } from './schema.ts';

/** Beside the folders of the lessons. */
export const COURSE_FILE = 'course.json';

/** What course.json says. All of it is optional. */
export interface Course {
  /** What comes first, in this order. */
  chapters?: { title: LessonText; lessons: string[] }[] | undefined;
  /** Lessons that are not listed. */
  hide?: string[] | undefined;
  /** What becomes of lessons that no chapter names: they follow (`append`, the default), or not. */
  others?: 'append' | 'hide' | undefined;
  /** What lessons do not offer. */
  withhold?: Help[] | undefined;
}

/** What helps with an exercise. */
export type Help = 'solutions' | 'hints';

/** The directives that give it. */
const GIVEN_BY: Readonly<Record<Help, string>> = { solutions: 'solution', hints: 'hint' };

/** A heading in the list of lessons, and what is below it. */
export interface Chapter {
  /** In the words of course.json; null for one of the site's own, which `course` names. */
  title: LessonText | null;
  course: LessonEntry['course'];
  slugs: string[];
}

/** Plain data: it is part of the pages that list lessons. */
export interface Catalogue {
  /** Every lesson of the site, also those that are not listed. */
  entries: LessonEntry[];
  chapters: Chapter[];
  /** The course.json that the pages were built with; null for none. */
  courseText: string | null;
  withheld: readonly Help[];
}

/** A lesson whose text does not offer some help; the same one when nothing is withheld. */
export function withoutHelp(lesson: Lesson, withheld: readonly Help[]): Lesson {
  if (withheld.length === 0) return lesson;
  const names = withheld.map((help) => GIVEN_BY[help]);
  const told = (steps: Lesson['text']['en']): Lesson['text']['en'] =>
    steps.map((step) => ({
      ...step,
      parts: step.parts.filter((part) => part.type === 'html' || !names.includes(part.name)),
    }));
  const { hints, ...rest } = lesson;
  const text = { en: told(lesson.text.en), zh: told(lesson.text.zh) };
  return { ...rest, ...(hints && !withheld.includes('hints') && { hints }), text };
}

/**
 * The chapters as they are shown; empty ones are left out.
 *
 * @param entries in the order of the site
 */
export function chaptersOf(course: Course, entries: readonly LessonEntry[]): Chapter[] {
  const { chapters = [], hide = [], others = 'append' } = course;
  const named = new Set([...chapters.flatMap(({ lessons }) => lessons), ...hide]);
  const made = chapters.map(({ title, lessons }): Chapter => {
    const first = entries.find(({ slug }) => slug === lessons[0]);
    return { title, course: first?.course ?? 'basics', slugs: lessons };
  });
  const rest = others === 'hide' ? [] : entries.filter(({ slug }) => !named.has(slug));
  const own = [...new Set(rest.map(({ course: name }) => name))].map((name): Chapter => {
    const slugs = rest.filter((entry) => entry.course === name).map(({ slug }) => slug);
    return { title: null, course: name, slugs };
  });
  return [...made, ...own].filter(({ slugs }) => slugs.length > 0);
}

/** A lesson without the answers that are tried for its writer alone: a page never shows them. */
export function withoutAnswers(lesson: Lesson): Lesson {
  const { scenarios = {}, tables = {}, variants, text } = lesson;
  const shown = new Set([
    ...Object.values(scenarios).map(({ variant }) => variant),
    ...Object.values(tables).flatMap(({ rows }) =>
      Object.values(rows).map(({ variant }) => variant),
    ),
    ...text.en.flatMap(({ parts }) =>
      parts.map((part) => (part.type === 'directive' ? part.attributes['to'] : undefined)),
    ),
  ]);
  const kept = Object.entries(variants).filter(([name]) => shown.has(name));
  return { ...lesson, variants: Object.fromEntries(kept) };
}
