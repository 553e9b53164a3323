// A short link to a lesson under one of its scenarios and a seed: `/lessons/heartbeats/?s=paused&seed=37`, or with
// `own` in place of a seed, for a class in which each has another one (lessons/seeds.ts). It names what the site has
// already; what a learner has written goes into a link of its own (share.ts).

import type { Lesson } from '#lib/lessons/lesson.ts';

export interface LessonLink {
  /** A scenario of the lesson, or null. */
  scenario: string | null;
  seed: number | null;
  /** The seed is that of whoever opens it. */
  isOwn: boolean;
}

/** What an address asks for. Addresses come from anybody: what is not understood is left out. */
export function readLessonLink(
  search: string,
  { scenarios = {} }: Pick<Lesson, 'scenarios'>,
): LessonLink {
  const given = new URLSearchParams(search);
  const scenario = given.get('s') ?? '';
  const seed = given.get('seed') ?? '';
  const isOwn = given.has('own');
  return {
    scenario: Object.hasOwn(scenarios, scenario) ? scenario : null,
    seed: !isOwn && /^\d{1,15}$/.test(seed) ? Number(seed) : null,
    isOwn,
  };
}

/** The query for a scenario and a seed, with `?`. */
export function writeLessonLink({ scenario, seed, isOwn }: LessonLink): string {
  const query = new URLSearchParams();
  if (scenario !== null) query.set('s', scenario);
  if (isOwn) query.set('own', '');
  else if (seed !== null) query.set('seed', String(seed));
  return queryText(query);
}

/** A query as an address has it, with `?`; behind a word without a value nothing stands: `?s=late&own`. */
export function queryText(query: URLSearchParams): string {
  return query.size > 0 ? `?${query}`.replaceAll(/=(?=&|$)/g, '') : '';
}
