// Celery's own tasks: those behind `map`, `starmap` and `chunks`, which call another one for each item,
// and the one behind `replace` with a group.

import { run, wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { NotRegistered } from '../errors.ts';
import type { Runnable } from '../runnable.ts';
import type { CallContext, CallValues } from '../space.ts';

type Run = (call: CallValues, context: CallContext) => Body<unknown>;

export function registerMapTasks(app: CeleryApp): void {
  const register = (name: string, body: Runnable['body'], work: Run): void =>
    app.register({ name, functionName: name, callable: builtIn(name, body, work), options: {} });
  const perItem = (name: string, partsOf: (item: unknown) => readonly unknown[]): void =>
    register(
      name,
      (task: unknown, it: unknown) => [task, it],
      (call, context) => mapped(app, partsOf, call, context),
    );
  perItem('celery.map', (item) => [item]);
  perItem('celery.starmap', (item) => item as readonly unknown[]);
  register('celery.accumulate', (values: unknown, index: unknown) => [values, index], accumulated);
}

/** What `replace` puts behind a group, whose values it returns. */
function* accumulated({ positional, keywords }: CallValues): Body<unknown> {
  yield* [];
  return positional[Number(keywords['index'] ?? 0)];
}

function builtIn(name: string, body: Runnable['body'], work: Run): Runnable {
  const nothing = (): ReturnType<Runnable['ended']> => run(none());
  return {
    body,
    isBound: false,
    task: () => ({ name }),
    run: (call, context) => run(work(call, context)),
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
