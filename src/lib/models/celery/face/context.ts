// What the classes of one process's `celery` module share.

import type { NodeProcess } from '#lib/node/process.ts';
import type { CeleryApp } from '../app.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { unknownName } from '../conf.ts';
import type { CallValues, ObjectSpace } from '../space.ts';

export interface FaceContext {
  readonly process: NodeProcess;
  readonly space: ObjectSpace;
  /** The application made last: what an AsyncResult of a bare id belongs to. */
  current: CeleryApp | null;
}

/** Keyword arguments for a task's function. */
export class Keywords {
  readonly values: Readonly<Record<string, unknown>>;
  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = { ...values };
  }
}

/** Arguments as the learner wrote them; the last one may be `kw({…})`. */
export function callOf(args: readonly unknown[]): CallValues {
  const last = args.at(-1);
  return last instanceof Keywords
    ? { positional: args.slice(0, -1), keywords: last.values }
    : { positional: [...args], keywords: {} };
}

/**
 * Refuses options that do not exist.
 *
 * @throws ImproperlyConfigured `unknown task option: acksLater; did you mean acksLate?`
 */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new ImproperlyConfigured(`${what}s must be an object: ${String(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName(what, name, known);
  }
}
