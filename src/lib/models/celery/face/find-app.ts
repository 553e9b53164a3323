// Finds an application among what a learner's TypeScript module exports.

import { wait, type Body } from '#lib/node/promise.ts';
import type { CommandEnv } from '../../model.ts';
import type { CeleryApp } from '../app.ts';
import { noApp, type AppFinder } from '../worker/load-app.ts';
import { CeleryFace } from './celery.ts';

/** The attributes that are tried first, in this order. */
const NAMES = ['app', 'celery'] as const;

export function moduleFinder(env: CommandEnv): AppFinder {
  return {
    *findApp(module: string, attribute: string | null): Body<CeleryApp> {
      const exports = yield* wait(env.importModule(module));
      const app = appIn(exports, attribute);
      if (app) return app;
      throw noApp(`Module '${module}' has no attribute '${attribute ?? 'celery'}'`);
    },
  };
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
