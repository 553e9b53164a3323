// The files of a lesson under one of its scenarios, for a link that names it (lesson-link.ts).

import type { Lesson } from '#lib/lessons/lesson.ts';
import { filesOf } from '#lib/lessons/outcome.ts';
import { writeFaults } from './fault-file.ts';

/** The files of a scenario that are not those at the start: its faults, and what the text has changed by then. */
export function filesOfScenario(lesson: Lesson, id: string): Record<string, string> {
  const scenario = lesson.scenarios![id]!;
  const { faults } = scenario;
  const programs = Object.entries(filesOf(lesson, scenario));
  return {
    ...Object.fromEntries(programs.filter(([path, text]) => text !== lesson.files[path])),
    'faults.json': writeFaults(faults as unknown as Parameters<typeof writeFaults>[0]),
  };
}
