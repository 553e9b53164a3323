/* eslint-disable @typescript-eslint/no-explicit-any -- keys, values and entries are the learner's to say */
/**
 * Disco: MapReduce over a cluster, with a distributed file system.
 *
 * ```ts
 * export function* map(line: string): Iterable<[string, number]> {
 *   for (const word of line.split(' ')) yield [word, 1];
 * }
 * export function* reduce(iter: Iterable<[string, number]>): Iterable<[string, number]> {
 *   for (const [word, counts] of kvgroup(sorted(iter))) {
 *     let sum = 0;
 *     for (const count of counts) sum += count;
 *     yield [word, sum];
 *   }
 * }
 * const job = await new Job().run({ input: ['raw://to be or not to be'], map, reduce });
 * for await (const [word, count] of resultIterator(await job.wait({ show: true }))) {
 *   console.log(word, count);
 * }
 * ```
 *
 * Names and behaviour of Disco 0.5, with options in camelCase; what blocks in Python is awaited; times
 * are seconds. Functions of a job are **exported**: workers are processes of their own that import the
 * module they stand in, and find them by name. Of the program that runs the job, workers run what stands
 * before its first use of Disco.
 */
declare module 'disco' {
  export type Pair<K = any, V = any> = [key: K, value: V];
  /** What a job reads and writes: `raw://text`, `tag://name`, `disco://node/…`, `http://…`, a path. */
  export type Url = string;
  type Awaitable<T> = T | Promise<T>;
  type Many<T> = Iterable<T> | AsyncIterable<T>;

  export interface SchedulerOptions {
    /** Most tasks of the job at a time. Default: as many as there are slots. */
    maxCores?: number;
    /** Tasks run where their data is, or wait. */
    forceLocal?: boolean;
    /** Tasks run where their data is not. */
    forceRemote?: boolean;
  }

  export interface JobOptions<P = any> {
    /** Addresses; a list in place of an address names its replicas. One map task for each. */
    input?: Iterable<Url | Url[]>;
    /** Called with each entry, a line unless `mapReader` says otherwise. */
    map?: (entry: any, params: P) => Awaitable<Many<Pair> | void>;
    /**
     * Called once for each partition, with all its pairs: in any order, unless `sort` is set. With three
     * parameters it is given `out`, whose `add(key, value)` takes the results.
     */
    reduce?:
      | ((iter: Iterable<Pair>, params: P) => Awaitable<Many<Pair> | void>)
      | ((iter: Iterable<Pair>, out: Output, params: P) => Awaitable<void>);
    /** Makes entries of an input. `chainReader` reads the results of another job. */
    mapReader?: (
      lines: Iterable<string>,
      size: number,
      url: Url,
      params: P,
    ) => Awaitable<Many<any>>;
    /** Called once for each input of a map task, and once in a reduce task. */
    mapInit?: (iter: Iterable<any>, params: P) => Awaitable<void>;
    reduceInit?: (iter: Iterable<Pair>, params: P) => Awaitable<void>;
    /**
     * Called with each pair that `map` gives and a buffer of its partition; only what it gives goes on.
     * Called a last time with `(null, null, buffer, true, params)`.
     */
    combiner?: (
      key: any,
      value: any,
      buffer: Map<any, any>,
      done: boolean,
      params: P,
    ) => Awaitable<Many<Pair> | void>;
    /** The partition of a key, from 0 to `count - 1`. Default: a hash of the key. */
    partition?: (key: any, count: number, params: P) => number;
    /** How many reduce tasks there are. Default 1. */
    partitions?: number | null;
    /** `reduce` gets its pairs sorted by their keys, which are texts, as UTF-8 bytes. Default false. */
    sort?: boolean;
    /** Given to every function. A copy for each task. */
    params?: P;
    /** An event after so many entries, 0 for none. Default 100 000. */
    statusInterval?: number;
    /** With partitions: one more stage that merges the results of each node. Default false. */
    reduceShuffle?: boolean;
    /** Results become the tag `disco:results:<name>`, which `purge` leaves. Default false. */
    saveResults?: boolean;
    scheduler?: SchedulerOptions;
    /** Stages of your own, in place of `map` and `reduce`; the job's `worker` is a `Worker`. */
    pipeline?: readonly (readonly [grouping: Grouping, stage: Stage])[];
  }

  /**
   * Which outputs of the stage before (or inputs of the job) one task gets: each its own · all · those
   * of a label · those on a node · those of a label on a node.
   */
  export type Grouping = 'split' | 'group_all' | 'group_label' | 'group_node' | 'group_node_label';

  /** What the functions of a stage write to: a file for each label. */
  export interface StageOutput {
    /** `label`: a whole number from 0 on, by which the next stage may group. */
    output(label: number): Output;
  }

  export interface StageOptions<S = any> {
    /** Called first; what it gives is the `state` of the others. */
    init?: (task: StageOutput, params: any) => Awaitable<S>;
    /** Called for each input: lines in the first stage, pairs in the others. */
    process?: (task: StageOutput, state: S, label: number, input: Iterable<any>) => Awaitable<void>;
    /** Called last. */
    done?: (task: StageOutput, state: S) => Awaitable<void>;
    /** Given the labels of the inputs, the order in which they are processed. */
    inputHook?: (state: S, labels: number[]) => Iterable<number>;
    /** All inputs of a label are processed as one. Default false. */
    combine?: boolean;
    /** With `combine`: sorted by keys, as the job's `sort` does. Default false. */
    sort?: boolean;
  }

  /** A stage of a pipeline. Its functions are exported, as those of a job. */
  export class Stage {
    constructor(name: string, options?: StageOptions);
    readonly name: string;
  }

