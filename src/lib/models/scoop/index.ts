// SCOOP: futures over a pool of workers, with a broker between them. What the runtime needs of it: the
// commands that cluster.json may name, the module that TypeScript learners import, and the engine
// behind the package that Python learners import.

import { run } from '#lib/node/promise.ts';
import type { Model } from '../model.ts';
import { workerMain } from './face/command.ts';
import { createModule } from './face/module.ts';
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
