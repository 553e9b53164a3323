// `Job` and `JobChain` as TypeScript learners see them.

import { simErrors } from '#lib/node/engine-errors.ts';
import { printed, show } from '#lib/node/print.ts';
import { wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { checkPrefix, customPipeline, expandInputs, pipelineOf } from '../client/pack.ts';
import { MasterClient, type WaitOptions } from '../client/master-client.ts';
import { DiscoError, JobError } from '../errors.ts';
import type { JobPack, PipelineStage, SchedulerOptions } from '../protocol.ts';
import type { JobFunctions } from '../typescript-space.ts';
import { memberOf } from '../values.ts';
import { checkOptions, reach, type FaceContext, type Options } from './context.ts';
import { stagesOf, WorkerFace } from './pipeline.ts';

const FUNCTIONS = [
  'map',
  'reduce',
  'mapReader',
  'mapInit',
  'reduceInit',
  'combiner',
  'partition',
] as const;
const SETTINGS = [
  'input',
  'pipeline',
  'params',
  'partitions',
  'sort',
  'statusInterval',
  'reduceShuffle',
  'saveResults',
  'scheduler',
] as const;
const WAIT_OPTIONS = ['pollInterval', 'timeout', 'clean', 'show'];
/** Seconds. */
const POLL_INTERVAL = 2;
const STATUS_INTERVAL = 100_000;
/** Of `JobChain.wait`, in seconds. */
const CHAIN_INTERVAL = 1;

/** Where a job's settings are looked for: the call, the job, its class. */
type Lookup = (name: string) => unknown;

export class JobFace {
  readonly #context: FaceContext;
  readonly #client: MasterClient;
  readonly #prefix: string;
  readonly #worker: WorkerFace | null;
  #name: string | null = null;

  constructor(context: FaceContext, options: Options) {
    checkOptions('Job', options, ['name', 'master', 'worker']);
    const { worker = null } = options;
    if (worker !== null && !(worker instanceof WorkerFace)) {
      throw new simErrors.TypeError(`worker is a Worker: ${show(worker)}`);
    }
    this.#worker = worker;
    this.#context = context;
    this.#client = new MasterClient(context.process, options['master'] as string | undefined);
    this.#prefix = checkPrefix(String(options['name'] ?? this.constructor.name));
  }

  /** Null before `run`. */
  get name(): string | null {
    return this.#name;
  }

  run(args: Options = {}): SimPromise<this> {
    checkOptions('run', args, [...FUNCTIONS, ...SETTINGS]);
    return reach(this.#context, this.#run(args));
  }

  *#run(args: Options): Body<this> {
    const own = this as unknown as Options;
    const lookUp: Lookup = (name) =>
      args[name] ?? own[name] ?? memberOf(this.constructor, name) ?? this.#worker?.settings[name];
    const { process, values } = this.#context;
    const { pipeline, functions } = this.#stages(lookUp);
    const data = values.dumps(functions);
    values.members.clear();
    const input = lookUp('input');
    const pack: JobPack = {
      prefix: this.#prefix,
      owner: process.spec.name,
      language: 'js',
      program: process.spec.argv[0]!,
      pipeline,
      inputs: yield* expandInputs(this.#client, listed(input), printed(input)),
      scheduler: schedulerOf(lookUp('scheduler')),
      saveResults: lookUp('saveResults') === true,
      data,
    };
    this.#name = yield* this.#client.submit(pack);
    return this;
  }

  #stages(lookUp: Lookup): { pipeline: PipelineStage[]; functions: JobFunctions } {
    const functions: JobFunctions = {
      params: lookUp('params') ?? {},
      partitions: partitionsOf(lookUp('partitions')),
      sort: lookUp('sort') === true,
      statusInterval: Number(lookUp('statusInterval') ?? STATUS_INTERVAL),
    };
    const given = lookUp('pipeline');
    if (given === undefined && this.#worker === null) {
      this.#addFunctions(functions, lookUp);
      return { pipeline: this.#classic(lookUp), functions };
    }
    if (lookUp('map') !== undefined || lookUp('reduce') !== undefined) {
      throw new DiscoError('a job has map and reduce, or a pipeline');
    }
    const stages = stagesOf(given ?? []);
    functions.pipeline = stages.map(({ stage }) => stage.functions);
    const pairs = stages.map(({ grouping, stage }) => [grouping, stage.name] as const);
    return { pipeline: customPipeline(pairs), functions };
  }

  #classic(lookUp: Lookup): PipelineStage[] {
    return pipelineOf({
      hasMap: lookUp('map') !== undefined,
      hasReduce: lookUp('reduce') !== undefined,
      partitions: partitionsOf(lookUp('partitions')),
      reduceShuffle: lookUp('reduceShuffle') === true,
    });
  }

  #addFunctions(functions: JobFunctions, lookUp: Lookup): void {
    for (const name of FUNCTIONS) {
      const given = lookUp(name);
      if (given === undefined || given === null) continue;
      if (typeof given !== 'function') {
        throw new simErrors.TypeError(`${name} must be a function: ${show(given)}`);
      }
      this.#nameMember(name, given);
      functions[name] = given as (...args: unknown[]) => unknown;
    }
  }

  /** A method of the job's own class travels as a member of that class. */
  #nameMember(member: string, given: unknown): void {
    if (memberOf(this.constructor, member) !== given) return;
    const { values } = this.#context;
    const found = values.nameOf(this.constructor);
    if (found) return void values.members.set(given, { ...found, member });
    const { name } = this.constructor;
    throw new DiscoError(
      `cannot send ${name}; export it from its module, so that workers find it by that name`,
    );
  }

  wait(options: Options = {}): SimPromise<string[]> {
    checkOptions('wait', options, WAIT_OPTIONS);
    const { pollInterval = POLL_INTERVAL, timeout = null, clean = false, show = false } = options;
    const given = { pollInterval, timeout, clean, show } as WaitOptions;
    return this.#with((name) => this.#client.wait(name, given));
  }

  kill(): SimPromise<void> {
    return this.#with((name) => this.#client.control('kill_job', name));
  }

  clean(): SimPromise<void> {
    return this.#with((name) => this.#client.control('clean_job', name));
  }

  purge(): SimPromise<void> {
    return this.#with((name) => this.#client.control('purge_job', name));
  }

  /** Lines as `wait({ show: true })` writes them. */
  events(offset = 0): SimPromise<string[]> {
    return this.#with((name) => this.#client.events(name, offset));
  }

  jobinfo(): SimPromise<Record<string, unknown>> {
    return this.#with((name) => this.#client.info(name));
  }

  /** The status, and where results are. */
  results(): SimPromise<[string, string[]]> {
    const client = this.#client;
    return this.#with(function* (name): Body<[string, string[]]> {
      const { status, urls } = yield* client.results(name);
      return [status, urls];
    });
  }

  #with<T>(use: (name: string) => Body<T>): SimPromise<T> {
    if (this.#name === null && !this.#context.gate.isWorker) {
      throw new DiscoError('the job has not been run: await job.run({ … }) first');
    }
    return reach(this.#context, use(this.#name ?? ''));
  }
}

