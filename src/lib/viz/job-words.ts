// What became of attempts and how tasks stand, in the page's language.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { AttemptEnd, TaskLine } from '#lib/trace/disco-jobs.ts';

export const ATTEMPT_SIGNS: Readonly<Record<AttemptEnd, string>> = {
  running: '◐',
  done: '●',
  failed: '✕',
  lost: '⌀',
  dropped: '□',
};

const ends: Readonly<Record<AttemptEnd, () => string>> = {
  running: m.jobs_end_running,
  done: m.jobs_end_done,
  failed: m.jobs_end_failed,
  lost: m.jobs_end_lost,
  dropped: m.jobs_end_dropped,
};

export const endWords = (end: AttemptEnd): string => ends[end]();

/** "map:0 on n1, try 2: failed". */
export function tryWords(task: string, node: string, ordinal: number, end: AttemptEnd): string {
  const words = { task, node, end: ends[end]() };
  return ordinal === 1 ? m.jobs_try(words) : m.jobs_try_again({ ...words, ordinal });
}

export function taskWords({ state, isLacking, attempts }: TaskLine): string {
  switch (state) {
    case 'waiting':
      return isLacking ? m.jobs_is_lacking() : m.jobs_is_waiting();
    case 'pending':
      return m.jobs_is_pending();
    case 'running':
      return attempts.length > 1 ? m.jobs_is_again() : m.jobs_is_running();
    default:
      return m.jobs_is_done();
  }
}
