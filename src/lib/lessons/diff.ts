// The change between two short programs, line by line: longest common subsequence, as `diff` does.

/** `same`, or a line that goes (`old`) or comes (`new`). */
export interface DiffLine {
  type: 'same' | 'old' | 'new';
  text: string;
}

/** The lines of `before` and `after`, in reading order. For files of some hundred lines. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  // common[i][j]: length of the longest common part of a from i and b from j.
  const common = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] =
        a[i] === b[j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ type: 'same', text: a[i++]! });
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ type: 'old', text: a[i++]! });
    } else {
      lines.push({ type: 'new', text: b[j++]! });
    }
  }
  return lines;
}
