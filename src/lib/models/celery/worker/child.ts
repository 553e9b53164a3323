// A pool process of a worker (ForkPoolWorker-N). A real one is a fork and has its parent's memory;
// this one imports the module again with its output silenced, which comes to the same as long as
// importing does not depend on the moment.

import { isStop } from '#lib/node/meter.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, wait, type Body } from '#lib/node/promise.ts';
import { FrameReader } from '../amqp.ts';
import { loadApp, type AppFinder } from './load-app.ts';
import { Log, type Level } from './log.ts';
import type { CeleryCommand } from './options.ts';
import { sendPool, type Job } from './pool-protocol.ts';
import { callPreview } from '../previews.ts';
import { runTask } from './run-task.ts';
import type { TaskHost } from './task-call.ts';

/** The word that starts a pool process; not offered to learners. */
export const CHILD_COMMAND = 'celery-pool-child';

/** What the main process tells its pool processes, as JSON on their command line. */
export interface ChildConfig extends Pick<CeleryCommand, 'app' | 'broker' | 'resultBackend'> {
  level: Level;
  hostname: string;
}

/** `-A` stands where it does in a worker's command: it tells which language the process runs. */
export function childArgv(config: ChildConfig, index: number): readonly string[] {
  const { module } = config.app;
  return [CHILD_COMMAND, '-A', module, `ForkPoolWorker-${index}`, JSON.stringify(config)];
}

export function* childMain(process: NodeProcess, finder: AppFinder): Body<void> {
  const [, , , name = '', json = '{}'] = process.spec.argv;
  const config = JSON.parse(json) as ChildConfig;
  // Ctrl+C reaches the whole group; pool processes leave it to the main process
  // (WORKER_SIGIGNORE in celery/concurrency/prefork.py).
  process.onSignal('SIGINT', () => undefined);
  process.isMuted = true;
  const app = yield* loadApp(finder, config);
  process.isMuted = false;
  app.isPoolProcess = true;
  const log = new Log(process, config.level, name);
  // Celery turns what a task prints into log lines at WARNING.
  yield* wait(app.space.redirectOutput(log));
  yield* wait(app.space.heedSoftLimit(() => app.runningBody));
  yield* wait(app.space.signal('worker_process_init', {}));
  const child = new PoolChild({ app, log, hostname: config.hostname }, process.parentPipe());
  yield* child.serve();
}

class PoolChild {
  readonly #host: TaskHost;
  readonly #pipe: Connection;
  readonly #jobs: Job[] = [];
  #arrival = new Deferred<void>();

  constructor(host: TaskHost, pipe: Connection) {
    this.#host = host;
    this.#pipe = pipe;
  }

  *serve(): Body<void> {
    const { pid } = this.#host.app.process.spec;
    sendPool(this.#pipe, { type: 'up', pid }, `pid ${pid}`);
    run(this.#read());
    for (;;) {
      const job = this.#jobs.shift();
      if (job) yield* this.#work(job);
      else yield* wait(this.#arrival.promise);
    }
  }

  *#work(job: Job): Body<void> {
    const { task, argsrepr, kwargsrepr } = job.headers;
    const preview = callPreview(task, argsrepr, kwargsrepr);
    sendPool(this.#pipe, { type: 'started', job: job.job }, preview);
    const outcome = yield* runTask(this.#host, job);
    sendPool(this.#pipe, { type: 'done', job: job.job, ...outcome }, preview);
  }

  /** Always listening: when the main process is gone, so is this one. */
  *#read(): Body<void> {
    const { process } = this.#host.app;
    const reader = new FrameReader<Job>();
    try {
      for (;;) {
        const bytes = yield* wait(this.#pipe.receive());
        if (bytes === null) return process.exit(0);
        this.#jobs.push(...reader.push(bytes));
        const arrival = this.#arrival;
        this.#arrival = new Deferred<void>();
        arrival.resolve();
      }
    } catch (error) {
      if (isStop(error)) throw error;
      process.exit(0);
    }
  }
}
