// The object space of TypeScript learners: runs `map` and `reduce` of a job (SEMANTICS 5.4, 5.5). Files
// between stages hold a pair for each line, as values.ts writes it.

import { simErrors, traceback } from '#lib/node/engine-errors.ts';
import { printed, show } from '#lib/node/print.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { contextNow, run, runWithin, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { COST, SLICE_NS } from './costs.ts';
import { CommError, DataError, DiscoError } from './errors.ts';
import { chainReader, compareText, type Pair } from './face/helpers.ts';
import { TASK, type WorkerGate } from './face/gate.ts';
import type { ObjectSpace, Read, TaskResult, TaskWork } from './space.ts';
import { Tally } from './tally.ts';
import { runStage, stageNamed, type StageFunctions } from './typescript-pipeline.ts';
import { Values } from './values.ts';

type Learners = (...args: unknown[]) => unknown;
type Opener = () => { next(): unknown };

/** What a job's client has given, by name. */
export interface JobFunctions {
  map?: Learners;
  reduce?: Learners;
  mapReader?: Learners;
  mapInit?: Learners;
  reduceInit?: Learners;
  combiner?: Learners;
  partition?: Learners;
  /** Stages of the learner's own, in place of map and reduce. */
  pipeline?: StageFunctions[];
  params?: unknown;
  partitions: number | null;
  sort: boolean;
  statusInterval: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class TypeScriptSpace implements ObjectSpace {
  readonly #process: NodeProcess;
  readonly #gate: WorkerGate;
  readonly #values: Values;
  #functions: JobFunctions | null = null;

  constructor(process: NodeProcess, values: Values, gate: WorkerGate) {
    this.#process = process;
    this.#values = values;
    this.#gate = gate;
  }

  load(order: TaskWork['order']): SimPromise<void> {
    return run(this.#load(order));
  }

  *#load({ data, program }: TaskWork['order']): Body<void> {
    const process = this.#process;
    process.isMuted = true;
    // A program that goes on after that is not heard either.
    process.log = () => undefined;
    for (const path of Values.pathsIn(data)) {
      yield* wait(this.#gate.importModule(path, path === program));
    }
    process.isMuted = false;
    this.#functions = this.#values.loads(data) as JobFunctions;
  }

  run(work: TaskWork): SimPromise<TaskResult> {
    return runWithin(TASK, new TaskRun(this.#process, this.#values, this.#functions!, work).run());
  }

  problemOf(error: unknown): SimPromise<{ isFatal: boolean; text: string }> {
    const isData = error instanceof DataError || error instanceof CommError;
    // What CPython calls an EnvironmentError: files and sockets.
    const { code } = (error ?? {}) as { code?: unknown };
    const isFatal = !isData && !(typeof code === 'string' && /^E[A-Z]+$/.test(code));
    return SimPromise.resolve({ isFatal, text: traceback(error, this.#process.program, printed) });
  }
}

class TaskRun {
  readonly #process: NodeProcess;
  readonly #values: Values;
  readonly #functions: JobFunctions;
  readonly #work: TaskWork;
  readonly #said: string[] = [];
  readonly #lines = new Map<number, string[]>();
  readonly #tally: Tally;
  readonly #buffers = new Map<number, Map<unknown, unknown>>();
  readonly #labelOf: (key: unknown) => number;
  #entryCount = 0;

  constructor(process: NodeProcess, values: Values, functions: JobFunctions, work: TaskWork) {
    this.#process = process;
    this.#values = values;
    this.#functions = functions;
    this.#work = work;
    this.#tally = new Tally(work.order);
    const { partition, partitions, params } = functions;
    const count = partitions ?? 1;
    this.#labelOf = (key) => {
      if (count === 1) return 0;
      return checkedLabel(
        partition ? partition(key, count, params) : this.#hash(key) % count,
        count,
      );
    };
  }

  *run(): Body<TaskResult> {
    // What the task prints goes to the job's events.
    this.#process.log = (_stream, text) => {
      if (contextNow() === TASK) this.#said.push(...text.replace(/\n$/, '').split('\n'));
    };
    const { role } = this.#work.order;
    if (role === 'map') yield* this.#map();
    else if (role === 'reduce') yield* this.#reduce();
    else yield* this.#stage();
    const outputs = new Map(
      [...this.#lines]
        .sort(([a], [b]) => a - b)
        .map(([label, lines]) => [label, encoder.encode(lines.join(''))] as const),
    );
    yield* this.#flush();
    if (role === 'stage') return { outputs, message: '' };
    const what = role === 'map' ? 'mapped' : 'reduced';
    return { outputs, message: `Done: ${this.#entryCount} entries ${what}` };
  }

  // A stage of a pipeline.

  *#stage(): Body<void> {
    const { pipeline = [], params } = this.#functions;
    const { inputs, order } = this.#work;
    const stage = stageNamed(pipeline, order.stage);
    const isFirst = stage === pipeline[0];
    const entries = (reads: readonly Read[]): Iterable<unknown> =>
      isFirst ? this.#linesOf(reads) : this.#pairs(reads.map(({ bytes }) => linesIn(bytes)));
    const write = (label: number, key: unknown, value: unknown): void =>
      this.#write(label, key, value);
    const host = { params, entries, write, sorted: (pairs: Iterable<Pair>) => this.#sorted(pairs) };
    yield* runStage(stage, host, inputs);
  }

  *#linesOf(reads: readonly Read[]): Generator<string> {
    for (const { url, bytes } of reads) {
      for (const line of url.startsWith('raw://') ? [decoder.decode(bytes)] : linesIn(bytes)) {
        this.#process.spendNs(COST.entryNs);
        yield line;
      }
    }
  }

  // Map.

  *#map(): Body<void> {
    const { map, mapInit, params } = this.#functions;
    for (const read of this.#work.inputs) {
      const entries = yield* this.#entries(read);
      if (mapInit) yield* wait(mapInit(entries, params));
      yield* this.#each(entries, (entry) => this.#mapEntry(map!, entry));
    }
    yield* this.#combineRest();
  }

  *#mapEntry(map: Learners, entry: unknown): Body<void> {
    this.#process.spendNs(COST.entryNs);
    const made = yield* settled(map(entry, this.#functions.params));
    yield* this.#each(made, (pair) => this.#emit(pair));
    yield* this.#count('mapped');
  }

  /** What the job's reader makes of an input; by default its lines. */
  *#entries({ url, bytes }: Read): Body<unknown> {
    const { mapReader, params } = this.#functions;
    const text = decoder.decode(bytes);
    if (mapReader === chainReader) return this.#pairsOf(text);
    if (url.startsWith('raw://'))
      return mapReader ? mapReader([text], text.length, url, params) : [text];
    const lines = linesOf(text);
    return mapReader ? yield* wait(mapReader(lines, bytes.length, url, params)) : lines;
  }

  *#emit(pair: unknown): Body<void> {
    const [key, value] = pairOf(pair, 'map');
    const label = this.#labelOf(key);
    const { combiner, params } = this.#functions;
    if (!combiner) return this.#write(label, key, value);
    this.#tally.combine();
    const buffer = this.#buffers.get(label) ?? new Map<unknown, unknown>();
    this.#buffers.set(label, buffer);
    yield* this.#combined(label, yield* settled(combiner(key, value, buffer, false, params)));
  }

  *#combineRest(): Body<void> {
    const { combiner, params } = this.#functions;
    for (const [label, buffer] of this.#buffers) {
      yield* this.#combined(label, yield* wait(combiner!(null, null, buffer, true, params)));
    }
  }

  *#combined(label: number, made: unknown): Body<void> {
    if (made === undefined || made === null) return;
    yield* this.#each(made, (pair) => {
      const [key, value] = pairOf(pair, 'combiner');
      this.#write(label, key, value);
    });
  }

  // Reduce.

  *#reduce(): Body<void> {
    const { reduce, reduceInit, params, sort } = this.#functions;
    const parts = this.#work.inputs.map(({ bytes }) => linesIn(bytes));
    const label = Math.min(...this.#work.inputs.map((read) => read.label));
    const pairs = sort ? this.#sorted(this.#pairs(parts)) : this.#pairs(parts);
    if (reduceInit) yield* wait(reduceInit(pairs, params));
    const own = this.#work.inputs.length === 0 ? 0 : label;
    const write = (pair: unknown): void => {
      const [key, value] = pairOf(pair, 'reduce');
      this.#write(own, key, value);
    };
    if (reduce!.length >= 3) {
      const out = { add: (key: unknown, value: unknown): void => write([key, value]) };
      yield* wait(reduce!(pairs, out, params));
      return;
    }
    yield* this.#each(yield* wait(reduce!(pairs, params)), write);
  }

  *#pairs(parts: readonly (readonly string[])[]): Generator<Pair> {
    for (const lines of parts) for (const line of lines) yield this.#pair(line);
  }

  #pair(line: string): Pair {
    this.#process.spendNs(COST.entryNs);
    this.#entryCount++;
    return this.#values.loads(line) as Pair;
  }

  *#pairsOf(text: string): Generator<Pair> {
    for (const line of linesOf(text)) yield this.#values.loads(line) as Pair;
  }

  /** As `sort` does with the bytes of the keys. */
  *#sorted(given: Iterable<Pair>): Generator<Pair> {
    const pairs = [...given];
    for (const [key] of pairs) {
      if (typeof key !== 'string') {
        throw new simErrors.TypeError(`Keys must be bytes for external sort: ${show(key)}`);
      }
      if (key.includes('\0')) {
        throw new simErrors.TypeError('Cannot sort key with 0xFF or 0x00 bytes');
      }
    }
    const steps = pairs.length * (32 - Math.clz32(pairs.length));
    this.#process.spendNs(steps * COST.compareNs);
    yield* pairs.sort(([a], [b]) => compareText(a as string, b as string));
  }

  // Both.

  #write(label: number, key: unknown, value: unknown): void {
    this.#process.spendNs(COST.pairNs);
    const lines = this.#lines.get(label) ?? [];
    const line = `${this.#values.dumps([key, value])}\n`;
    this.#tally.add(label, line);
    lines.push(line);
    this.#lines.set(label, lines);
  }

  *#count(what: string): Body<void> {
    this.#entryCount++;
    const { statusInterval } = this.#functions;
    if (statusInterval > 0 && this.#entryCount % statusInterval === 0) {
      this.#said.push(`${this.#entryCount} entries ${what}`);
    }
    yield* this.#flush();
  }

  /** Walks what learners return: lists, generators, async generators. */
  *#each(items: unknown, use: (item: unknown) => Body<void> | void): Body<void> {
    if (items === undefined || items === null) return;
    const holder = items as { [Symbol.asyncIterator]?: Opener; [Symbol.iterator]?: Opener };
    const open = holder[Symbol.asyncIterator] ?? holder[Symbol.iterator];
    const iterator = open?.call(items);
    if (!iterator) throw new simErrors.TypeError(`not a list of pairs: ${show(items)}`);
    for (;;) {
      const step = (yield* settled(iterator.next())) as IteratorResult<unknown>;
      if (step.done) return;
      const used = use(step.value);
      if (used) yield* used;
      yield* this.#breathe();
    }
  }

  /** Long work is cut into turns, so that others on the machine are heard. */
  *#breathe(): Body<void> {
    if (this.#process.turnNs > SLICE_NS) yield* wait(this.#process.sleepUs(0));
  }

  *#flush(): Body<void> {
    for (const text of this.#said.splice(0)) yield* wait(this.#work.say(text));
  }

  /** The same in every worker, which a language's own hash need not be. */
  #hash(key: unknown): number {
    let hash = 0x811c9dc5;
    for (const byte of encoder.encode(this.#values.dumps(key))) {
      hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    return (hash ^ (hash >>> 15)) >>> 0;
  }
}

/** Awaits a promise; anything else is there already. */
function* settled(value: unknown): Body<unknown> {
  return value instanceof SimPromise ? yield* wait(value) : value;
}

function linesIn(bytes: Uint8Array): string[] {
  return linesOf(decoder.decode(bytes));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function pairOf(value: unknown, of: string): Pair {
  if (Array.isArray(value) && value.length === 2) return value as Pair;
  throw new simErrors.TypeError(`${of} gives pairs [key, value], not ${show(value)}`);
}

function checkedLabel(label: unknown, count: number): number {
  if (Number.isInteger(label) && (label as number) >= 0 && (label as number) < count) {
    return label as number;
  }
  throw new DiscoError(`partition gives a number from 0 to ${count - 1}, not ${show(label)}`);
}
