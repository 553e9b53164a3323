// SCOOP as TypeScript learners import it. Python's spelling by one rule: names in camelCase, options
// last, what blocks is awaited. Types: scoop.d.ts.

import { simErrors } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import * as errors from '../errors.ts';
import { ConstantExists } from '../worker/constants.ts';
import { timeoutOf, type Options } from './arguments.ts';
import { FutureFace } from './future.ts';
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Futures } from './futures.ts';
import { refuse, SerialMap } from './serial.ts';
import { engineOf, type Engine } from './worker-of.ts';

/** What `import … from 'scoop'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const engine = engineOf(process);
  const isRunning = (): boolean => engine !== null && engine.worker.name !== '';
  const futures = createFutures(process, engine, isRunning);
  const shared = createShared(engine, isRunning);
  return {
    futures,
    shared,
    Future: FutureFace,
    ...errors,
    /** True also where there is no pool, so that a program's guard works in both. */
    IS_ORIGIN: engine?.worker.config.isOrigin ?? true,
    SIZE: engine?.worker.config.size ?? 1,
    get IS_RUNNING(): boolean {
      return isRunning();
    },
    get worker(): string {
      return engine?.worker.name ?? '';
    },
  };
}

function createFutures(
  process: NodeProcess,
  engine: Engine | null,
  isRunning: () => boolean,
): object {
  const pool = engine && new Futures(engine.worker, engine.trees);
  const serial = new SerialMap(process);
  const inPool = (): Futures => (pool && isRunning() ? pool : refuse());
  return Object.freeze({
    map: (callable: unknown, ...iterables: unknown[]) =>
      (isRunning() ? pool! : serial).map(callable, iterables),
    mapAsCompleted: (callable: unknown, ...iterables: unknown[]) =>
      inPool().mapAsCompleted(callable, iterables),
    mapReduce: (map: unknown, reduce: unknown, ...iterables: unknown[]) =>
      inPool().mapReduce(map, reduce, iterables),
    mapScan: (map: unknown, reduce: unknown, ...iterables: unknown[]) =>
      inPool().mapScan(map, reduce, iterables),
    submit: (callable: unknown, ...args: unknown[]) => inPool().submit(callable, args),
    asCompleted: (futures: unknown, options?: Options) => inPool().asCompleted(futures, options),
    wait: (futures: unknown, options?: Options) => inPool().wait(futures, options),
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    ALL_COMPLETED,
  });
}

function createShared(engine: Engine | null, isRunning: () => boolean): object {
  const worker = () => (engine && isRunning() ? engine.worker : refuse());
  return Object.freeze({
    setConst: (values: Options): void => {
      try {
        worker().setConstants(new Map(Object.entries(values)));
      } catch (error) {
        if (error instanceof ConstantExists) throw new simErrors.TypeError(error.message);
        throw error;
      }
    },
    getConst: (name: unknown, options?: Options): SimPromise<unknown> => {
      const timeoutUs = timeoutOf(options, ['timeout']);
      return run(constant(String(name), timeoutUs));
    },
  });

  function* constant(name: string, timeoutUs: number | null): Body<unknown> {
    const found = yield* worker().constant(name, timeoutUs);
    return found ? found.value : null;
  }
}
