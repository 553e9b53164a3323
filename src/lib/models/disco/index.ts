// Disco: MapReduce over a cluster with a file system of its own. What the runtime needs of it: the
// commands that cluster.json may name, and the module that TypeScript learners import.

import { run } from '#lib/node/promise.ts';
import type { Model } from '../model.ts';
import { contextOf } from './face/context-of.ts';
import { createModule } from './face/module.ts';
import { masterMain } from './master/main.ts';
import { nodeMain } from './node/main.ts';
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
