// `Job` and `JobChain` as TypeScript learners see them.

import { simErrors } from '#lib/node/engine-errors.ts';
import { printed, show } from '#lib/node/print.ts';
import type { Body, SimPromise } from '#lib/node/promise.ts';
import { checkPrefix, expandInputs, pipelineOf } from '../client/pack.ts';
import { MasterClient, type WaitOptions } from '../client/master-client.ts';
import { DiscoError } from '../errors.ts';
import type { JobPack, SchedulerOptions } from '../protocol.ts';
import type { JobFunctions } from '../typescript-space.ts';
import { memberOf } from '../values.ts';
import { checkOptions, reach, type FaceContext, type Options } from './context.ts';

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

/** Where a job's settings are looked for: the call, the job, its class. */
type Lookup = (name: string) => unknown;

export class JobFace {
  readonly #context: FaceContext;
  readonly #client: MasterClient;
  readonly #prefix: string;
  #name: string | null = null;

  constructor(context: FaceContext, options: Options) {
    checkOptions('Job', options, ['name', 'master']);
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
    const lookUp: Lookup = (name) => args[name] ?? own[name] ?? memberOf(this.constructor, name);
    const { process, values } = this.#context;
    const data = values.dumps(this.#functions(lookUp));
    values.members.clear();
    const facts = {
      hasMap: lookUp('map') !== undefined,
      hasReduce: lookUp('reduce') !== undefined,
      partitions: partitionsOf(lookUp('partitions')),
      reduceShuffle: lookUp('reduceShuffle') === true,
    };
    const pipeline = pipelineOf(facts);
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

  #functions(lookUp: Lookup): JobFunctions {
    const functions: JobFunctions = {
      params: lookUp('params') ?? {},
      partitions: partitionsOf(lookUp('partitions')),
      sort: lookUp('sort') === true,
      statusInterval: Number(lookUp('statusInterval') ?? STATUS_INTERVAL),
    };
    for (const name of FUNCTIONS) {
      const given = lookUp(name);
      if (given === undefined || given === null) continue;
      if (typeof given !== 'function') {
        throw new simErrors.TypeError(`${name} must be a function: ${show(given)}`);
      }
      this.#nameMember(name, given);
      functions[name] = given as (...args: unknown[]) => unknown;
    }
    return functions;
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
  readonly #inputs: ReadonlyMap<JobFace, unknown>;

  constructor(context: FaceContext, inputs: Iterable<readonly [JobFace, unknown]>) {
    this.#context = context;
    this.#inputs = new Map(inputs);
  }

  /** @returns the results of each job */
  wait(options: Options = {}): SimPromise<Map<JobFace, string[]>> {
    return reach(this.#context, this.#wait(options));
  }

  *#wait(options: Options): Body<Map<JobFace, string[]>> {
    const results = new Map<JobFace, string[]>();
    const started = new Set<JobFace>();
    while (results.size < this.#inputs.size) {
      const ready = [...this.#inputs].filter(
        ([job, input]) => !started.has(job) && (!(input instanceof JobFace) || results.has(input)),
      );
      if (ready.length === 0) throw new DiscoError('the jobs of a chain wait for each other');
      for (const [job, input] of ready) {
        started.add(job);
        yield job.run({ input: input instanceof JobFace ? results.get(input) : input });
      }
      for (const [job] of ready) results.set(job, (yield job.wait(options)) as string[]);
    }
    return results;
  }
}
