// Celery as TypeScript learners import it: classes over the engine, made once per process. Python's
// spelling by one rule: options in camelCase, keyword arguments by `kw({…})`, what blocks is awaited,
// a decorator is a call around a named function. Types: celery.d.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type SimPromise } from '#lib/node/promise.ts';
import { CeleryApp } from '../app.ts';
import { Crontab, CRONTAB_FIELDS, ParseException, type CrontabFields } from '../beat/crontab.ts';
import { EXCEPTIONS, ImproperlyConfigured } from '../errors.ts';
import { TypeScriptSpace } from '../typescript-space.ts';
import { AsyncResultFace, type SentTask } from './async-result.ts';
import { chain, chord, group, Signature } from './canvas.ts';
import { CeleryFace } from './celery.ts';
import { checkOptions, Keywords, type FaceContext } from './context.ts';
import { EagerResultFace } from './eager.ts';
import { GroupResultFace, restored } from './group-result.ts';
import { Task } from './task.ts';

type Options = Readonly<Record<string, unknown>>;

const UNKNOWN_TASK: SentTask = { name: 'task', isResultIgnored: false };

/** What `import … from 'celery'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const space = new TypeScriptSpace(process);
  const context: FaceContext = { process, space, current: null };

  class AsyncResult extends AsyncResultFace {
    constructor(id: string, app?: unknown, sent: SentTask = UNKNOWN_TASK) {
      super(engineOf(context, app), id, sent);
    }
  }

  class Celery extends CeleryFace {
    constructor(main = '__main__', options: Options = {}) {
      const createResult = (app: CeleryApp, id: string, sent: SentTask): AsyncResult =>
        new AsyncResult(id, app, sent);
      super(context, main, options, createResult);
    }

    AsyncResult(id: string): AsyncResult {
      return new AsyncResult(id, this);
    }

    /** What `GroupResult.save` kept, or null. */
    restoreGroup(id: string): SimPromise<unknown> {
      const app = engineOf(context, this);
      return run(restored(app, id, (task, sent) => new AsyncResult(task, app, sent)));
    }
  }

  const kw = (values: Options): Keywords => new Keywords(values);
  const crontab = (fields: CrontabFields = {}): Crontab => {
    checkOptions('field of crontab', fields, CRONTAB_FIELDS);
    return new Crontab(fields);
  };
  const canvas = { Signature, chain, group, chord };
  const GroupResult = GroupResultFace;
  return {
    Celery,
    Task,
    AsyncResult,
    EagerResult: EagerResultFace,
    GroupResult,
    ...canvas,
    kw,
    crontab,
    signals: space.signals,
    ParseException,
    ...EXCEPTIONS,
  };
}

function engineOf(context: FaceContext, app: unknown): CeleryApp {
  const engine = app instanceof CeleryApp ? app : (CeleryFace.appOf(app) ?? context.current);
  if (engine) return engine;
  throw new ImproperlyConfigured('no application: create one with new Celery(…)');
}
