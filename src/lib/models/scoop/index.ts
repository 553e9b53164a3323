// SCOOP: futures over a pool of workers, with a broker between them. What the runtime needs of it: the
// commands that cluster.json may name, the module that TypeScript learners import, and the engine
// behind the package that Python learners import.

import type { NodeProcess } from '#lib/node/process.ts';
import { run } from '#lib/node/promise.ts';
import type { PythonEngine, PythonPort } from '#lib/node/python-port.ts';
import type { Model } from '../model.ts';
import { workerMain } from './face/command.ts';
import { createModule } from './face/module.ts';
import { ScoopEngine } from './python/engine.ts';
import { launcherMain } from './launch/launcher.ts';
import { sshMain } from './launch/ssh.ts';
import { WORKER_COMMAND } from './worker/config.ts';

export const scoop: Model = {
  name: 'scoop',
  commands: {
    scoop: (process) => run(launcherMain(process)),
    sshd: (process) => run(sshMain(process)),
    [WORKER_COMMAND]: (process, env) => run(workerMain(process, env)),
  },
  createModule,
};

/** What the Python package `scoop` of a process stands on. */
export function createPythonEngine(process: NodeProcess, python: PythonPort): PythonEngine {
  return new ScoopEngine(process, python);
}
