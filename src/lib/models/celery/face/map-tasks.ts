// Celery's own tasks behind `map`, `starmap` and `chunks`: they call another one for each item.

import { run, wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { NotRegistered } from '../errors.ts';
import type { Runnable } from '../runnable.ts';
import type { CallContext, CallValues } from '../space.ts';

export function registerMapTasks(app: CeleryApp): void {
  const register = (name: string, partsOf: (item: unknown) => readonly unknown[]): void =>
    app.register({ name, functionName: name, callable: mapping(app, name, partsOf), options: {} });
  register('celery.map', (item) => [item]);
  register('celery.starmap', (item) => item as readonly unknown[]);
}

function mapping(
  app: CeleryApp,
  name: string,
  partsOf: (item: unknown) => readonly unknown[],
): Runnable {
  const nothing = (): ReturnType<Runnable['ended']> => run(none());
  return {
    body: (task: unknown, it: unknown) => [task, it],
    isBound: false,
    task: () => ({ name }),
    run: (call, context) => run(mapped(app, partsOf, call, context)),
    ended: nothing,
    returned: nothing,
    errback: () => run(none()).then(() => false),
  };
}

function* none(): Body<void> {
  yield* [];
}

function* mapped(
  app: CeleryApp,
  partsOf: (item: unknown) => readonly unknown[],
  { keywords }: CallValues,
  context: CallContext,
): Body<unknown[]> {
  const { task } = keywords['task'] as { task: string };
  const known = app.tasks.get(task);
  if (!known) throw new NotRegistered(task);
  const values: unknown[] = [];
  for (const item of keywords['it'] as unknown[]) {
    const call = { positional: partsOf(item), keywords: {} };
    values.push(yield* wait((known.callable as Runnable).run(call, context)));
  }
  return values;
}
