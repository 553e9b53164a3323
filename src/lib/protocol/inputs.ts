// The order of what happens to a process: by time, and at one instant as it was handed over.

import type { Input } from './packets.ts';

/**
 * Puts an input where it belongs in a line that is sorted by time. Nearly always that is the end:
 * only what a machine tells itself comes before something that was handed over earlier.
 *
 * @param fromIndex what stands before this place has been dealt with
 * @param goesFirst whether it goes before another one of its instant; by default it does not
 */
export function insertByTime(
  line: Input[],
  input: Input,
  fromIndex = 0,
  goesFirst?: (other: Input) => boolean,
): void {
  let index = line.length;
  for (; index > fromIndex; index--) {
    const other = line[index - 1]!;
    if (other.tUs > input.tUs) continue;
    if (other.tUs < input.tUs || !goesFirst?.(other)) break;
  }
  if (index === line.length) line.push(input);
  else line.splice(index, 0, input);
}
