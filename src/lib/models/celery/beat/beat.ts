// Beat: sends tasks when they are due, one after the other (celery/beat.py, Service and
// PersistentScheduler). It does not know whether anybody listens, nor whether another beat sends the
// same: messages pile up, and two beats send everything twice (SEMANTICS 1.12).

import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import type { CeleryApp, Sent, TaskDefinition } from '../app.ts';
import { OperationalError } from '../errors.ts';
import { callPreview } from '../previews.ts';
import { ConnectFailure } from '../transports/transport.ts';
import type { Log } from '../worker/log.ts';
import { humanSeconds, nextDueUs, reprSchedule, type PeriodicEntry } from './schedule.ts';
import { readStates, writeStates, type EntryState } from './state.ts';

/** Seconds after which it looks at its schedule again, whatever the schedule says. */
export const MAX_INTERVAL_S = 300;
/** Its state goes to disk after the first task, then this often, and at a regular end. */
const SYNC_EVERY_US = 180_000_000;
/** Seconds between attempts to reach the broker: 2, 4, … up to 32. */
const RETRY_STEP_S = 2;
const RETRY_MAX_S = 32;

interface Line {
  entry: PeriodicEntry;
  state: EntryState;
}

export class Beat {
  readonly #app: CeleryApp;
  readonly #process: NodeProcess;
  readonly #log: Log;
  /** Path of its state file. */
  readonly #path: string;
  readonly #stopped = new Deferred<void>();
  #isStopped = false;
  #lines: Line[] = [];
  #lastSyncUs: number | null = null;
  #hasConnected = false;

  constructor(app: CeleryApp, log: Log, path: string) {
    this.#app = app;
    this.#process = app.process;
    this.#log = log;
    this.#path = path;
  }

  /** Ends it at the next opportunity: `run` writes the state and returns. */
  stop(): void {
    this.#isStopped = true;
    this.#stopped.resolve();
  }

  /** Sends what is due until it is stopped. */
  *run(): Body<void> {
    this.#log.info('beat: Starting...');
    yield* this.#setUp(yield* this.#app.readSchedule());
    this.#log.debug(`beat: Ticking with max interval->${humanSeconds(MAX_INTERVAL_S)}`);
    while (!this.#isStopped) {
      const next = this.#nextLine();
      const delayUs = next ? dueUs(next) - this.#process.wallUs() : Infinity;
      if (next && delayUs <= 0) yield* this.#sendDue(next);
      else yield* this.#sleep(Math.min(delayUs, MAX_INTERVAL_S * 1e6));
    }
    this.#sync();
  }

  /** What is new counts as sent now; what the file knows keeps its time, so it may be overdue. */
  *#setUp(entries: readonly PeriodicEntry[]): Body<void> {
    const known = readStates(this.#process, this.#path);
    const fresh = (): EntryState => ({ lastRunUs: this.#process.wallUs(), totalRunCount: 0 });
    this.#lines = entries.map((entry) => ({ entry, state: known.get(entry.name) ?? fresh() }));
    this.#write();
    const lines: string[] = [];
    for (const { entry } of this.#lines) lines.push(yield* this.#repr(entry));
    this.#log.debug(`Current schedule:\n${lines.join('\n')}`);
  }

  /** The one that is due first; of several at once the one that stands first. */
  #nextLine(): Line | null {
    return this.#lines.reduce<Line | null>(
      (first, line) => (first && dueUs(first) <= dueUs(line) ? first : line),
      null,
    );
  }

  *#sendDue({ entry, state }: Line): Body<void> {
    if (!this.#hasConnected) yield* this.#reachBroker();
    this.#hasConnected = true;
    if (this.#isStopped) return;
    state.lastRunUs = this.#process.wallUs();
    state.totalRunCount++;
    this.#process.state(`beat/${entry.name}`, String(state.totalRunCount));
    this.#log.info(`Scheduler: Sending due task ${entry.name} (${entry.task})`);
    try {
      const { taskId } = yield* this.#send(entry);
      this.#log.debug(`${entry.task} sent. id->${taskId}`);
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError || !(error instanceof Error))
        throw error;
      // As the real one: a task that cannot be sent does not end beat.
      this.#log.error(
        `Message Error: Couldn't apply scheduled task ${entry.name}: ${error.message}`,
      );
    }
    const sinceUs = this.#process.wallUs() - (this.#lastSyncUs ?? -Infinity);
    if (sinceUs > SYNC_EVERY_US) this.#sync();
  }

  /** Before its first message it reaches the broker, however long that takes. */
  *#reachBroker(): Body<void> {
    const attemptMax = this.#app.settings.brokerConnectionMaxRetries;
    for (let attempt = 1; !this.#isStopped; attempt++) {
      const connection = this.#app.createConsumer();
      try {
        yield* connection.connect();
        return yield* connection.close();
      } catch (error) {
        if (!(error instanceof ConnectFailure)) throw error;
        if (attempt > attemptMax) throw new OperationalError(error.message);
        const waitS = Math.min(attempt * RETRY_STEP_S, RETRY_MAX_S);
        this.#log.error(
          `beat: Connection error: ${error.message}. Trying again in ${waitS.toFixed(1)} seconds...`,
        );
        yield* this.#sleep(waitS * 1e6);
      }
    }
  }

  #send({ task, call, options }: PeriodicEntry): Body<Sent> {
    return this.#app.send(this.#app.tasks.get(task) ?? unknownTask(task), call, options);
  }

  #sync(): void {
    this.#log.debug('beat: Synchronizing schedule...');
    this.#write();
    this.#lastSyncUs = this.#process.wallUs();
  }

  #write(): void {
    const states = new Map(this.#lines.map(({ entry, state }) => [entry.name, state]));
    writeStates(this.#process, this.#path, states);
  }

  *#repr({ name, task, call, schedule }: PeriodicEntry): Body<string> {
    const { positional, keywords } = yield* wait(this.#app.space.reprCall(call));
    const preview = callPreview(task, positional, keywords);
    return `<ScheduleEntry: ${name} ${preview} ${reprSchedule(schedule)}`;
  }

  *#sleep(delayUs: number): Body<void> {
    const seconds = delayUs / 1e6;
    this.#log.debug(`beat: Waking up ${humanSeconds(seconds, 'in ')}.`);
    const sleep = this.#process.sleepUs(delayUs, { label: 'beat' });
    yield* wait(SimPromise.race([sleep, this.#stopped.promise]));
  }
}

function dueUs({ entry, state }: Line): number {
  return nextDueUs(entry.schedule, state.lastRunUs);
}

/** A task that only workers know. */
function unknownTask(name: string): TaskDefinition {
  return { name, functionName: name, callable: null, options: {} };
}
