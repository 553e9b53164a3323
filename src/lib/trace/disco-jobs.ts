// Jobs of Disco at a time: stages, tasks and every attempt at them on the nodes, bytes that were read from
// node to node, blobs and their replicas. Made of what a master tells whenever something has changed
// (src/lib/models/disco/README.md):
//
//   state  `disco jobs`   [{ name, status, stages: [{ name, grouping, …, shuffled }], results }]
//   state  `disco tasks`  [{ job, task, state, node, attempt, failures, avoided, isLacking, outputs }]
//   state  `disco blobs`  [{ tag, blobs: [{ name, nodes }] }]
//
// An attempt is not told of as such: it begins when a task is first said to run under its number, and ends
// when it no longer is. A pure function of (trace, time, who is known). What does not have the shape that
// it should have is left out: a trace may come from anywhere.

import type { JsonValue } from '#lib/protocol/trace.ts';
import type { Life, TraceProcess, TraceStore } from './store.ts';
import { isRecord } from './told.ts';

/**
 * `lost`: it was done, and what it wrote is gone or out of reach. `dropped`: the job ended, or its master
 * did, before it.
 */
export type AttemptEnd = 'running' | 'done' | 'failed' | 'lost' | 'dropped';

export interface Attempt {
  /** Over the life of the master. */
  number: number;
  node: string;
  fromUs: number;
  /** Null while it runs. */
  toUs: number | null;
  end: AttemptEnd;
}

export interface Output {
  label: number;
  size: number;
}

export interface TaskLine {
  /** `map:0`. */
  name: string;
  stage: string;
  /** `waiting`, `pending`, `running`, `done`. */
  state: string;
  /** Where it runs, or where the attempt that counts did; '' before any. */
  node: string;
  failures: number;
  /** Nodes that it is not given to for now. */
  avoided: readonly string[];
  /** It waits for what others make anew, not for the time of its next try. */
  isLacking: boolean;
  outputs: readonly Output[];
  attempts: readonly Attempt[];
}

/** Bytes that tasks on one node read from another. */
export interface Shuffled {
  from: string;
  to: string;
  bytes: number;
}

export interface StageLine {
  name: string;
  grouping: string;
  waiting: number;
  pending: number;
  running: number;
  done: number;
  /** Attempts, not tasks. */
  failed: number;
  shuffled: readonly Shuffled[];
}

export interface Result {
  url: string;
  /** Of the node that has it, and where; '' for what is no file of a node. */
  node: string;
  path: string;
  size: number | null;
}

export interface JobLine {
  name: string;
  /** `active`, `ready`, `dead`. */
  status: string;
  /** The master no longer knows of it. */
  isForgotten: boolean;
  startUs: number;
  endUs: number | null;
  stages: readonly StageLine[];
  tasks: readonly TaskLine[];
  results: readonly Result[];
}

export interface Blob {
  name: string;
  nodes: readonly string[];
}

export interface Tag {
  tag: string;
  blobs: readonly Blob[];
}

export interface NodeLine {
  name: string;
  life: Life;
  /** When it was killed, lost its power, or ended. */
  deathsUs: readonly number[];
}

export interface DiscoJobs {
  jobs: JobLine[];
  tags: readonly Tag[];
  /** Nodes of the cluster, by name. */
  nodes: NodeLine[];
}

type IsKnown = (id: number) => boolean;
type Fields = { readonly [key: string]: JsonValue };
type ToldTask = Omit<TaskLine, 'attempts'> & { job: string; attempt: number | null };
type ToldJob = Pick<JobLine, 'name' | 'status' | 'stages'> & { results: readonly string[] };

interface KnownTask extends ToldTask {
  attempts: Attempt[];
}

interface KnownJob extends ToldJob {
  isForgotten: boolean;
  startUs: number;
  endUs: number | null;
  readonly tasks: Map<string, KnownTask>;
}

const NODE_COMMAND = 'disco-node';
const DEATHS: ReadonlySet<string> = new Set(['kill', 'powerOff', 'exit']);
const STATES: ReadonlySet<string> = new Set(['disco jobs', 'disco tasks', 'disco blobs']);

