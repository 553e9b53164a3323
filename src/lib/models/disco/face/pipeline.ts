// `Stage` and `Worker` of disco.worker.pipeline: jobs whose stages the learner writes.

import { simErrors } from '#lib/node/engine-errors.ts';
import { show } from '#lib/node/print.ts';
import { DiscoError } from '../errors.ts';
import type { StageFunctions } from '../typescript-pipeline.ts';
import { checkOptions, type Options } from './context.ts';

const FUNCTIONS = ['init', 'process', 'done', 'inputHook'] as const;

/** One stage: what its tasks call. */
export class StageFace {
  readonly name: string;
  readonly functions: StageFunctions;

  constructor(name: unknown, options: Options = {}) {
    if (typeof name !== 'string') {
      throw new simErrors.TypeError(`a stage has a name, which is a text: ${show(name)}`);
    }
    checkOptions('Stage', options, [...FUNCTIONS, 'combine', 'sort']);
    this.name = name;
    const functions: StageFunctions = {
      name,
      combine: options['combine'] === true,
      sort: options['sort'] === true,
    };
    for (const key of FUNCTIONS) {
      const given = options[key];
      if (given === undefined || given === null) continue;
      if (typeof given !== 'function') {
        throw new simErrors.TypeError(`${key} must be a function: ${show(given)}`);
      }
      functions[key] = given as (...args: unknown[]) => unknown;
    }
    this.functions = functions;
  }
}

/** What a job is given as its `worker` to run a pipeline; may carry the pipeline. */
export class WorkerFace {
  readonly settings: Options;

  constructor(settings: Options = {}) {
    checkOptions('Worker', settings, ['pipeline', 'params']);
    this.settings = settings;
  }
}

/** Groupings and stages, in order. @throws DiscoError */
export function stagesOf(pipeline: unknown): { grouping: string; stage: StageFace }[] {
  if (!Array.isArray(pipeline)) {
    throw new DiscoError(`a pipeline is a list of pairs [grouping, stage]: ${show(pipeline)}`);
  }
  return (pipeline as unknown[]).map((pair) => {
    const [grouping, stage, isConcurrent] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof grouping !== 'string' || !(stage instanceof StageFace)) {
      throw new DiscoError(`Bad Stage ${show(pair)}`);
    }
    if (isConcurrent) throw new DiscoError('concurrent stages are not modelled');
    return { grouping, stage };
  });
}
