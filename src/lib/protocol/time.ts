// Virtual time (KT1): an integer count of microseconds since the start of the run.
// Files that people write use milliseconds; this is the only place that converts.

/** 2026-01-01T00:00:00Z, the instant at which every run starts, in Unix milliseconds. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/** Milliseconds with up to three decimals, as written in files, to whole microseconds. */
export function usFromMs(ms: number): number {
  return Math.round(ms * 1000);
}

/** Seconds, as the libraries' own interfaces take them, to whole microseconds (rounded up: a sleep is never short). */
export function usFromSeconds(seconds: number): number {
  return Math.ceil(seconds * 1e6 - 1e-6);
}

/** `[ 12.000 ms]` on the command line: milliseconds with three decimals. */
export function formatMs(us: number): string {
  const whole = Math.floor(us / 1000);
  return `${whole}.${String(us - whole * 1000).padStart(3, '0')}`;
}

const NARROW_SPACE = '\u202f';

/** `4 112`: whole thousands apart, for people. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_SPACE);
}
