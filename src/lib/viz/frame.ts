// A long trace is read in parts, so that no frame waits for it.

/** Of a frame's 16 ms, in milliseconds: the rest is for drawing. */
const BUDGET_MS = 8;
/** Events between two looks at the clock. */
const PART = 2_000;

/**
 * Reads on as long as a frame has room for it.
 *
 * @param read takes so many events at most, and tells whether that was all
 * @returns false when there is more
 */
export function readForAFrame(read: (most: number) => boolean): boolean {
  const untilMs = performance.now() + BUDGET_MS;
  do {
    if (read(PART)) return true;
  } while (performance.now() < untilMs);
  return false;
}
