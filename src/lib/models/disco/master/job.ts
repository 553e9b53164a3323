// The coordinator of one job: its stages one after the other, what becomes of attempts that fail, and
// of data that is lost after it was made (SEMANTICS 5.3, 5.7, 5.8). Which node runs a task is the
// scheduler's business.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Failure, JobPack, TaskOutput } from '../protocol.ts';
import { duration, eventTime } from '../times.ts';
import { groupsOf } from './grouping.ts';
import { Task, type Attempt, type Origin } from './task.ts';

/** Failures of one task that a job survives (`max_failure_rate`). */
const FAILURES_MAX = 100;
const PAUSE_US = 1_000_000;
const PAUSE_MAX = 60;
/** The chance part of a pause, in seconds. */
const PAUSE_EXTRA = 30;
/** Older events of a job are forgotten. */
const EVENTS_MAX = 10_000;

type Fetched = Readonly<Record<string, number>>;

export interface JobHost {
  readonly process: NodeProcess;
  /** Something can run, or no longer. */
  changed(): void;
  /** An attempt is nobody's any more. */
  drop(attempt: Attempt): void;
  ended(job: Job): void;
}

export interface StageRun {
  readonly name: string;
  readonly grouping: string;
  readonly tasks: readonly Task[];
  readonly startUs: number;
  failedCount: number;
  /** Bytes that its tasks read from other nodes: by reader, then by the node that had them. */
  readonly fetched: Map<string, Map<string, number>>;
}

export class Job {
  readonly name: string;
  readonly pack: JobPack;
  status: 'active' | 'ready' | 'dead' = 'active';
  readonly stages: StageRun[] = [];
  readonly events: string[] = [];
  results: string[] = [];
  readonly #host: JobHost;
  readonly #startUs: number;
  #taskCount = 0;

  constructor(host: JobHost, name: string, pack: JobPack) {
    this.#host = host;
    this.name = name;
    this.pack = pack;
    this.#startUs = host.process.nowUs();
  }

  get tasks(): Task[] {
    return this.stages.flatMap(({ tasks }) => tasks);
  }

  get runningCount(): number {
    return this.tasks.filter(({ state }) => state === 'running').length;
  }

  start(): void {
    this.say('New job initialized!');
    this.say(`Created job "${this.name}"`);
    this.#nextStage();
  }

  say(text: string, host = 'master'): void {
    if (this.events.length >= EVENTS_MAX) return;
    this.events.push(`${eventTime(this.#host.process.wallUs())} ${host} ${text}`);
  }

  /** `Status: [map] 3 pending, 0 waiting, 2 running, 5 done, 0 failed` */
  statusLine(): string {
    const stage = this.stages.at(-1);
    if (this.status !== 'active' || !stage) return `Status: ${this.status}`;
    const count = (state: Task['state']): number =>
      stage.tasks.filter((task) => task.state === state).length;
    const counts = (['pending', 'waiting', 'running', 'done'] as const).map(
      (state) => `${count(state)} ${state}`,
    );
    return `Status: [${stage.name}] ${counts.join(', ')}, ${stage.failedCount} failed`;
  }

  // What nodes report.

  began(attempt: Attempt): void {
    const { task } = attempt;
    task.state = 'running';
    task.attempt = attempt;
    this.say(`${task.name} assigned to ${attempt.host}`);
  }

  heard({ task, host }: Attempt, text: string): void {
    this.say(`MSG: [${task.name}] ${text}`, host);
  }

  finished(attempt: Attempt, outputs: readonly TaskOutput[], fetched: Fetched): void {
    const { task, host } = attempt;
    const took = duration(this.#host.process.nowUs() - attempt.startUs);
    this.say(`DONE: [${task.name}] Task finished in ${took}`, host);
    this.say(`SYS: [${task.name}] Received results from ${host}`);
    task.attempt = null;
    task.state = 'done';
    task.outputs = outputs;
    task.host = host;
    task.runCount++;
    this.#count(this.#stageOf(task), host, fetched);
    for (const other of this.tasks) {
      if (other.lacking.delete(task) && other.lacking.size === 0) other.state = 'pending';
    }
    this.#settleStage();
    this.#host.changed();
  }

  failed(attempt: Attempt, how: Failure, text: string, inputs: readonly number[] = []): void {
    const { task, host } = attempt;
    task.attempt = null;
    if (how === 'fatal') {
      task.failureCount++;
      this.say(`FATAL: [${task.name}] ${text}`, host);
      return this.kill();
    }
    this.#stageOf(task).failedCount++;
    this.say(`WARNING: [${task.name}] ${how === 'input' ? 'Input failed' : text}`, host);
    const lost = how === 'input' ? this.#lostBy(attempt, inputs) : [];
    if (how === 'input' && lost.length === 0) this.say('Job input failed');
    if (lost.length > 0) this.#makeAnew(task, lost);
    else this.#tryLater(task, host);
    this.#host.changed();
  }

  /** @param why said in the job's events */
  kill(why = 'WARN: Job killed'): void {
    if (this.status !== 'active') return;
    this.status = 'dead';
    this.say(why);
    this.#end();
  }

  #count({ fetched }: StageRun, reader: string, bytesByHost: Fetched): void {
    const own = fetched.get(reader) ?? new Map<string, number>();
    fetched.set(reader, own);
    for (const [host, bytes] of Object.entries(bytesByHost)) {
      own.set(host, (own.get(host) ?? 0) + bytes);
    }
  }

