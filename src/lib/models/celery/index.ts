// Celery: a distributed task queue with its brokers, workers and result backends. What the runtime
// needs of it: the commands that cluster.json may name, and the module that learners import.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { redisMain } from './servers/redis/server.ts';
import { rabbitMain } from './servers/rabbitmq/server.ts';
import { CHILD_COMMAND, childMain } from './worker/child.ts';
import { loadApp, type CommandEnv } from './worker/load-app.ts';
import { Worker } from './worker/main.ts';
import { parseCommand, UsageError } from './worker/options.ts';

export { createModule } from './face/module.ts';
export type { CommandEnv } from './worker/load-app.ts';

/** A command that starts a process: runs in it until the promise settles. */
export type Command = (process: NodeProcess, env: CommandEnv) => SimPromise<unknown>;

/** Commands by their first word. */
export const commands: Readonly<Record<string, Command>> = {
  celery: (process, env) => run(celeryMain(process, env)),
  'redis-server': (process) => run(redisMain(process)),
  'rabbitmq-server': (process) => run(rabbitMain(process)),
  [CHILD_COMMAND]: (process, env) => run(childMain(process, env)),
};

function* celeryMain(process: NodeProcess, env: CommandEnv): Body<void> {
  try {
    const command = parseCommand(process.spec.argv);
    const app = yield* loadApp(env, command);
    process.exit(yield* new Worker(app, command).run());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.write('stderr', error.text);
    process.exit(2);
  }
}
