// `process`, and how processes are run: `Parallel`, `Sequence`, `Spawn`.

import { simErrors } from '#lib/node/engine-errors.ts';
import { repr, show } from '#lib/node/print.ts';
import { type Body, run, type SimPromise } from '#lib/node/promise.ts';
import type { Csp, Work } from '../engine/csp.ts';
import type { TraceLine } from '../engine/tracing.ts';
import { anotherOf } from './ends.ts';

type Learners = (...args: unknown[]) => unknown;

/** A process that has not been started. */
export class Process {
  readonly #csp: Csp;
  readonly work: Work;
  readonly #fn: Learners;

  constructor(csp: Csp, fn: Learners, args: readonly unknown[]) {
    if (typeof fn !== 'function') {
      throw new simErrors.TypeError(`process needs a function: ${show(fn)}`);
    }
    this.#csp = csp;
    this.#fn = fn;
    const process = csp.createProcess(fn.name || 'process');
    this.work = { process, args, call: () => fn(...args) };
  }

  /** As PyCSP calls it. */
  get id(): string {
    return this.work.process.id;
  }

  /** This process and `count - 1` copies, each with ends of its own (`3 * p` in Python). */
  times(count: number): Process[] {
    const copies = Array.from(
      { length: Math.max(0, Math.trunc(count) - 1) },
      () => new Process(this.#csp, this.#fn, this.work.args.map(copied)),
    );
    return [this, ...copies];
  }

  [repr](): string {
    return `<Process ${this.work.process.name}>`;
  }
}

/** Arguments of a copy: lists and maps are copied too, for the ends in them. */
function copied(value: unknown): unknown {
  return Array.isArray(value) ? value.map(copied) : anotherOf(value);
}

/** What `import … from 'pycsp'` gives of processes. */
export function processFunctions(csp: Csp): Record<string, unknown> {
  class OwnProcess extends Process {
    constructor(fn: Learners, ...args: unknown[]) {
      super(csp, fn, args);
    }
  }
  Object.defineProperty(OwnProcess, 'name', { value: 'Process' });
  return {
    Process: OwnProcess,
    process: (fn: Learners) => {
      if (typeof fn !== 'function') {
        throw new simErrors.TypeError(`process needs a function: ${show(fn)}`);
      }
      return (...args: unknown[]) => new Process(csp, fn, args);
    },
    Parallel: (...list: unknown[]) =>
      run(running(csp, 'Parallel', list, (works) => csp.parallel(works))),
    Sequence: (...list: unknown[]) =>
      run(running(csp, 'Sequence', list, (works) => csp.sequence(works))),
    Spawn: (...list: unknown[]): SimPromise<void> => run(spawning(csp, list)),
    currentProcessId: () => csp.current().id,
    shutdown: () => run(csp.shutdown()),
  };
}

function* running(
  csp: Csp,
  verb: string,
  list: readonly unknown[],
  how: (works: readonly Work[]) => Body<unknown[]>,
): Body<unknown[]> {
  const works = worksOf(list);
  const told = toldOf(csp, works);
  csp.ontell?.({ ...told, type: `BlockOn${verb}` });
  const results = yield* how(works);
  csp.ontell?.({ ...told, type: `Done${verb}` });
  return results;
}

/** What a trace says of processes that are run. */
function toldOf(csp: Csp, works: readonly Work[]): TraceLine {
  const processes = works.map(({ process }) => ({
    func_name: process.functionName,
    process_id: process.id,
  }));
  return { processes, process_id: csp.current().id };
}

// eslint-disable-next-line require-yield -- awaited like the others
function* spawning(csp: Csp, list: readonly unknown[]): Body<void> {
  const works = worksOf(list);
  csp.ontell?.({ type: 'Spawn', ...toldOf(csp, works) });
  csp.spawn(works);
}

/** Of processes and lists of processes. */
function worksOf(list: readonly unknown[]): Work[] {
  return list.flat().map((it) => {
    if (it instanceof Process) return it.work;
    throw new simErrors.TypeError(`not a process: ${show(it)} (make one by process(function))`);
  });
}
