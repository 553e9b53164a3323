// What the parts of Disco tell each other: the job pack that a client submits, the task that a node is
// given, the frames between master and nodes. All of it is JSON.

/** How outputs of one stage become the inputs of the tasks of the next. */
export const GROUPINGS = [
  'split',
  'group_all',
  'group_label',
  'group_node',
  'group_node_label',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What a task does: the classic worker's parts, or a stage of a pipeline that the learner wrote. */
export const ROLES = ['map', 'shuffle', 'reduce', 'stage'] as const;
export type StageRole = (typeof ROLES)[number];

export interface PipelineStage {
  stage: string;
  grouping: Grouping;
  role: StageRole;
}

export interface SchedulerOptions {
  /** Most tasks of the job at a time. */
  maxCores: number | null;
  /** Only where the data is, or only elsewhere. */
  forceLocal: boolean;
  forceRemote: boolean;
}

/** A job as it is submitted. */
export interface JobPack {
  prefix: string;
  owner: string;
  /** Of the job's functions. */
  language: 'js' | 'py';
  /** The client's program: `client.ts`. */
  program: string;
  pipeline: PipelineStage[];
  /** Each input is the list of its replicas. */
  inputs: string[][];
  scheduler: SchedulerOptions;
  saveResults: boolean;
  /** Functions and parameters, as the language writes them. */
  data: string;
}

export interface TaskInput {
  /** Index within the task. */
  id: number;
  label: number;
  /** Replicas. */
  urls: string[];
}

/** A task as a node runs it. */
export interface TaskOrder {
  job: string;
  stage: string;
  role: StageRole;
  task: number;
  /** Counts over the life of the master: what an older attempt reports is nobody's. */
  attempt: number;
  program: string;
  language: JobPack['language'];
  data: string;
  inputs: TaskInput[];
}

export interface TaskOutput {
  label: number;
  url: string;
  size: number;
}

export interface TagRecord {
  /** Blobs, each as the list of its replicas. */
  urls: string[][];
  attrs: Record<string, string>;
  /** Grows with each change: of several copies the highest counts. */
  version: number;
}

/** Node -> master. */
export type NodeFrame =
  | { type: 'register'; name: string; slots: number; tags: Record<string, TagRecord> }
  | { type: 'event'; attempt: number; text: string }
  | { type: 'done'; attempt: number; outputs: TaskOutput[]; fetched: Record<string, number> }
  | { type: 'failed'; attempt: number; how: Failure; text: string; inputs: number[] }
  | { type: 'tick' };

/**
 * `error`: worth another try · `fatal`: the job's own mistake · `input`: what it was to read is not
 * there.
 */
export type Failure = 'error' | 'fatal' | 'input';

/** Master -> node. */
export type MasterFrame =
  | { type: 'welcome' }
  | { type: 'task'; order: TaskOrder }
  | { type: 'kill'; attempt: number }
  | { type: 'delete'; paths: string[] }
  | { type: 'tag'; name: string; record: TagRecord | null }
  | { type: 'tick' };

/** HTTP of the master, and of the nodes' data. Disco's own (DISCO_PORT, DDFS_PUT_PORT). */
export const MASTER_PORT = 8989;
export const DATA_PORT = 8990;
/** Where nodes report; the real one speaks Erlang's distribution. */
export const NODE_PORT = 8988;

/** Where what tasks write lies on a node's disk, and what DDFS keeps. */
export const DATA_FOLDER = '/disco/data';
export const BLOB_FOLDER = '/ddfs/blob';
export const TAG_FOLDER = '/ddfs/tag';

/** Held by the master while a job is active: nodes that lost it go on trying (KT7). */
export const ACTIVE = 'disco job';

/** Erlang's `net_ticktime`: who was not heard of for so long is down; four ticks in it. */
export const SILENCE_US = 60_000_000;
export const TICK_US = 15_000_000;
