// The time that libraries put before the lines they log. The page shows it in a margin of its own.

const STAMP = /^\[?\d{4}-\d{2}-\d{2} [\d:.,+]*\d(?:: \w+\/[\w-]+\])?\s+/;

/** A line of output as the stamp at its beginning, '' for none, and the rest. */
export function splitStamp(text: string): [stamp: string, rest: string] {
  const stamp = STAMP.exec(text)?.[0] ?? '';
  return [stamp, text.slice(stamp.length)];
}
