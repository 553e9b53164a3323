// SCOOP: futures over a pool of workers, with a broker between them. What the runtime needs of it: the
// commands that cluster.json may name, the module that TypeScript learners import, and the engine
// behind the package that Python learners import.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type SimPromise } from '#lib/node/promise.ts';
import { workerMain, type CommandEnv } from './face/command.ts';
import { launcherMain } from './launch/launcher.ts';
import { sshMain } from './launch/ssh.ts';
import { WORKER_COMMAND } from './worker/config.ts';

export { createModule } from './face/module.ts';

/** A command that starts a process: runs in it until the promise settles. */
export type Command = (process: NodeProcess, env: CommandEnv) => SimPromise<unknown>;

/** Commands by their first word. */
export const commands: Readonly<Record<string, Command>> = {
  scoop: (process) => run(launcherMain(process)),
  sshd: (process) => run(sshMain(process)),
  [WORKER_COMMAND]: (process, env) => run(workerMain(process, env)),
};
