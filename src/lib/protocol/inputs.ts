// The order of what happens to a process: by time, and at one instant as it was handed over.

import type { Input } from './packets.ts';

/**
 * Puts an input where it belongs in a line that is sorted by time. Nearly always that is the end:
 * only what a machine tells itself comes before something that was handed over earlier.
 *
 * @param fromIndex what stands before this place has been dealt with
 */
export function insertByTime(line: Input[], input: Input, fromIndex = 0): void {
  let index = line.length;
  while (index > fromIndex && line[index - 1]!.tUs > input.tUs) index--;
  if (index === line.length) line.push(input);
  else line.splice(index, 0, input);
}
