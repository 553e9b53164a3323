// `celery -A tasks worker`: reads the command, finds the application, runs the worker.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
import { loadApp, type AppFinder } from './load-app.ts';
import { Worker } from './main.ts';
import { parseCommand, UsageError } from './options.ts';

export function* celeryMain(process: NodeProcess, finder: AppFinder): Body<void> {
  try {
    const command = parseCommand(process.spec.argv);
    const app = yield* loadApp(finder, command);
    process.exit(yield* new Worker(app, command).run());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.write('stderr', error.text);
    process.exit(2);
  }
}
