// What workers tell of themselves and of their tasks when they are asked (celery/worker/control.py,
// `inspect_command`).

import { BuiltinError } from '../errors.ts';
import type { Request } from '../worker/request.ts';
import { bugReport, configuration, queueInfo, registeredInfo, statsOf, taskInfo } from './facts.ts';
import type { ControlledWorker, Method } from './panel.ts';

export const INSPECT: Readonly<Record<string, Method>> = {
  active: (worker, { safe }) =>
    chosen(worker, ({ startedUs }) => startedUs !== null).map((request) =>
      taskInfo(worker, request, safe === true),
    ),
  active_queues: ({ queues }) => queues.specs.map(queueInfo),
  clock: ({ app }) => ({ clock: app.clock }),
  conf: ({ app }, { with_defaults: isWhole }) => configuration(app, isWhole === true),
  // Tools for the memory of a process, as on a machine that has not got them.
  memdump: () => '- rss: (psutil not installed).\n',
  memsample: () => null,
  objgraph: () => {
    throw new BuiltinError('ImportError', 'Requires the objgraph library');
  },
  ping: () => ({ ok: 'pong' }),
  query_task: (worker, { ids }) => queried(worker, listOf(ids)),
  registered: (worker, { taskinfoitems: items, builtins }) =>
    [...worker.app.tasks.keys()]
      .filter((name) => builtins === true || !name.startsWith('celery.'))
      .sort()
      .map((name) => registeredInfo(worker, name, listOf(items))),
  report: ({ app }) => ({ ok: bugReport(app) }),
  reserved: (worker) =>
    chosen(worker, ({ stage, startedUs }) => stage === 'reserved' && startedUs === null).map(
      (request) => taskInfo(worker, request),
    ),
  revoked: ({ revoked }) => revoked.ids,
  scheduled,
  stats: statsOf,
};

/** One or several, as commands take them. */
export function listOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map(String);
}

function chosen(worker: ControlledWorker, isWanted: (request: Request) => boolean): Request[] {
  return [...worker.requests].filter(isWanted);
}

/** 6: the priority of timers in kombu's hub, which knows the next one to fire. */
function scheduled(worker: ControlledWorker): object[] {
  return chosen(worker, ({ stage }) => stage === 'scheduled')
    .sort((a, b) => (a.headers.eta! < b.headers.eta! ? -1 : 1))
    .map((request) => ({
      eta: request.headers.eta,
      priority: 6,
      request: taskInfo(worker, request),
    }));
}

/** What waits for its time is not known by its id. */
function queried(worker: ControlledWorker, ids: readonly string[]): object {
  const found = chosen(
    worker,
    ({ headers, stage }) => stage === 'reserved' && ids.includes(headers.id),
  );
  return Object.fromEntries(
    found.map((request) => [
      request.headers.id,
      [request.startedUs === null ? 'reserved' : 'active', taskInfo(worker, request)],
    ]),
  );
}
