// A worker's bootsteps Events, Heart and Gossip (celery/worker/consumer/): what it tells of itself and of
// its tasks, and what it hears of other workers. One object for the life of the worker; `start` and `stop`
// follow its connection to the broker.

import { wait, type Body } from '#lib/node/promise.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { CeleryApp } from '../app.ts';
import type { CeleryError } from '../errors.ts';
import { Dispatcher } from '../events/dispatcher.ts';
import { Gossip } from '../events/gossip.ts';
import { Heart, type HeartFacts } from '../events/heart.ts';
import { RawJson } from '../json.ts';
import type { Log } from './log.ts';
import type { WorkerOptions } from './options.ts';
import type { Request } from './request.ts';
import type { EndFacts } from './run-task.ts';

/** What is told of the worker. */
export interface MonitoredWorker {
  readonly app: CeleryApp;
  readonly hostname: string;
  readonly log: Log;
  readonly requests: ReadonlySet<Request>;
}

export type MonitoringOptions = Pick<
  WorkerOptions,
  'isSendingTaskEvents' | 'isWithoutGossip' | 'isWithoutHeartbeat'
>;

export class Monitoring implements HeartFacts {
  readonly #worker: MonitoredWorker;
  /** Null when nobody needs it. */
  readonly #dispatcher: Dispatcher | null;
  readonly #heart: Heart | null;
  readonly #gossip: Gossip | null;
  processedCount = 0;

  constructor(worker: MonitoredWorker, options: MonitoringOptions) {
    const { app, hostname, log } = worker;
    const { isWithoutGossip, isWithoutHeartbeat } = options;
    const isSendingTaskEvents = options.isSendingTaskEvents || app.settings.workerSendTaskEvents;
    this.#worker = worker;
    const isNeeded = isSendingTaskEvents || !isWithoutGossip || !isWithoutHeartbeat;
    const groups = isSendingTaskEvents ? ['worker', 'task'] : ['worker'];
    this.#dispatcher = isNeeded ? new Dispatcher(app, hostname, groups) : null;
    const hasHeart = this.#dispatcher !== null && !isWithoutHeartbeat;
    this.#heart = hasHeart ? new Heart(this, this.#dispatcher!) : null;
    this.#gossip = isWithoutGossip ? null : new Gossip(app, hostname, log);
  }

  get process(): NodeProcess {
    return this.#worker.app.process;
  }

  get hostname(): string {
    return this.#worker.hostname;
  }

  get activeCount(): number {
    let count = 0;
    for (const { startedUs } of this.#worker.requests) if (startedUs !== null) count++;
    return count;
  }

  /** Whether it tells of tasks: `-E`. */
  get isSendingTaskEvents(): boolean {
    return this.#dispatcher?.groups.has('task') ?? false;
  }

  /** @returns false when it is so already, or nothing is sent at all */
  setTaskEvents(isOn: boolean): boolean {
    const groups = this.#dispatcher?.groups;
    if (!groups || groups.has('task') === isOn) return false;
    if (isOn) groups.add('task');
    else groups.delete('task');
    return true;
  }

  /** Connects; its heart beats from now on. */
  *start(): Body<void> {
    yield* this.#dispatcher?.open() ?? [];
    this.#heart?.start();
  }

  /** Listens to other workers, once those were greeted. */
  *listen(): Body<void> {
    const bus = this.#dispatcher?.bus;
    if (bus) yield* this.#gossip?.listen(bus) ?? [];
  }

  /** The connection is lost, or the worker ends. */
  stop(): void {
    this.#gossip?.close();
    this.#heart?.stop();
    this.#dispatcher?.close();
  }

  beatOnce(): void {
    this.#heart?.beatOnce();
  }

  // Tasks.

  received({ headers }: Request): void {
    const { id: uuid, task: name, argsrepr, kwargsrepr, retries, eta, expires } = headers;
    this.#send('task-received', {
      ...{ uuid, name, args: argsrepr, kwargs: kwargsrepr },
      ...{ root_id: headers.root_id, parent_id: headers.parent_id },
      ...{ retries, eta, expires },
    });
  }

  started(request: Request): void {
    this.processedCount++;
    this.#send('task-started', { uuid: request.headers.id });
  }

  /** A task has ended in its pool process. */
  ended({ headers: { id: uuid } }: Request, facts: EndFacts): void {
    switch (facts.end) {
      case 'success': {
        const runtime = new RawJson(facts.runtime);
        return this.#send('task-succeeded', { uuid, result: facts.result, runtime });
      }
      case 'failure':
      case 'retry': {
        const { exception, traceback } = facts;
        const type = facts.end === 'failure' ? 'task-failed' : 'task-retried';
        return this.#send(type, { uuid, exception, traceback });
      }
      case 'reject':
      case 'requeue':
        return this.rejected(uuid, facts.end === 'requeue');
      case 'ignore':
        return;
      default:
        facts satisfies never;
    }
  }

  rejected(uuid: string, requeue: boolean): void {
    this.#send('task-rejected', { uuid, requeue });
  }

  /** The main process ended it: a limit, or a pool process that died. */
  *failed({ headers: { id: uuid } }: Request, error: CeleryError): Body<void> {
    const exception = yield* wait(this.#worker.app.space.reprError(error));
    const traceback = `${error.pythonModule}.${error.name}: ${error.message}\n`;
    this.#send('task-failed', { uuid, exception, traceback });
  }

  revoked(uuid: string, reason: 'revoked' | 'expired' | 'terminated'): void {
    const terminated = reason === 'terminated';
    // What the real one gives is no number (`_announce_revoked` in celery/worker/request.py).
    const signum = terminated ? 'SIGTERM' : null;
    this.#send('task-revoked', { uuid, terminated, signum, expired: reason === 'expired' });
  }

  #send(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#dispatcher?.send(type, fields);
  }
}
