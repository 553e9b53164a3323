// Finds the application that `-A` names: Celery's `find_app`.

import { wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { configure } from '../conf.ts';
import { CeleryFace } from '../face/celery.ts';
import { UsageError, type CeleryCommand } from './options.ts';

/** What the runtime does for a model's command. */
export interface CommandEnv {
  /** Evaluates the learner's module of that name in this process and returns what it exports. */
  importModule(name: string): SimPromise<Record<string, unknown>>;
}

/** The attributes that are tried first, in this order. */
const NAMES = ['app', 'celery'] as const;
const USAGE = 'celery [OPTIONS] COMMAND [ARGS]...';

/**
 * Imports the module and returns its application, with what the command line says on top.
 *
 * @throws UsageError when there is no such application; whatever the learner's module throws
 */
export function* loadApp(
  env: CommandEnv,
  command: Pick<CeleryCommand, 'app' | 'broker' | 'resultBackend'>,
): Body<CeleryApp> {
  const { module, attribute } = command.app;
  const exports = yield* wait(env.importModule(module));
  const app = appIn(exports, attribute);
  if (!app) {
    throw new UsageError(
      USAGE,
      `Invalid value for '-A' / '--app': \nUnable to load celery application.\n` +
        (attribute === null
          ? `Module '${module}' has no attribute 'celery'`
          : `Module '${module}' has no attribute '${attribute}'`),
    );
  }
  configure(app.settings, {
    ...(command.broker === null ? {} : { brokerUrl: command.broker }),
    ...(command.resultBackend === null ? {} : { resultBackend: command.resultBackend }),
  });
  return app;
}

function appIn(
  exports: Readonly<Record<string, unknown>>,
  attribute: string | null,
): CeleryApp | null {
  const names = attribute === null ? [...NAMES, ...Object.keys(exports)] : [attribute];
  for (const name of names) {
    const app = CeleryFace.appOf(exports[name]);
    if (app) return app;
  }
  return null;
}
