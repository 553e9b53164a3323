// Names of courses.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { LessonEntry } from '#lib/lessons/folder.ts';

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

export const courseName = (course: LessonEntry['course']): string => names[course]();
