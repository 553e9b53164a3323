// faults.json as the page edits it: entries made by hand are appended, moved and deleted in the
// text, so that the file stays the one truth about what is broken.

import type { Fault, FaultAction } from '#lib/protocol/faults.ts';

/** The entries of a faults.json; none when the text is no list (its errors appear on Run). */
export function parseFaults(text: string | undefined): Fault[] {
  return listOf(text) ?? [];
}

/** False for a text that is no list of entries, so that nothing can be appended to it. */
export function isFaultList(text: string | undefined): boolean {
  return listOf(text) !== null;
}

function listOf(text: string | undefined): Fault[] | null {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && one);
    return isList ? (list as Fault[]) : null;
  } catch {
    return null;
  }
}

/** One entry a line. */
export function writeFaults(faults: readonly Fault[]): string {
  if (faults.length === 0) return '[]\n';
  const lines = faults.map((fault) => {
    const pairs = Object.entries(fault).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
    return `  { ${pairs.join(', ')} }`;
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}

/** The entry for a fault that strikes at a time; milliseconds with three decimals. */
export function timedFault(action: FaultAction, atUs: number): Fault {
  return { atMs: Math.round(atUs) / 1000, ...action } as Fault;
}
