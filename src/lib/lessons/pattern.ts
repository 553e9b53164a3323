// Finds where a fault pattern matches in a trace: a lesson's `pauseOn` has the grammar of faults,
// but is looked up in what has already been computed, and may also wait for a printed line.

import { nodeOf, NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { Moment, Pattern } from './schema.ts';

/** The first event at which a run that is watched stops by itself, or NO_EVENT. */
export function findMoment(trace: TraceStore, moment: Moment): number {
  if (!('log' in moment)) return findMatch(trace, moment);
  const line = new RegExp(moment.log);
  for (let id = 0; id < trace.eventCount; id++) {
    const isPrinted = trace.kindAt(id) === 'log' && isNamed(moment.node, trace.processAt(id).name);
    if (isPrinted && line.test(trace.textAt(id, 'text')!)) return id;
  }
  return NO_EVENT;
}

/**
 * The first event after `afterId` at which the pattern matches, or NO_EVENT. Matches are counted
 * from the start of the trace, as faults count them.
 */
export function findMatch(trace: TraceStore, pattern: Pattern, afterId = NO_EVENT): number {
  const [kind, msg] =
    'deliver' in pattern
      ? (['deliver', pattern.deliver] as const)
      : (['send', 'send' in pattern ? pattern.send : pattern.beforeSend] as const);
  let matchCount = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== kind || trace.textAt(id, 'msg') !== msg) continue;
    const here = trace.processAt(id).name;
    const there = trace.textAt(id, kind === 'deliver' ? 'from' : 'to')!;
    const [from, to] = kind === 'deliver' ? [there, here] : [here, there];
    if (!isNamed(pattern.from, from) || !isNamed(pattern.to, to)) continue;
    matchCount++;
    const isWanted = pattern.every === true || matchCount === (pattern.nth ?? 1);
    if (isWanted && id > afterId) return id;
  }
  return NO_EVENT;
}

function isNamed(name: string | undefined, process: string): boolean {
  return name === undefined || name === process || name === nodeOf(process);
}
