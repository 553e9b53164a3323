// The command of a worker whose program is TypeScript.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, runWithin, wait, type Body } from '#lib/node/promise.ts';
import type { CommandEnv } from '../../model.ts';
import { engineOf } from './worker-of.ts';

export function* workerMain(process: NodeProcess, env: CommandEnv): Body<void> {
  const { worker } = engineOf(process)!;
  const { isOrigin, program, rest } = worker.config;
  process.args = rest;
  process.onSignal('SIGTERM', () => process.exit(0));
  // Ctrl-C reaches the whole group: cleaning up is the launcher's.
  process.onSignal('SIGINT', () => undefined);
  if (!isOrigin) {
    yield* load(process, env, program);
    yield* worker.join();
    return yield* worker.serve();
  }
  yield* worker.join();
  run(worker.serve());
  yield* wait(runWithin(worker.root, load(process, env, program)));
  process.exit(0);
}

function* load(process: NodeProcess, env: CommandEnv, program: string): Body<void> {
  try {
    yield* wait(env.importModule(program.replace(/\.ts$/, '')));
  } catch (error) {
    if (!(error instanceof Error) || error.message !== `unknown module: '${program}'`) throw error;
    const words = `[Errno 2] No such file or directory: '${program}'`;
    process.write('stderr', `${words}\nFile: ${program}\nIn path: /work\n`, false);
    process.exit(1);
  }
}