  // Stages.

  #nextStage(): void {
    const { pipeline, inputs } = this.pack;
    const next = pipeline[this.stages.length];
    if (!next) return this.#ready();
    const before = this.stages.at(-1)?.tasks ?? null;
    const groups = groupsOf(next.grouping, before, inputs);
    const tasks = groups.map((sources) => new Task(this.#taskCount++, next, sources));
    this.stages.push({
      name: next.stage,
      grouping: next.grouping,
      tasks,
      startUs: this.#host.process.nowUs(),
      failedCount: 0,
      fetched: new Map(),
    });
    this.say(`Stage ${next.stage} scheduled with ${tasks.length} tasks`);
    this.#settleStage();
  }

  #settleStage(): void {
    const stage = this.stages.at(-1);
    if (!stage || stage.tasks.some(({ state }) => state !== 'done')) return;
    const took = duration(this.#host.process.nowUs() - stage.startUs);
    this.say(`Stage ${stage.name} finished in ${took}`);
    this.#nextStage();
  }

  #ready(): void {
    const last = this.stages.at(-1)?.tasks ?? [];
    this.results = last.flatMap(({ outputs }) => outputs.map(({ url }) => url));
    this.status = 'ready';
    this.say(`READY: Job done in ${duration(this.#host.process.nowUs() - this.#startUs)}`);
    this.#end();
  }

  #end(): void {
    for (const task of this.tasks) {
      this.#host.process.clearTimer(task.timer);
      if (task.attempt) this.#host.drop(task.attempt);
      task.attempt = null;
    }
    this.#host.ended(this);
  }

  #stageOf(task: Task): StageRun {
    return this.stages.find(({ tasks }) => tasks.includes(task))!;
  }

  // Failures.

  /** What could not be read and was made by tasks of this job. */
  #lostBy(attempt: Attempt, inputs: readonly number[]): Origin[] {
    return inputs.map((index) => attempt.origins[index] ?? null).filter((it) => it !== null);
  }

  /** Tasks of a stage that is over run again, elsewhere; what needs them waits. */
  #makeAnew(task: Task, lost: readonly Origin[]): void {
    for (const { producer, run } of lost) {
      // Somebody else has missed it before, and it is there again.
      if (producer.state === 'done' && producer.runCount !== run) continue;
      task.lacking.add(producer);
      if (producer.state !== 'done') continue;
      producer.avoided.add(producer.host);
      producer.state = 'pending';
      producer.outputs = [];
    }
    task.state = task.lacking.size > 0 ? 'waiting' : 'pending';
  }

  #tryLater(task: Task, host: string): void {
    const { process } = this.#host;
    task.failureCount++;
    task.avoided.add(host);
    const failures = `Task ${task.name} failed`;
    if (task.failureCount > FAILURES_MAX) {
      const words = `At most ${FAILURES_MAX} failures are allowed.`;
      this.say(`ERROR: [${task.name}] ${failures} ${task.failureCount} times. ${words}`);
      return this.kill();
    }
    const extra = Math.floor(process.random() * PAUSE_EXTRA);
    const seconds = Math.min(task.failureCount, PAUSE_MAX) + extra;
    const ordinal = `${task.failureCount}th failures so far`;
    this.say(`${failures} on "${host}", ${ordinal}. Sleeping ${seconds} seconds before retrying.`);
    task.state = 'waiting';
    const wake = (): void => {
      task.state = 'pending';
      this.#host.changed();
    };
    task.timer = process.setTimer(seconds * PAUSE_US, wake, { label: `retry ${task.name}` });
  }
}
