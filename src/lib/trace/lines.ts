// From text to JSON lines, and the three ways in which a text can be no trace.

import { InputError } from '#lib/protocol/errors.ts';

/** `trace-foreign`: something else · `trace-version`: of a newer Lightcone · `trace-damaged`. */
export type TraceFault = 'trace-foreign' | 'trace-version' | 'trace-damaged';

/** An error at a line of a trace; 0 means the file as a whole. */
export function traceError(
  code: TraceFault,
  file: string,
  line: number,
  message: string,
): InputError {
  return new InputError([{ file, line, column: 1, code, message }]);
}

/** An error of a line that contradicts the format or other lines. */
export function damaged(
  file: string,
  line: number,
  message: string,
  remedy = 'take a fresh copy of the file',
): InputError {
  return traceError('trace-damaged', file, line, `${message}: ${remedy}`);
}

/**
 * Parses whole lines. A newline is never part of a JSON string, so a batch of lines is one array
 * away from a value.
 *
 * @param lineCount lines of the file before these
 * @throws InputError that names the first line which is not JSON
 */
export function parseLines(text: string, file: string, lineCount: number): object[] {
  const joined = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (joined === '') return [];
  const values = valuesOf(joined);
  if (values && values.every((value) => typeof value === 'object' && value !== null)) {
    return values as object[];
  }
  for (const [index, line] of joined.split('\n').entries()) {
    if (!isObject(line)) throw damaged(file, lineCount + index + 1, 'not a JSON object');
  }
  throw damaged(file, lineCount + 1, 'not a list of JSON lines');
}

/** The values of the lines; null when they are not one value a line. */
function valuesOf(joined: string): unknown[] | null {
  try {
    const values = JSON.parse(`[${joined.replaceAll('\n', ',')}]`) as unknown[];
    return values.length === countLines(joined) ? values : null;
  } catch {
    return null;
  }
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
