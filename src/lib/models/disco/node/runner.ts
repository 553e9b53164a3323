// Runs tasks of a node, each in a process of its own that is started for it, and tells the master what
// came of them.

import type { Child, NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { workerArgv } from '../worker/command.ts';
import { DATA_FOLDER, type NodeFrame, type TaskOrder, type TaskOutput } from '../protocol.ts';
import { LineReader, sendLine, type Line, type WorkerWords } from '../worker-lines.ts';

/** More messages of a task within a second are answered late, each by so much. */
const MESSAGES_FREE = 5;
const MESSAGE_DELAY_US = 200_000;
const SECOND_US = 1_000_000;

interface Running {
  order: TaskOrder;
  child: Child;
  outputs: TaskOutput[];
  /** When its last messages came. */
  messageTimes: number[];
  /** Nothing more of it is to be told. */
  isOver: boolean;
}

export class Runner {
  readonly #process: NodeProcess;
  readonly #tell: (frame: NodeFrame, preview: string) => void;
  readonly #running = new Map<number, Running>();

  constructor(process: NodeProcess, tell: (frame: NodeFrame, preview: string) => void) {
    this.#process = process;
    this.#tell = tell;
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  start(order: TaskOrder): void {
    const child = this.#process.spawn(workerArgv(order));
    const running = { order, child, outputs: [], messageTimes: [], isOver: false };
    this.#running.set(order.attempt, running);
    run(this.#serve(running));
    child.exited.then(({ code }) => this.#exited(running, code));
  }

  /** Ends a task; what it wrote is nobody's. */
  kill(attempt: number): void {
    const running = this.#running.get(attempt);
    if (!running) return;
    this.#end(running);
    running.child.kill('SIGKILL');
    this.#discard(running);
  }

  /** The master has gone, and with it whoever wanted the results. */
  killAll(): void {
    for (const attempt of [...this.#running.keys()]) this.kill(attempt);
  }

  *#serve(running: Running): Body<void> {
    const { pipe } = running.child;
    const reader = new LineReader(pipe);
    try {
      for (;;) {
        const line = yield* reader.next();
        if (line === null || running.isOver) return;
        yield* this.#answer(running, line);
      }
    } catch {
      // A broken pipe tells no more than the end of the process does.
    }
  }

  *#answer(running: Running, line: Line): Body<void> {
    const { order, child, outputs } = running;
    const { attempt } = order;
    const { type } = line;
    if (type === 'TASK') {
      const { inputs: _, ...task } = order;
      return sendLine(child.pipe, 'TASK', task);
    }
    if (type === 'INPUT') return sendLine(child.pipe, 'INPUT', ['done', order.inputs]);
    if (type === 'MSG') {
      const text = line.value as string;
      this.#tell({ type: 'event', attempt, text }, text);
      yield* this.#restrain(running);
    } else if (type === 'OUTPUT') {
      const [label, path, size] = line.value as WorkerWords['OUTPUT'];
      outputs.push({ label, size, url: `disco://${this.#process.spec.name}${path}` });
    } else if (type === 'DONE') {
      this.#end(running);
      const { fetched } = line.value as WorkerWords['DONE'];
      this.#tell({ type: 'done', attempt, outputs, fetched }, nameOf(order));
    } else if (type === 'INPUT_ERR') {
      this.#fail(running, 'input', '', line.value as number[]);
    } else if (type === 'ERROR' || type === 'FATAL') {
      this.#fail(running, type === 'FATAL' ? 'fatal' : 'error', line.value as string);
    }
    sendLine(child.pipe, 'OK', '');
  }

  /** A task that tells much is slowed down. */
  *#restrain(running: Running): Body<void> {
    const nowUs = this.#process.nowUs();
    running.messageTimes = running.messageTimes.filter((tUs) => nowUs - tUs < SECOND_US);
    running.messageTimes.push(nowUs);
    if (running.messageTimes.length <= MESSAGES_FREE) return;
    yield* wait(this.#process.sleepUs(MESSAGE_DELAY_US, { label: 'message rate' }));
  }

  #exited(running: Running, code: number): void {
    if (running.isOver) return;
    this.#fail(running, 'error', `Worker crashed! (exit code: ${code})`);
  }

  #fail(running: Running, how: 'error' | 'fatal' | 'input', text: string, inputs: number[] = []) {
    this.#end(running);
    this.#discard(running);
    const { attempt } = running.order;
    this.#tell({ type: 'failed', attempt, how, text, inputs }, `${nameOf(running.order)}: ${how}`);
  }

  #end(running: Running): void {
    running.isOver = true;
    this.#running.delete(running.order.attempt);
  }

  #discard({ order }: Running): void {
    const { disk } = this.#process;
    const start = attemptPath(order);
    for (const path of disk.list(`${DATA_FOLDER}/${order.job}`)) {
      if (path.startsWith(start)) disk.remove(path);
    }
  }
}

const nameOf = ({ stage, task }: TaskOrder): string => `${stage}:${task}`;

/** How names of the files of an attempt begin; the label follows. */
export function attemptPath(order: Omit<TaskOrder, 'inputs'>): string {
  const { job, stage, task, attempt } = order;
  return `${DATA_FOLDER}/${job}/${stage}-${task}-${attempt}.`;
}