export class JobsFold {
  readonly #trace: TraceStore;
  readonly #isKnown: IsKnown | undefined;
  #next = 0;
  readonly #jobs = new Map<string, KnownJob>();
  #tags: readonly Tag[] = [];
  /** Which life of which process told this. */
  #master: { node: string; incarnation: number } | null = null;

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown?: IsKnown) {
    this.#trace = trace;
    this.#isKnown = isKnown;
  }

  at(atUs: number): DiscoJobs {
    const { changes } = this.#trace;
    const end = changes.lastAtMost(this.#trace.lastAtOrBefore(atUs)) + 1;
    if (end < this.#next) this.#reset();
    for (; this.#next < end; this.#next++) {
      const id = changes.data[this.#next]!;
      if (this.#isKnown?.(id) ?? true) this.#take(id);
    }
    const hasMaster = this.#hasMaster(atUs);
    return {
      jobs: [...this.#jobs.values()].map((job) => jobLine(job, hasMaster)),
      tags: hasMaster ? this.#tags : [],
      nodes: this.#nodes(atUs),
    };
  }

  #reset(): void {
    this.#next = 0;
    this.#jobs.clear();
    this.#tags = [];
    this.#master = null;
  }

  #take(id: number): void {
    const trace = this.#trace;
    if (trace.kindAt(id) !== 'state') return;
    const name = trace.textAt(id, 'name')!;
    if (!STATES.has(name)) return;
    const process = trace.processAt(id);
    const tUs = trace.timeAt(id);
    const { incarnation } = trace.standingAt(process, tUs);
    if (this.#master?.node !== process.name || this.#master.incarnation !== incarnation) {
      this.#forget(new Set(), tUs);
      this.#master = { node: process.name, incarnation };
    }
    const list = trace.valueAt(id, 'value');
    const items = Array.isArray(list) ? (list as readonly JsonValue[]).filter(isRecord) : [];
    if (name === 'disco blobs') this.#tags = items.map(readTag);
    else if (name === 'disco jobs') this.#takeJobs(items.map(readJob), tUs);
    else for (const item of items) this.#takeTask(readTask(item), tUs);
  }

  #takeJobs(told: readonly ToldJob[], tUs: number): void {
    this.#forget(new Set(told.map(({ name }) => name)), tUs);
    for (const one of told) {
      const before = this.#jobs.get(one.name);
      const fresh = { startUs: tUs, endUs: null, tasks: new Map<string, KnownTask>() };
      const job: KnownJob = { ...(before ?? fresh), ...one, isForgotten: false };
      if (job.status !== 'active') endJob(job, tUs);
      this.#jobs.set(one.name, job);
    }
  }

  /** All jobs but these are nobody's any more. */
  #forget(kept: ReadonlySet<string>, tUs: number): void {
    for (const job of this.#jobs.values()) {
      if (kept.has(job.name) || job.isForgotten) continue;
      job.isForgotten = true;
      endJob(job, tUs);
    }
  }

  #takeTask(told: ToldTask, tUs: number): void {
    const job = this.#jobs.get(told.job);
    if (!job) return;
    const before = job.tasks.get(told.name);
    const task: KnownTask = { ...told, attempts: before?.attempts ?? [] };
    job.tasks.set(told.name, task);
    if (before) endAttempt(before, task, tUs);
    const { attempt, node, attempts } = task;
    if (attempt === null || attempts.some(({ number }) => number === attempt)) return;
    const end = job.status === 'active' ? 'running' : 'dropped';
    attempts.push({ number: attempt, node, fromUs: tUs, toUs: null, end });
  }

  #hasMaster(atUs: number): boolean {
    if (!this.#master) return false;
    const standing = this.#trace.standingAt(this.#trace.process(this.#master.node)!, atUs);
    const isKnown = this.#isKnown?.(standing.sinceId) ?? true;
    const isThere = standing.life === 'alive' || standing.life === 'paused' || !isKnown;
    return isThere && standing.incarnation === this.#master.incarnation;
  }

  #nodes(atUs: number): NodeLine[] {
    const lines: NodeLine[] = [];
    for (const process of this.#trace.processes) {
      const { name, landmarks } = process;
      const start = landmarks.length > 0 ? landmarks.data[0]! : null;
      if (start === null || this.#trace.kindAt(start) !== 'start') continue;
      if (!this.#trace.textAt(start, 'command')!.startsWith(NODE_COMMAND)) continue;
      lines.push({ name, life: this.#lifeOf(name, atUs), deathsUs: this.#deathsOf(process, atUs) });
    }
    return lines.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #deathsOf({ landmarks }: TraceProcess, atUs: number): number[] {
    const deaths: number[] = [];
    for (const id of landmarks.data.subarray(0, landmarks.length)) {
      const tUs = this.#trace.timeAt(id);
      const isDeath = DEATHS.has(this.#trace.kindAt(id)) && tUs <= atUs;
      if (isDeath && (this.#isKnown?.(id) ?? true)) deaths.push(tUs);
    }
    return deaths;
  }

  #lifeOf(node: string, atUs: number): Life {
    const { life, sinceId } = this.#trace.standingAt(this.#trace.process(node)!, atUs);
    // Who does not know of a death takes it for silence.
    return life === 'alive' || (this.#isKnown?.(sinceId) ?? true) ? life : 'alive';
  }
}

/** Bytes that tasks of all stages read, by `from to`. */
export function shuffledBetween({ stages }: JobLine): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { from, to, bytes } of stages.flatMap(({ shuffled }) => shuffled)) {
    const key = `${from} ${to}`;
    sums.set(key, (sums.get(key) ?? 0) + bytes);
  }
  return sums;
}

/** What has become of the attempt that ran, or that had counted. */
function endAttempt(before: KnownTask, task: KnownTask, tUs: number): void {
  const { attempt, state, failures, attempts } = task;
  const last = attempts.at(-1);
  if (!last || last.number === attempt) return;
  if (last.toUs === null) {
    last.toUs = tUs;
    last.end = state === 'done' ? 'done' : 'failed';
  } else if (last.end === 'done' && before.state === 'done' && state !== 'done') {
    last.end = 'lost';
  } else if (last.end === 'dropped' && failures > before.failures) {
    // What killed the job.
    last.end = 'failed';
  }
}

function endJob(job: KnownJob, tUs: number): void {
  job.endUs ??= tUs;
  for (const { attempts } of job.tasks.values()) {
    const last = attempts.at(-1);
    if (last?.toUs !== null) continue;
    last.toUs = tUs;
    // The last attempt of a job ends it: the master tells of jobs before it tells of tasks.
    last.end = job.status === 'ready' ? 'done' : 'dropped';
  }
}

function jobLine(job: KnownJob, hasMaster: boolean): JobLine {
  const { name, status, isForgotten, startUs, endUs, stages, results } = job;
  const tasks = [...job.tasks.values()];
  const told = tasks.map(({ attempt: _, job: __, attempts, ...task }) => {
    return { ...task, attempts: attempts.map((one) => ({ ...one })) };
  });
  return {
    ...{ name, status, startUs, endUs, stages },
    isForgotten: isForgotten || !hasMaster,
    tasks: told,
    results: results.map((url) => resultOf(url, tasks)),
  };
}

/** Files are named after the attempt that wrote them: `…/reduce-9-10.0`. */
function resultOf(url: string, tasks: readonly KnownTask[]): Result {
  const [, node = '', path = ''] = /^disco:\/\/([^/:]+)(\/.*)$/.exec(url) ?? [];
  const [, stage, id, label] = /\/([^/]+)-(\d+)-\d+\.(\d+)$/.exec(path) ?? [];
  const writer = tasks.find(({ name }) => name === `${stage}:${id}`);
  const output = writer?.outputs.find((one) => one.label === Number(label));
  return { url, node, path, size: output?.size ?? null };
}

// What a master told, as it should be.

function readJob(value: Fields): ToldJob {
  return {
    name: text(value['name']),
    status: text(value['status']),
    stages: list(value['stages']).filter(isRecord).map(readStage),
    results: list(value['results']).map(text),
  };
}

function readStage(value: Fields): StageLine {
  const shuffled = list(value['shuffled']).map((entry): Shuffled => {
    const [from, to, bytes] = list(entry);
    return { from: text(from), to: text(to), bytes: count(bytes) };
  });
  return {
    name: text(value['name']),
    grouping: text(value['grouping']),
    waiting: count(value['waiting']),
    pending: count(value['pending']),
    running: count(value['running']),
    done: count(value['done']),
    failed: count(value['failed']),
    shuffled,
  };
}

function readTask(value: Fields): ToldTask {
  const name = text(value['task']);
  const { attempt } = value;
  return {
    job: text(value['job']),
    name,
    stage: name.replace(/:\d+$/, ''),
    state: text(value['state']),
    node: text(value['node']),
    attempt: typeof attempt === 'number' ? attempt : null,
    failures: count(value['failures']),
    avoided: list(value['avoided']).map(text),
    isLacking: value['isLacking'] === true,
    outputs: list(value['outputs'])
      .filter(isRecord)
      .map((output) => ({ label: count(output['label']), size: count(output['size']) })),
  };
}

function readTag(value: Fields): Tag {
  const blobs = list(value['blobs'])
    .filter(isRecord)
    .map((blob) => ({ name: text(blob['name']), nodes: list(blob['nodes']).map(text) }));
  return { tag: text(value['tag']), blobs };
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