  /** What runs a pipeline: `new Job({ worker: new Worker() }).run({ input, pipeline })`. */
  export class Worker {
    constructor(settings?: { pipeline?: JobOptions['pipeline']; params?: unknown });
  }

  export interface Output {
    add(key: unknown, value: unknown): void;
  }

  export interface WaitOptions {
    /** Seconds between questions. Default 2. */
    pollInterval?: number;
    /** Seconds after which JobError is thrown. Default: none. */
    timeout?: number | null;
    /** The master forgets the job afterwards. Default false. */
    clean?: boolean;
    /** Writes the job's events. Default false. */
    show?: boolean;
  }

  /** A job. A subclass, exported, may have the functions and settings as its members. */
  export class Job {
    /**
     * @param options `name`: how its name begins, default that of the class; `master`: host of the
     *   master, default DISCO_MASTER_HOST, or the host `master`, or `localhost`; `worker`: for a
     *   pipeline
     */
    constructor(options?: { name?: string; master?: string; worker?: Worker });
    /** `Job@694:2a30:0`; null before `run`. */
    readonly name: string | null;
    /**
     * Submits the job and does not wait for it.
     *
     * @throws DiscoError for what is no list of addresses, or a function that is not exported; CommError
     *   when there is no master
     */
    run<P>(options?: JobOptions<P>): Promise<this>;
    /**
     * Addresses of the results, in the order of tasks.
     *
     * @throws JobError when the job has died, or does not end in time
     */
    wait(options?: WaitOptions): Promise<Url[]>;
    kill(): Promise<void>;
    /** The master forgets the job; its results stay. */
    clean(): Promise<void>;
    /** The master forgets the job, and nodes delete what its tasks wrote. */
    purge(): Promise<void>;
    events(offset?: number): Promise<string[]>;
    jobinfo(): Promise<Record<string, unknown>>;
    results(): Promise<[status: string, urls: Url[]]>;
  }

  /** Jobs whose inputs are those of the chain or the results of another job of it. */
  export class JobChain {
    constructor(inputs: Iterable<readonly [Job, Job | Iterable<Job | Url | Url[]>]>);
    /**
     * Asks after the jobs, every second by default, and runs those whose inputs are there.
     *
     * @returns the results of each @throws JobError when one of them has died
     */
    wait(options?: { pollInterval?: number }): Promise<Map<Job, Url[]>>;
  }

  /** Pairs of results, in the order of the addresses. */
  export function resultIterator<K = any, V = any>(
    urls: Iterable<Url>,
  ): AsyncIterableIterator<Pair<K, V>>;

  /** Groups equal keys that follow each other. It does not sort. */
  export function kvgroup<K, V>(pairs: Iterable<[K, V]>): Iterable<[K, Iterable<V>]>;
  /** Python's `sorted`: numbers, texts (by code point) and lists of them in order. */
  export function sorted<T>(items: Iterable<T>): T[];
  export function nopMap(entry: any): Iterable<any>;
  export function nopReduce(pairs: Iterable<Pair>): Iterable<Pair>;
  export function sumReduce(pairs: Iterable<Pair>): Iterable<Pair<any, number>>;
  export const sumCombiner: NonNullable<JobOptions['combiner']>;
  export const chainReader: NonNullable<JobOptions['mapReader']>;

  export interface PutOptions {
    /** Copies of each blob. Default DDFS_BLOB_REPLICAS, or 1. */
    replicas?: number;
  }

  /** A file to store: a path of this machine, or a text or bytes with a name. */
  export type Upload = string | [data: string | Uint8Array, name: string];

  /** Disco's file system: tags that name blobs, which lie on the nodes. */
  export class DDFS {
    constructor(master?: string);
    /** Stores each file as a blob and adds them to a tag. */
    push(tag: string, files: Iterable<Upload>, options?: PutOptions): Promise<Url[][]>;
    /** The same in pieces that end with a line. `chunkSize`: bytes, default 64 MiB. */
    chunk(
      tag: string,
      files: Iterable<Upload>,
      options?: PutOptions & { chunkSize?: number },
    ): Promise<Url[][]>;
    /** Adds addresses to a tag. */
    tag(tag: string, urls: Iterable<Url | Url[]>): Promise<void>;
    get(tag: string): Promise<unknown>;
    /** Replicas of each blob. */
    blobs(tag: string): Promise<Url[][]>;
    urls(tag: string): Promise<Url[][]>;
    /** The text of each blob. */
    pull(tag: string): Promise<string[]>;
    list(prefix?: string): Promise<string[]>;
    exists(tag: string): Promise<boolean>;
    /** Blobs that no other tag names are deleted too. */
    delete(tag: string): Promise<void>;
    attrs(tag: string): Promise<Record<string, string>>;
    setattr(tag: string, name: string, value: string): Promise<void>;
  }

  /** The master, for those who look after a cluster. */
  export class Disco {
    constructor(master?: string);
    joblist(): Promise<[status: string, name: string][]>;
    nodeinfo(): Promise<Record<string, { slots: number; running: number; blacklisted: boolean }>>;
    jobinfo(name: string): Promise<Record<string, unknown>>;
    events(name: string, offset?: number): Promise<string[]>;
    kill(name: string): Promise<void>;
    clean(name: string): Promise<void>;
    purge(name: string): Promise<void>;
    /** No new tasks for a node. */
    blacklist(node: string): Promise<void>;
    whitelist(node: string): Promise<void>;
  }

  export class DiscoError extends Error {}
  export class JobError extends DiscoError {}
  export class DataError extends DiscoError {}
  export class CommError extends DiscoError {}
}
