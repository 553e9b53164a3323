// `disco-node`: one machine of a cluster. Serves the data on its disk, and runs tasks for the master.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { masterAddress } from '../addresses.ts';
import { readFrames, sendFrame } from '../frames.ts';
import {
  ACTIVE,
  NODE_PORT,
  SILENCE_US,
  TAG_FOLDER,
  type MasterFrame,
  type NodeFrame,
  type TagRecord,
} from '../protocol.ts';
import { serveData } from './data-server.ts';
import { readOptions, type NodeOptions } from './options.ts';
import { Runner } from './runner.ts';

const RETRY_US = 1_000_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Runs until a signal ends it. */
export function* nodeMain(process: NodeProcess): Body<void> {
  for (const signal of ['SIGTERM', 'SIGINT']) process.onSignal(signal, () => process.exit(0));
  const options = readOptions(process);
  if (!options) return process.exit(2);
  run(serveData(process));
  yield* new DiscoNode(process, options).run();
}

class DiscoNode {
  readonly #process: NodeProcess;
  readonly #options: NodeOptions;
  readonly #runner: Runner;
  #connection: Connection | null = null;
  #heardUs = 0;
  #watch = 0;

  constructor(process: NodeProcess, options: NodeOptions) {
    this.#process = process;
    this.#options = options;
    this.#runner = new Runner(process, (frame, preview) => this.#tell(frame, preview));
  }

  /** Reports to the master, and again whenever the connection is lost. */
  *run(): Body<void> {
    const { host } = masterAddress(this.#process, this.#options.master);
    for (;;) {
      try {
        yield* this.#serve(yield* wait(this.#process.connect(host, NODE_PORT)));
      } catch (error) {
        if (isStop(error) || !(error instanceof ConnectionError)) throw error;
      }
      // Nothing depends on a master without jobs.
      const options = { whileHeld: ACTIVE, label: 'report to the master' };
      yield* wait(this.#process.sleepUs(RETRY_US, options));
    }
  }

  *#serve(connection: Connection): Body<void> {
    const { name } = this.#process.spec;
    this.#connection = connection;
    this.#heardUs = this.#process.nowUs();
    const { slots } = this.#options;
    this.#tell({ type: 'register', name, slots, tags: this.#tags() }, `${name}: ${slots} slots`);
    yield* readFrames<MasterFrame>(connection, (frame) => this.#take(frame));
    this.#connection = null;
    this.#endWatch();
    this.#runner.killAll();
  }

  #endWatch(): void {
    this.#process.clearTimer(this.#watch);
    this.#watch = 0;
  }

  #tell(frame: NodeFrame, preview: string): void {
    if (this.#connection) sendFrame(this.#connection, frame, preview);
    if (this.#runner.isIdle) this.#endWatch();
  }

  #take(frame: MasterFrame): void {
    this.#heardUs = this.#process.nowUs();
    switch (frame.type) {
      case 'welcome':
        return;
      case 'tick':
        return this.#tell({ type: 'tick' }, this.#process.spec.name);
      case 'task':
        this.#runner.start(frame.order);
        return this.#keepWatch();
      case 'kill':
        return this.#runner.kill(frame.attempt);
      case 'delete':
        return this.#delete(frame.paths);
      case 'tag':
        return this.#keepTag(frame.name, frame.record);
      default:
        return frame satisfies never;
    }
  }

  /** A master that was not heard of for so long has given our tasks to others. */
  #keepWatch(): void {
    if (this.#watch !== 0) return;
    const check = (): void => {
      this.#watch = 0;
      if (this.#runner.isIdle || !this.#connection) return;
      if (this.#process.nowUs() - this.#heardUs >= SILENCE_US) this.#connection.reset();
      else this.#keepWatch();
    };
    const leftUs = this.#heardUs + SILENCE_US - this.#process.nowUs();
    this.#watch = this.#process.setTimer(leftUs, check, { label: 'master is silent' });
  }

  #delete(paths: readonly string[]): void {
    const { disk } = this.#process;
    for (const path of paths) {
      const isFile = disk.sizeOf(path) !== null;
      for (const file of isFile ? [path] : disk.list(path)) disk.remove(file);
    }
  }

  #keepTag(name: string, record: TagRecord | null): void {
    const { disk } = this.#process;
    const path = tagPath(name);
    if (!record) return disk.sizeOf(path) === null ? undefined : disk.remove(path);
    disk.write(path, encoder.encode(JSON.stringify({ name, ...record })));
    disk.sync(path);
  }

  #tags(): Record<string, TagRecord> {
    const { disk } = this.#process;
    const records = disk.list(TAG_FOLDER).map((path) => {
      const { name, ...record } = JSON.parse(decoder.decode(disk.read(path))) as TagRecord & {
        name: string;
      };
      return [name, record] as const;
    });
    return Object.fromEntries(records);
  }
}

function tagPath(name: string): string {
  return `${TAG_FOLDER}/${encodeURIComponent(name)}`;
}
