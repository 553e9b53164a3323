// The change between two short programs, line by line, as `diff` tells it.

import { diffSequences } from '#lib/trace/sequence-diff.ts';

/** `same`, or a line that goes (`old`) or comes (`new`). */
export interface DiffLine {
  type: 'same' | 'old' | 'new';
  text: string;
}

/** The lines of `before` and `after`, in reading order. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  return diffSequences(a.length, b.length, (one, other) => a[one] === b[other]).map(
    ({ type, before: one, after: other }) => ({ type, text: type === 'new' ? b[other]! : a[one]! }),
  );
}
