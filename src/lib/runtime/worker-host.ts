// Every process in a worker of its own: a request is a message, all requests of a window are under
// way at once. Nothing a worker says is believed before it was checked, and a worker that does not
// answer fails the run instead of hanging it (NODE7, DESIGN section 6).

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import { faultOfAnswer } from '#lib/kernel/validate.ts';
import type { Answer, OpenWait } from '#lib/protocol/packets.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import { RunFailure, type Host, type HostAnswer } from './run.ts';

/** Real time after which a worker counts as hung: far beyond any metered turn. */
const HANG_MS = 10_000;

/** A process's thread, wherever it runs. */
export interface WorkerPort {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?: () => void }) => void) | null;
}

interface Pending {
  resolve: (reply: unknown) => void;
  reject: (error: unknown) => void;
}

/** One process's worker, and the one question it may have open. */
class ProcessWorker {
  readonly #worker: WorkerPort;
  readonly #name: string;
  #pending: Pending | null = null;
  #error: RunFailure | null = null;

  constructor(worker: WorkerPort, name: string) {
    this.#worker = worker;
    this.#name = name;
    worker.onmessage = ({ data }) => {
      const pending = this.#pending;
      this.#pending = null;
      // Unasked messages (a flood) find nobody waiting and change nothing.
      pending?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#fail(`its worker broke: ${event.message ?? 'out of memory'}`);
    };
  }

  tell(packet: NodePacket): void {
    this.#worker.postMessage(packet);
  }

  ask(packet: NodePacket): Promise<unknown> {
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      const watchdog = setTimeout(
        () => this.#fail(`it computed ${HANG_MS / 1000} s of real time without an answer`),
        HANG_MS,
      );
      this.#pending = {
        resolve: (reply) => {
          clearTimeout(watchdog);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(watchdog);
          reject(error as Error);
        },
      };
      this.#worker.postMessage(packet);
    });
  }

  terminate(): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
  }

  #fail(reason: string): void {
    this.#error = new RunFailure(`${this.#name}: ${reason}`);
    this.#pending?.reject(this.#error);
    this.#pending = null;
  }
}

export class WorkerHost implements Host {
  readonly #create: () => WorkerPort;
  readonly #workers = new Map<ProcessHandle, ProcessWorker>();
  readonly #sinceUs = new Map<ProcessHandle, number>();

  /** @param create makes a worker that runs the node script and the linked program */
  constructor(create: () => WorkerPort) {
    this.#create = create;
  }

  start(process: ProcessHandle): void {
    const worker = new ProcessWorker(this.#create(), process.name);
    this.#workers.set(process, worker);
    worker.tell({ type: 'start', spec: process.spec });
  }

  end(process: ProcessHandle): void {
    this.#workers.get(process)?.terminate();
    this.#workers.delete(process);
    this.#sinceUs.delete(process);
  }

  advance(requests: readonly Request[]): Promise<HostAnswer[]> {
    return Promise.all(requests.map((request) => this.#advance(request)));
  }

  async waits(process: ProcessHandle): Promise<OpenWait[]> {
    const reply = (await this.#workers.get(process)!.ask({ type: 'waits' })) as Partial<NodeReply>;
    return reply.type === 'waits' && Array.isArray(reply.waits) ? reply.waits.slice(0, 100) : [];
  }

  close(): void {
    for (const worker of this.#workers.values()) worker.terminate();
    this.#workers.clear();
  }

  async #advance({ process, batch }: Request): Promise<HostAnswer> {
    const reply = (await this.#workers.get(process)!.ask({ type: 'advance', batch })) as NodeReply;
    if (reply?.type === 'broken') throw new RunFailure(`${process.name}: ${reply.message}`);
    const answer: Answer | null = reply?.type === 'answer' ? reply.answer : null;
    const sinceUs = this.#sinceUs.get(process) ?? 0;
    const fault = faultOfAnswer(answer, sinceUs);
    if (fault !== null) return { fault: `its worker sent a packet that is not allowed: ${fault}` };
    this.#sinceUs.set(process, answer!.ops.at(-1)?.tUs ?? sinceUs);
    return answer!;
  }
}
