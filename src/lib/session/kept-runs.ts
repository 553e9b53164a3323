// Runs that were on stage before the one that is: kept to be held against it. The same experiment
// gives the same run, so of each only one is kept.

import type { TraceStore } from '#lib/trace/store.ts';
import type { OpenedFile } from './session.svelte.ts';

/** What a run was computed from. */
export interface RunInput {
  seed: number;
  files: Readonly<Record<string, string>>;
}

export interface KeptRun {
  /** Tells experiments apart; of a file the digest of its trace. */
  key: string;
  trace: TraceStore;
  /** null for a trace from a file, which does not say. */
  input: RunInput | null;
  opened: OpenedFile | null;
}

/** More than these nobody can tell apart any more. */
const KEPT_MAX = 4;
/** Of all kept runs together: some hundred bytes each with what they say. */
const KEPT_EVENTS_MAX = 1_500_000;

/**
 * The kept runs after another one came on stage, the latest first.
 *
 * @param replaced what it replaced; null for nothing
 * @param key of the run that is on stage now
 */
export function keepRun(
  kept: readonly KeptRun[],
  replaced: KeptRun | null,
  key: string,
): readonly KeptRun[] {
  const all = [...(replaced && replaced.trace.eventCount > 0 ? [replaced] : []), ...kept];
  const others = all.filter(
    (run, at) => run.key !== key && all.findIndex((one) => one.key === run.key) === at,
  );
  let eventCount = 0;
  return others.slice(0, KEPT_MAX).filter(({ trace }) => {
    eventCount += trace.eventCount;
    return eventCount <= KEPT_EVENTS_MAX;
  });
}
