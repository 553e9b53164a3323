// Runs one task: asks its node what to do, fetches the inputs, has the learner's functions work on them,
// writes what they gave. What it wrote counts when the master has accepted this attempt.

import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, type SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { hostOf } from '../addresses.ts';
import { bytesNs, COST } from '../costs.ts';
import { concat } from '../http.ts';
import { attemptPath } from '../node/runner.ts';
import type { TaskInput, TaskOrder } from '../protocol.ts';
import type { ObjectSpace, Read, TaskResult, TaskWork } from '../space.ts';
import { LineReader, sendLine, type NodeWords, type WorkerWords } from '../worker-lines.ts';
import { readReplica } from './inputs.ts';

/** Of the protocol. */
const VERSION = '1.1';

type Order = Omit<TaskOrder, 'inputs'>;

export function* workerMain(process: NodeProcess, space: ObjectSpace): Body<void> {
  yield* new Worker(process, space).run();
}

class Worker {
  readonly #process: NodeProcess;
  readonly #space: ObjectSpace;
  readonly #reader: LineReader;
  /** Who waits for an answer, in the order of what was said. */
  readonly #asked: Deferred<unknown>[] = [];
  /** Bytes read from other nodes, by node. */
  readonly #fetched = new Map<string, number>();

  constructor(process: NodeProcess, space: ObjectSpace) {
    this.#process = process;
    this.#space = space;
    this.#reader = new LineReader(process.parentPipe());
  }

  *run(): Body<void> {
    const { pid } = this.#process.spec;
    run(this.#hear());
    // Whoever tries it again would wait as long and learn no more.
    this.#process.onstop = (text) => sendLine(this.#process.parentPipe(), 'FATAL', text);
    this.#process.spendNs(COST.startNs);
    yield* wait(this.#say('WORKER', { version: VERSION, pid }));
    const order = (yield* wait(this.#say('TASK', ''))) as Order;
    const endSpan = this.#process.span(`${order.stage}:${order.task}`, order.job);
    try {
      yield* this.#work(order);
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      const { isFatal, text } = yield* wait(this.#space.problemOf(error));
      yield* wait(this.#say(isFatal ? 'FATAL' : 'ERROR', text));
    }
    endSpan();
    this.#process.exit(0);
  }

  *#work(order: Order): Body<void> {
    const isShuffle = order.role === 'shuffle';
    if (!isShuffle) yield* wait(this.#space.load(order));
    const [, inputs] = (yield* wait(this.#say('INPUT', ''))) as NodeWords['INPUT'];
    const lost: number[] = [];
    const reads: Read[] = [];
    // In any order: many tasks at once would otherwise ask the same node first.
    for (const input of order.role === 'reduce' ? this.#mixed(inputs) : inputs) {
      const read = yield* this.#fetch(input);
      if (read) reads.push(read);
      else lost.push(input.id);
    }
    if (lost.length > 0) return void (yield* wait(this.#say('INPUT_ERR', lost)));
    const say = (text: string): SimPromise<void> => this.#say('MSG', text).then(() => undefined);
    const work: TaskWork = { order, inputs: reads, say };
    const result = isShuffle ? this.#shuffled(reads) : yield* wait(this.#space.run(work));
    if (result.message !== '') yield* wait(say(result.message));
    yield* this.#write(order, result.outputs);
    yield* wait(say('Results sent to master'));
    yield* wait(this.#say('DONE', { fetched: Object.fromEntries(this.#fetched) }));
  }

  *#fetch({ urls, label }: TaskInput): Body<Read | null> {
    const found = yield* readReplica(this.#process, urls);
    if (!found) return null;
    const host = found.isRemote ? hostOf(found.url) : null;
    if (host !== null) {
      this.#fetched.set(host, (this.#fetched.get(host) ?? 0) + found.bytes.length);
    }
    return { url: found.url, label, bytes: found.bytes };
  }

  #mixed(inputs: readonly TaskInput[]): TaskInput[] {
    const left = [...inputs];
    const mixed: TaskInput[] = [];
    while (left.length > 0) {
      mixed.push(...left.splice(Math.floor(this.#process.random() * left.length), 1));
    }
    return mixed;
  }

  /** One file for each label, in place of one for each task: merged, not sorted. */
  #shuffled(reads: readonly Read[]): TaskResult {
    const labels = [...new Set(reads.map(({ label }) => label))].sort((a, b) => a - b);
    const outputs = new Map(
      labels.map((label) => {
        const own = reads.filter((read) => read.label === label);
        return [label, concat(own.map(({ bytes }) => bytes))] as const;
      }),
    );
    const message = `Shuffled ${reads.length} inputs into ${labels.length} label(s)`;
    return { outputs, message };
  }

  *#write(order: Order, outputs: TaskResult['outputs']): Body<void> {
    const { disk } = this.#process;
    for (const [label, bytes] of outputs) {
      const path = `${attemptPath(order)}${label}`;
      this.#process.spendNs(bytesNs(bytes.length));
      disk.write(path, bytes);
      // A result that was reported survives a power cut.
      disk.sync(path);
      yield* wait(this.#say('OUTPUT', [label, path, bytes.length]));
    }
  }

  #say<T extends keyof WorkerWords>(type: T, value: WorkerWords[T]): SimPromise<unknown> {
    const asked = new Deferred<unknown>();
    this.#asked.push(asked);
    sendLine(this.#process.parentPipe(), type, value);
    return asked.promise;
  }

  /** Always listening: when the node is gone, so is its worker. */
  *#hear(): Body<void> {
    try {
      for (;;) {
        const line = yield* this.#reader.next();
        if (line === null) return this.#process.exit(0);
        this.#asked.shift()?.resolve(line.value);
      }
    } catch (error) {
      if (isStop(error)) throw error;
      this.#process.exit(0);
    }
  }
}
