// Disco: MapReduce over a cluster with a file system of its own. What the runtime needs of it: the
// commands that cluster.json may name, the module that TypeScript learners import, and the engine
// behind the package that Python learners import.

import type { NodeProcess } from '#lib/node/process.ts';
import { run } from '#lib/node/promise.ts';
import type { PythonEngine } from '#lib/node/python-port.ts';
import type { Model } from '../model.ts';
import { contextOf } from './face/context-of.ts';
import { createModule } from './face/module.ts';
import { masterMain } from './master/main.ts';
import { nodeMain } from './node/main.ts';
import { DiscoEngine } from './python/engine.ts';
import { TypeScriptSpace } from './typescript-space.ts';
import { WORKER_COMMAND } from './worker/command.ts';
import { workerMain } from './worker/main.ts';

export const disco: Model = {
  name: 'disco',
  commands: {
    'disco-master': (process) => run(masterMain(process)),
    'disco-node': (process) => run(nodeMain(process)),
    [WORKER_COMMAND]: (process, env) => {
      const { values, gate } = contextOf(process);
      gate.useLoader((module) => env.importModule(module));
      return run(workerMain(process, new TypeScriptSpace(process, values, gate)));
    },
  },
  createModule,
};

/** What the Python package `disco` of a process stands on. */
export function createPythonEngine(process: NodeProcess): PythonEngine {
  return new DiscoEngine(process);
}