/** Any iterable but a text is a list of inputs. */
function listed(input: unknown): unknown {
  const isList = typeof input === 'object' && input !== null && Symbol.iterator in input;
  return isList ? [...(input as Iterable<unknown>)] : input;
}

function partitionsOf(value: unknown): number | null {
  if (value === undefined) return 1;
  if (value === null) return null;
  if (Number.isInteger(value) && (value as number) >= 1) return value as number;
  throw new simErrors.TypeError(`partitions is a whole number from 1 on, or null: ${show(value)}`);
}

function schedulerOf(value: unknown): SchedulerOptions {
  const options = (value ?? {}) as Options;
  checkOptions('scheduler', options, ['maxCores', 'forceLocal', 'forceRemote']);
  const { maxCores = null, forceLocal = false, forceRemote = false } = options;
  return { maxCores, forceLocal, forceRemote } as SchedulerOptions;
}

/** Jobs whose inputs are the results of others: each runs when its inputs are there. */
export class JobChain {
  readonly #context: FaceContext;
  readonly #inputs: ReadonlyMap<JobFace, readonly unknown[]>;

  constructor(context: FaceContext, inputs: Iterable<readonly [JobFace, unknown]>) {
    this.#context = context;
    const listOf = (given: unknown): readonly unknown[] => {
      const list = given instanceof JobFace ? [given] : listed(given);
      return Array.isArray(list) ? (list as unknown[]) : [list];
    };
    this.#inputs = new Map([...inputs].map(([job, given]) => [job, listOf(given)]));
  }

  /** @returns the results of each job */
  wait(options: Options = {}): SimPromise<Map<JobFace, string[]>> {
    return reach(this.#context, this.#wait(options));
  }

  *#wait(options: Options): Body<Map<JobFace, string[]>> {
    const { pollInterval = CHAIN_INTERVAL } = options as { pollInterval?: number };
    checkOptions('JobChain.wait', options, ['pollInterval']);
    const results = new Map<JobFace, string[]>();
    for (;;) {
      const moved = yield* this.#walk(results);
      if (results.size === this.#inputs.size) return results;
      if (moved === 0) throw new DiscoError('the jobs of a chain wait for each other');
      const pauseUs = usFromSeconds(pollInterval);
      yield* wait(this.#context.process.sleepUs(pauseUs, { label: 'poll' }));
    }
  }

  /** Asks after jobs that run, starts those whose inputs are there. @returns how many run or are new */
  *#walk(results: Map<JobFace, string[]>): Body<number> {
    let moved = 0;
    for (const [job, inputs] of this.#inputs) {
      if (results.has(job)) continue;
      if (job.name === null) {
        const needed = inputs.filter((it) => it instanceof JobFace);
        if (!needed.every((it) => results.has(it))) continue;
        const input = inputs.flatMap((it) => (it instanceof JobFace ? results.get(it)! : [it]));
        yield* wait(job.run({ input }));
        moved++;
        continue;
      }
      const [status, urls] = (yield* wait(job.results())) as [string, string[]];
      if (status !== 'ready' && status !== 'active') {
        throw new JobError(`Job ${job.name} failed: Status ${status}`);
      }
      if (status === 'ready') results.set(job, urls);
      moved++;
    }
    return moved;
  }
}
