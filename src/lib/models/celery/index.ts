// Celery: a distributed task queue with its brokers, workers and result backends. What the runtime
// needs of it: the commands that cluster.json may name, the module that TypeScript learners import,
// and the engine behind the package that Python learners import.

import type { NodeProcess } from '#lib/node/process.ts';
import { run } from '#lib/node/promise.ts';
import type { PythonEngine, PythonPort } from '#lib/node/python-port.ts';
import type { Model } from '../model.ts';
import { moduleFinder } from './face/find-app.ts';
import { createModule } from './face/module.ts';
import { CeleryEngine } from './python/engine.ts';
import { redisMain } from './servers/redis/server.ts';
import { rabbitMain } from './servers/rabbitmq/server.ts';
import { CHILD_COMMAND, childMain } from './worker/child.ts';
import { celeryMain } from './worker/command.ts';

export const celery: Model = {
  name: 'celery',
  commands: {
    celery: (process, env) => run(celeryMain(process, moduleFinder(env))),
    'redis-server': (process) => run(redisMain(process)),
    'rabbitmq-server': (process) => run(rabbitMain(process)),
    [CHILD_COMMAND]: (process, env) => run(childMain(process, moduleFinder(env))),
  },
  createModule,
};

/** What the Python package `celery` of a process stands on, and what runs its worker's command. */
export function createPythonEngine(process: NodeProcess, python: PythonPort): PythonEngine {
  return new CeleryEngine(process, python);
}
