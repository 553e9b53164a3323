// A short link to a lesson under one of its scenarios and a seed: `/lessons/heartbeats/?s=paused&seed=37`. It names
// what the site has already; what a learner has written goes into a link of its own (share.ts).

import type { Lesson } from '#lib/lessons/lesson.ts';

export interface LessonLink {
  /** A scenario of the lesson, or null. */
  scenario: string | null;
  seed: number | null;
}

/** What an address asks for. Addresses come from anybody: what is not understood is left out. */
export function readLessonLink(
  search: string,
  { scenarios = {} }: Pick<Lesson, 'scenarios'>,
): LessonLink {
  const given = new URLSearchParams(search);
  const scenario = given.get('s') ?? '';
  const seed = given.get('seed') ?? '';
  return {
    scenario: Object.hasOwn(scenarios, scenario) ? scenario : null,
    seed: /^\d{1,15}$/.test(seed) ? Number(seed) : null,
  };
}

/** The query for a scenario and a seed, with `?`. */
export function writeLessonLink({ scenario, seed }: LessonLink): string {
  const query = new URLSearchParams();
  if (scenario !== null) query.set('s', scenario);
  if (seed !== null) query.set('seed', String(seed));
  return query.size > 0 ? `?${query}` : '';
}
