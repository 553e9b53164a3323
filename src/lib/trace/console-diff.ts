// What the programs of a node printed in two runs, paired line by line.

import { isSameText } from './compare.ts';
import { logsAt, type LogLine } from './facts.ts';
import { diffSequences } from './sequence-diff.ts';
import type { TraceStore } from './store.ts';

/** A line of both runs, or of one. */
export interface LinePair {
  before: LogLine | null;
  now: LogLine | null;
}

/** The whole output of a node in two runs. Lines whose words are the same are one, at any time. */
export function pairLines(before: TraceStore, now: TraceStore, node: string): LinePair[] {
  const ones = logsAt(before, node, before.frontierUs);
  const others = logsAt(now, node, now.frontierUs);
  const isSame = (at: number, other: number): boolean =>
    ones[at]!.stream === others[other]!.stream && isSameText(ones[at]!.text, others[other]!.text);
  return diffSequences(ones.length, others.length, isSame).map((pairing) => ({
    before: ones[pairing.before] ?? null,
    now: others[pairing.after] ?? null,
  }));
}

/** As far as they are printed at an instant: what is still to come is nobody's yet. */
export function pairsAt(pairs: readonly LinePair[], atUs: number): LinePair[] {
  const known = (line: LogLine | null): LogLine | null => (line && line.tUs <= atUs ? line : null);
  return pairs
    .map(({ before, now }) => ({ before: known(before), now: known(now) }))
    .filter(({ before, now }) => before !== null || now !== null);
}

/** Lines one by one, or a stretch that both runs have. */
export type Stretch =
  { type: 'line'; pair: LinePair } | { type: 'fold'; pairs: readonly LinePair[] };

/** Shorter stretches are not worth a fold. */
const FOLD_MIN = 4;

/** Folds what both say, but for a line beside each difference. */
export function foldCommon(pairs: readonly LinePair[]): Stretch[] {
  const isCommon = (pair: LinePair | undefined): boolean =>
    pair === undefined || (pair.before !== null && pair.now !== null);
  const isFar = (at: number): boolean => [-1, 0, 1].every((near) => isCommon(pairs[at + near]));
  const found: Stretch[] = [];
  for (let from = 0; from < pairs.length;) {
    let to = from;
    while (to < pairs.length && isFar(to)) to++;
    const isFold = to - from >= FOLD_MIN;
    to = Math.max(to, from + 1);
    const part = pairs.slice(from, to);
    if (isFold) found.push({ type: 'fold', pairs: part });
    else found.push(...part.map((pair): Stretch => ({ type: 'line', pair })));
    from = to;
  }
  return found;
}
