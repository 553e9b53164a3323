// `celery -A tasks worker` and its like: reads the command, finds the application, runs it.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
import { beatMain } from '../beat/command.ts';
import { controlMain } from '../control/command-line.ts';
import { dumpMain } from '../events/dumper.ts';
import { flowerMain } from '../flower/main.ts';
import { loadApp, type AppFinder } from './load-app.ts';
import { Worker } from './main.ts';
import { parseCommand } from './options.ts';
import { UsageError } from './usage.ts';

export function* celeryMain(process: NodeProcess, finder: AppFinder): Body<void> {
  try {
    const command = parseCommand(process.spec.argv);
    const app = yield* loadApp(finder, command);
    if (command.command === 'beat') return yield* beatMain(app, command.options);
    if (command.command === 'events') return yield* dumpMain(app);
    if (command.command === 'flower') return yield* flowerMain(app, command.options);
    if (command.command === 'control') {
      return process.exit(yield* controlMain(app, command.options));
    }
    process.exit(yield* new Worker(app, command).run());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.write('stderr', error.text);
    process.exit(2);
  }
}
