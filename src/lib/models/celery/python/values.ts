// Values of Python learners as the engine holds them: JSON texts and descriptions that the
// interpreter made. The engine never looks inside.

import { dumps, partsOf, RawJson } from '../json.ts';
import { CeleryError } from '../errors.ts';
import type { CallValues, WireError } from '../space.ts';

/** What a task returned, or a value that came by message. */
export class PythonValue {
  /** JSON text, or null when JSON cannot carry it. */
  readonly text: string | null;
  /** Why not: `Object of type set is not JSON serializable`. */
  readonly problem: string;
  /** `repr()` of it, or null where nobody asked Python for one. */
  readonly repr: string | null;

  constructor(text: string | null, problem = '', repr: string | null = null) {
    this.text = text;
    this.problem = problem;
    this.repr = repr;
  }
}

/** Arguments that Python has written. */
export class PythonCall implements CallValues {
  /** JSON texts of the list and of the dict. */
  readonly positionalText: string;
  readonly keywordsText: string;
  /** `(4, 4)` and `{'y': 5}`, where Python described them. */
  readonly reprs: { positional: string; keywords: string };

  constructor(
    positionalText: string,
    keywordsText: string,
    reprs: PythonCall['reprs'] = { positional: '', keywords: '' },
  ) {
    this.positionalText = positionalText;
    this.keywordsText = keywordsText;
    this.reprs = reprs;
  }

  get positional(): readonly PythonValue[] {
    return [...partsOf(this.positionalText).values()].map((text) => new PythonValue(text));
  }

  get keywords(): Readonly<Record<string, PythonValue>> {
    const entries = [...partsOf(this.keywordsText)].map(
      ([name, text]) => [name, new PythonValue(text)] as const,
    );
    return Object.fromEntries(entries);
  }
}

/** JSON text of a list of values or of a dict. */
export function textOf(values: readonly unknown[] | Readonly<Record<string, unknown>>): string {
  const raw = (value: unknown): RawJson => new RawJson((value as PythonValue).text ?? 'null');
  if (Array.isArray(values)) return dumps(values.map(raw));
  const entries = Object.entries(values).map(([name, value]) => [name, raw(value)] as const);
  return dumps(new Map(entries));
}

/** An exception that Python raised, described by the interpreter at once. */
export interface PythonFailure extends WireError {
  /** `ValueError('boom 7')`. */
  repr: string;
  /** In the learner's own lines, without a final newline. */
  traceback: string;
  /** `str()` of it. */
  text: string;
  /** Set for what is no error: Retry, Ignore, Reject. */
  verdict?: PythonVerdict;
}

/** As `Verdict`, with an exception as Python describes it. */
export type PythonVerdict =
  | { kind: 'retry'; cause: PythonFailure | null }
  | { kind: 'ignore' }
  | { kind: 'reject'; requeue: boolean };

/** Carries a `PythonFailure` through the engine. */
export class PythonError extends CeleryError {
  readonly failure: PythonFailure;
  constructor(failure: PythonFailure) {
    super(failure.repr);
    this.failure = failure;
  }
}
