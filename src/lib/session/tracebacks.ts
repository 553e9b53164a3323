// What a program said on stderr when something went wrong, in TypeScript's words or Python's.

/** A line of a learner's file. */
export interface Place {
  file: string;
  line: number;
}

export interface Traceback {
  /** The line that says what went wrong. */
  text: string;
  /** The innermost of the learner's own lines. */
  place: Place;
}

const TYPESCRIPT_PLACE = /([\w./-]+\.ts):(\d+)/;
const PYTHON_PLACE = /File "([^"<]+\.py)", line (\d+)/;

/** `Error` of `ZeroDivisionError: division by zero`; also with a module before it. */
const PYTHON_ERROR = /^[A-Za-z_][\w.]*(?:: .*)?$/;

/** `TypeError` of `TypeError: x is not a function`. */
const TYPESCRIPT_ERROR = /^[\w.]*(?:Error|Exception)(?:: |$)/;

/** The place that a line of output names, with the words that name it; or null. */
export function placeIn(text: string): (Place & { words: string }) | null {
  const found = PYTHON_PLACE.exec(text) ?? TYPESCRIPT_PLACE.exec(text);
  return found && { words: found[0], file: found[1]!, line: Number(found[2]) };
}

function lineIn(text: string): Place {
  const { file, line } = placeIn(text)!;
  return { file, line };
}

/**
 * Finds the tracebacks in what one process wrote on stderr, in their order. Of errors that followed
 * from one another it gives the last.
 */
export function tracebacksIn(lines: readonly string[]): Traceback[] {
  return [...typescriptErrors(lines), ...pythonErrors(lines)];
}

/** The message, of one line or several, stands before its places, which begin with "at". */
function typescriptErrors(lines: readonly string[]): Traceback[] {
  const found: Traceback[] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (!isTypescriptFrame(line) || before === undefined || isTypescriptFrame(before)) continue;
    found.push({ text: messageBefore(lines, index), place: lineIn(line) });
  }
  return found;
}

/** Its first line, if it names an error; else the last, as anybody may have printed those before. */
function messageBefore(lines: readonly string[], index: number): string {
  const from = lines.findLastIndex((line, at) => at < index && /^\s*at /.test(line)) + 1;
  const message = lines.slice(from, index).findLast((line) => TYPESCRIPT_ERROR.test(line));
  return (message ?? lines[index - 1]!).trim();
}

function isTypescriptFrame(line: string): boolean {
  return /^\s*at /.test(line) && TYPESCRIPT_PLACE.test(line);
}

/** The places stand before the message, which is the first line that is not indented. */
function pythonErrors(lines: readonly string[]): Traceback[] {
  const found: Traceback[] = [];
  let place: Place | null = null;
  let isConsequence = false;
  for (const line of lines) {
    if (/^(?:During handling of the above|The above exception was the direct cause)/.test(line)) {
      isConsequence = true;
    } else if (PYTHON_PLACE.test(line)) {
      place = lineIn(line);
    } else if (place && PYTHON_ERROR.test(line)) {
      if (isConsequence) found.pop();
      found.push({ text: line, place });
      place = null;
      isConsequence = false;
    }
  }
  return found;
}
