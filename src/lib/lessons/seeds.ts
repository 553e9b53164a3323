// Which seeds a lesson is told of, and which of them is a student's own.

import { RandomStream } from '#lib/protocol/random.ts';

/** The claims of a text are tried on the seeds from 1 to this one. */
export const SCENARIO_SEEDS_MAX = 20;

/**
 * The seed of a student's own run: one on which the text's claims were tried, drawn from the name alone, so
 * that a teacher who knows the name sees the same run.
 *
 * @param author name or number; letters large or small, and the spaces around, do not matter
 * @returns from 1 to `SCENARIO_SEEDS_MAX`
 */
export function ownSeed(author: string): number {
  const name = author.trim().normalize('NFKC').toLowerCase();
  return 1 + new RandomStream(0, `student:${name}`).below(SCENARIO_SEEDS_MAX, 0, 0);
}
