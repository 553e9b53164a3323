// Pyro4: calls to objects of other processes. Python's package is an engine of its own (python/).

import { run } from '#lib/node/promise.ts';
import type { Model } from '../model.ts';
import { nameServerControlMain, nameServerMain } from './commands.ts';
import { createModule } from './face/module.ts';

export const pyro4: Model = {
  name: 'pyro4',
  commands: {
    'pyro4-ns': (process) => run(nameServerMain(process)),
    'pyro4-nsc': (process) => run(nameServerControlMain(process)),
  },
  createModule,
};
