// The four kinds of failure have four shapes (docs/errors.md): this file holds the two that cross
// folder borders as values, and the one that means "our bug".

/**
 * A learner's mistake, shown in the editor at its place.
 * Lines and columns count from 1; 0 means "the file as a whole".
 */
export interface Diagnostic {
  file: string;
  line: number;
  column: number;
  /** Stable, kebab-case; explained in docs/errors.md. */
  code: string;
  /** One line, lower case, says what to do. */
  message: string;
}

/** A diagnostic that knows how far it reaches: what a compiler says while somebody types. */
export interface Finding extends Diagnostic {
  endLine: number;
  /** Behind the last sign; 0 for the end of the line. */
  endColumn: number;
  severity: 'error' | 'warning';
}

/** Our bug: an assumption of the simulator did not hold. Stops the run; the trace is kept. */
export class InvariantError extends Error {
  override name = 'InvariantError';
}

/**
 * Stays on in production: a simulator that goes on after a broken assumption teaches falsehoods.
 *
 * @param condition what must hold
 * @param held the assumption in words, for the report
 * @throws InvariantError when it does not hold
 */
export function assert(condition: unknown, held: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${held}`);
}

/** Bad input (a folder, a link, a flag). `place` names file and position, e.g. `cluster.json: nodes.w1.run`. */
export class InputError extends Error {
  override name = 'InputError';
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** `tasks.ts:3:5: message`, the form every compiler uses, so that terminals make it a link. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, message } = diagnostic;
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return `${place}: ${message}`;
}
