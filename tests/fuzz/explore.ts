// Drives fast-check: so many random experiments from one seed, and words for the first that fails.

import fc from 'fast-check';
import type { Breach } from '#lib/trace/invariants/index.ts';
import { randomExperiment } from './experiment.ts';
import { runExperiment } from './run-experiment.ts';

export interface Explored {
  ranCount: number;
  eventCount: number;
  /** What broke, in words for a terminal, or null. */
  failure: string | null;
}

/** Runs `count` random experiments; the same seed gives the same ones. */
export async function explore(options: {
  seed: number;
  count: number;
  path?: string;
}): Promise<Explored> {
  const { seed, count: numRuns, path } = options;
  let eventCount = 0;
  const property = fc.asyncProperty(randomExperiment, async (experiment) => {
    const outcome = await runExperiment(experiment);
    eventCount += outcome.eventCount;
    const [breach] = outcome.breaches;
    if (breach) throw new Error(describeBreach(breach));
  });
  const details = await fc.check(property, { seed, numRuns, ...(path ? { path } : {}) });
  const { failed, counterexample, counterexamplePath, errorInstance, numRuns: ranCount } = details;
  if (!failed) return { ranCount, eventCount, failure: null };
  const [experiment] = counterexample!;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const failure = [
    message,
    `seed ${seed}, path ${counterexamplePath}; as a regression (tests/fuzz/regressions.json):`,
    JSON.stringify(experiment, null, 2),
  ].join('\n');
  return { ranCount, eventCount, failure };
}

/** A breach in one line or two. */
export function describeBreach({ invariant, message, id, event }: Breach): string {
  const where = event ? `\n  event ${id}: ${JSON.stringify(event)}` : '\n  at the end';
  return `broken: ${invariant}: ${message}${where}`;
}
