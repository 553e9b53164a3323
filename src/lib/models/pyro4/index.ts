// Pyro4: calls to objects of other processes. What the runtime needs of it: the dissector, the commands
// that cluster.json may name, and the module that TypeScript learners import. Python's package is an
// engine of its own (python/).

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type SimPromise } from '#lib/node/promise.ts';
import { nameServerControlMain, nameServerMain } from './commands.ts';

export { pyroWire } from './dissector.ts';
export { createModule } from './face/module.ts';

/** Commands by their first word. */
export const commands: Readonly<Record<string, (process: NodeProcess) => SimPromise<unknown>>> = {
  'pyro4-ns': (process) => run(nameServerMain(process)),
  'pyro4-nsc': (process) => run(nameServerControlMain(process)),
};
