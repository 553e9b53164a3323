// Disco as TypeScript learners import it, made once per process. Python's names by one rule: options in
// camelCase, what blocks is awaited. Types: disco.d.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import * as errors from '../errors.ts';
import { contextOf } from './context-of.ts';
import type { Options } from './context.ts';
import { DdfsFace, DiscoFace } from './ddfs.ts';
import { JobChain as Chain, JobFace } from './job.ts';
import { Results } from './results.ts';
import { OWN_FUNCTIONS, sorted } from './helpers.ts';
import { StageFace, WorkerFace } from './pipeline.ts';

/** What `import … from 'disco'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const context = contextOf(process);

  class Job extends JobFace {
    constructor(options: Options = {}) {
      super(context, options);
    }
  }

  class JobChain extends Chain {
    constructor(inputs: Iterable<readonly [JobFace, unknown]>) {
      super(context, inputs);
    }
  }

  class DDFS extends DdfsFace {
    constructor(master?: string) {
      super(context, master);
    }
  }

  class Disco extends DiscoFace {
    constructor(master?: string) {
      super(context, master);
    }
  }

  class Stage extends StageFace {}
  class Worker extends WorkerFace {}

  const resultIterator = (urls: Iterable<unknown>): Results => new Results(context, urls);
  const classes = { Job, JobChain, DDFS, Disco, Stage, Worker };
  // A job is called after its class, whatever a bundler calls that.
  for (const [name, value] of Object.entries(classes))
    Object.defineProperty(value, 'name', { value: name });
  return { ...classes, resultIterator, sorted, ...OWN_FUNCTIONS, ...errors };
}
