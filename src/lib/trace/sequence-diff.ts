// What two lists have in common and what each has alone, in order: the shortest way from one to the
// other (Myers 1986, "An O(ND) Difference Algorithm and Its Variations"). Its time goes with how
// much differs, not with how long the lists are.

/** `same` stands in both, `old` in the first list only, `new` in the second only. */
export interface Pairing {
  type: 'same' | 'old' | 'new';
  /** Its position in the first list; of a `new` one -1. */
  before: number;
  /** Its position in the second list; of an `old` one -1. */
  after: number;
}

/** With more differences than this the lists have nothing to do with each other: no way is sought. */
const DIFFERENCES_MAX = 1_000;

/**
 * Pairs the items of two lists, in reading order; where they differ, what goes comes first.
 *
 * @param isSame takes a position in the first list and one in the second
 */
export function diffSequences(
  beforeCount: number,
  afterCount: number,
  isSame: (before: number, after: number) => boolean,
): Pairing[] {
  const shorter = Math.min(beforeCount, afterCount);
  let head = 0;
  while (head < shorter && isSame(head, head)) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(beforeCount - 1 - tail, afterCount - 1 - tail)) tail++;
  const middle = diffMiddle(beforeCount - head - tail, afterCount - head - tail, (before, after) =>
    isSame(head + before, head + after),
  );
  const found: Pairing[] = [];
  for (let at = 0; at < head; at++) found.push({ type: 'same', before: at, after: at });
  for (const { type, before, after } of oldFirst(middle)) {
    found.push({
      type,
      before: before < 0 ? -1 : before + head,
      after: after < 0 ? -1 : after + head,
    });
  }
  for (let at = tail; at > 0; at--) {
    found.push({ type: 'same', before: beforeCount - at, after: afterCount - at });
  }
  return found;
}

/** One block of differences: all that goes, then all that comes. */
function oldFirst(pairings: readonly Pairing[]): Pairing[] {
  const found: Pairing[] = [];
  let coming: Pairing[] = [];
  for (const pairing of pairings) {
    if (pairing.type === 'new') {
      coming.push(pairing);
      continue;
    }
    if (pairing.type === 'same') {
      found.push(...coming);
      coming = [];
    }
    found.push(pairing);
  }
  return [...found, ...coming];
}

function diffMiddle(
  beforeCount: number,
  afterCount: number,
  isSame: (before: number, after: number) => boolean,
): Pairing[] {
  const rounds = searchRounds(beforeCount, afterCount, isSame);
  if (rounds) return walkBack(rounds, beforeCount, afterCount);
  const old = Array.from({ length: beforeCount }, (_, at) => gone(at));
  return [...old, ...Array.from({ length: afterCount }, (_, at) => come(at))];
}

const gone = (before: number): Pairing => ({ type: 'old', before, after: -1 });
const come = (after: number): Pairing => ({ type: 'new', before: -1, after });

/**
 * For each number of differences, how far into the first list one gets with it: by diagonal, from
 * -d to d, whose number is the position there less the one in the second list. Null when that takes
 * too many.
 */
function searchRounds(
  beforeCount: number,
  afterCount: number,
  isSame: (before: number, after: number) => boolean,
): Int32Array[] | null {
  const rounds: Int32Array[] = [];
  const most = Math.min(beforeCount + afterCount, DIFFERENCES_MAX);
  for (let differences = 0; differences <= most; differences++) {
    const round = new Int32Array(2 * differences + 1);
    rounds.push(round);
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let before = differences === 0 ? 0 : startOf(rounds[differences - 1]!, diagonal);
      while (
        before < beforeCount &&
        before - diagonal < afterCount &&
        isSame(before, before - diagonal)
      )
        before++;
      round[diagonal + differences] = before;
      if (before >= beforeCount && before - diagonal >= afterCount) return rounds;
    }
  }
  return null;
}

/** Where a diagonal begins: from the one above by what comes, or from the one below by what goes. */
function startOf(last: Int32Array, diagonal: number): number {
  return isComing(last, diagonal) ? reach(last, diagonal + 1) : reach(last, diagonal - 1) + 1;
}

function isComing(last: Int32Array, diagonal: number): boolean {
  return reach(last, diagonal - 1) < reach(last, diagonal + 1);
}

/** How far the round got on a diagonal; -1 on one that it had not. */
function reach(round: Int32Array, diagonal: number): number {
  return round[diagonal + (round.length - 1) / 2] ?? -1;
}

function walkBack(
  rounds: readonly Int32Array[],
  beforeCount: number,
  afterCount: number,
): Pairing[] {
  const found: Pairing[] = [];
  let [before, after] = [beforeCount, afterCount];
  for (let differences = rounds.length - 1; differences > 0; differences--) {
    const last = rounds[differences - 1]!;
    const diagonal = before - after;
    const start = startOf(last, diagonal);
    while (before > start) found.push({ type: 'same', before: --before, after: --after });
    found.push(isComing(last, diagonal) ? come(--after) : gone(--before));
  }
  while (before > 0) found.push({ type: 'same', before: --before, after: --after });
  return found.reverse();
}
