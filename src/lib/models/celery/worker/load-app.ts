// The application that `-A` names, with what the command line says on top.

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { configure } from '../conf.ts';
import type { CeleryCommand } from './options.ts';
import { UsageError } from './usage.ts';

/** Finds applications in learners' modules, of one language. */
export interface AppFinder {
  /**
   * Imports a module and looks for an application in it: Celery's `find_app`.
   *
   * @param attribute its name; by default the first that is found
   * @throws UsageError when there is none; whatever the learner's module throws
   */
  findApp(module: string, attribute: string | null): Body<CeleryApp>;
}

const USAGE = 'celery [OPTIONS] COMMAND [ARGS]...';

/** @throws what `findApp` throws */
export function* loadApp(
  finder: AppFinder,
  command: Pick<CeleryCommand, 'app' | 'broker' | 'resultBackend'>,
): Body<CeleryApp> {
  const { module, attribute } = command.app;
  const app = yield* finder.findApp(module, attribute);
  configure(app.settings, {
    ...(command.broker === null ? {} : { brokerUrl: command.broker }),
    ...(command.resultBackend === null ? {} : { resultBackend: command.resultBackend }),
  });
  return app;
}

/** What the command line says when there is no application to be had. */
export function noApp(problem: string): UsageError {
  return new UsageError(
    USAGE,
    `Invalid value for '-A' / '--app': \nUnable to load celery application.\n${problem}`,
  );
}
