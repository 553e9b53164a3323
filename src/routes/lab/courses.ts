// What chapters are called, and where their order stands.

import { baseLocale, localHref, type Locale } from '#lib/i18n/locale.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Chapter } from '#lib/lessons/course.ts';
import type { LessonEntry } from '#lib/lessons/lesson.ts';

const names: Record<LessonEntry['course'], () => string> = {
  celery: m.course_celery,
  scoop: m.course_scoop,
  pyro4: m.course_pyro4,
  rpyc: m.course_rpyc,
  pycsp: m.course_pycsp,
  disco: m.course_disco,
  basics: m.course_basics,
  closing: m.course_closing,
};

const courseName = (course: LessonEntry['course']): string => names[course]();

export const chapterName = ({ title, course }: Chapter, locale: Locale): string =>
  title ? title[locale] : courseName(course);

/** The address of course.json, which is one file for all languages. */
export const courseHref = (): string => localHref('/lessons/course.json', baseLocale);
