// The kernel's thread: a worker inside the sandboxed frame, or the child process of the command
// line. The linked program is part of this script's own text (no eval is needed or allowed): it
// registers itself through `lightconeProgram`.

import * as Comlink from 'comlink';
import { boot, type Program } from './boot.ts';
import type { KernelControl, RunReport, RunRequest, StreamPort } from './control.ts';
import type { SpawnPacket, SpawnReply } from './frame.ts';
import { InlineHost } from './inline-host.ts';
import type { WorkerPort } from './pool-thread.ts';
import { run, type Host } from './run.ts';
import { tameScope } from './scope.ts';
import { WorkerHost } from './worker-host.ts';

/** Ports of this thread. Firefox collects a port that only its own listener knows of. */
const heldPorts: MessagePort[] = [];

/**
 * Lets other tasks of this thread in. By a message to ourselves: timers are held back to 4 ms in
 * browsers. Made before a program tames this scope.
 */
const yieldToTasks = (() => {
  const { port1, port2 } = new MessageChannel();
  heldPorts.push(port1, port2);
  let resume: () => void = () => undefined;
  port1.onmessage = () => resume();
  return (): Promise<void> =>
    new Promise((resolve) => {
      resume = resolve;
      port2.postMessage(null);
    });
})();

/** Characters of trace that may be under way to the page before the kernel waits for it. */
const STREAM_CREDIT = 2_000_000;

/** Captured: inline, a program tames this scope. */
const CORES = navigator.hardwareConcurrency;

/** What this thread gets from whoever created it. */
interface Platform {
  createWorker: () => WorkerPort;
}

class Control implements KernelControl {
  readonly #platform: Platform;
  readonly #program: () => Program;
  #isStopped = false;

  constructor(platform: Platform, program: () => Program) {
    this.#platform = platform;
    this.#program = program;
  }

  async run(request: RunRequest, stream: StreamPort): Promise<RunReport> {
    this.#isStopped = false;
    const flow = new Flow(stream);
    const { end, reports } = await run({
      spec: request.spec,
      host: this.#host(request),
      ontext: (text) => flow.send(text),
      onyield: async () => {
        await flow.ready();
        return !this.#isStopped;
      },
    });
    await flow.drained();
    return { end, reports };
  }

  stop(): void {
    this.#isStopped = true;
  }

  #host(request: RunRequest): Host {
    if (request.placement === 'worker') return new WorkerHost(this.#platform.createWorker, CORES);
    tameScope();
    const program = this.#program();
    return new InlineHost((spec) => boot(spec, program));
  }
}

/** Sends text, and waits when the other side falls behind. */
class Flow {
  readonly #stream: StreamPort;
  #underWay = 0;
  #wake: (() => void) | null = null;

  constructor(stream: StreamPort) {
    this.#stream = stream;
    stream.onmessage = ({ data }) => {
      this.#underWay -= data;
      this.#wake?.();
    };
  }

  send(text: string): void {
    this.#underWay += text.length;
    this.#stream.postMessage(text);
  }

  /** Lets other tasks of this thread in, and then waits for credit. */
  async ready(): Promise<void> {
    await yieldToTasks();
    await this.#below(STREAM_CREDIT);
  }

  /** Everything has been taken. */
  drained(): Promise<void> {
    return this.#below(0);
  }

  async #below(limit: number): Promise<void> {
    while (this.#underWay > limit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
  }
}

interface KernelGlobal {
  lightconeProgram: (program: Program) => void;
  /** The command line's way in. */
  lightconeControl: (platform: Platform) => KernelControl;
  postMessage: (packet: SpawnPacket, transfer: MessagePort[]) => void;
  onmessage: ((event: { data: { port: MessagePort } | SpawnReply }) => void) | null;
}

/** A worker of the pool, started and ended by the frame and talked to over a channel of its own. */
class FrameWorker implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  readonly #port: MessagePort;
  readonly #end: () => void;

  constructor(port: MessagePort, end: () => void) {
    this.#port = port;
    this.#end = end;
    port.onmessage = (event) => this.onmessage?.(event);
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    this.#port.postMessage(message, transfer);
  }

  terminate(): void {
    this.#port.close();
    this.#end();
  }
}

/** Makes this global scope a kernel's thread. */
export function startKernelScope(): void {
  const scope = globalThis as unknown as KernelGlobal;
  let program: Program = {};
  scope.lightconeProgram = (linked) => {
    program = linked;
  };
  const controlOf = (platform: Platform): KernelControl => new Control(platform, () => program);
  scope.lightconeControl = controlOf;
  const workers = new Map<number, FrameWorker>();
  let workerCount = 0;

  function createWorker(): WorkerPort {
    const id = ++workerCount;
    const { port1, port2 } = new MessageChannel();
    const worker = new FrameWorker(port1, () => {
      workers.delete(id);
      scope.postMessage({ type: 'end', id }, []);
    });
    workers.set(id, worker);
    scope.postMessage({ type: 'spawn', id, port: port2 }, [port2]);
    return worker;
  }

  scope.onmessage = ({ data }) => {
    if ('type' in data) {
      workers.get(data.id)?.onerror?.({ message: data.message });
      return;
    }
    heldPorts.push(data.port);
    Comlink.expose(controlOf({ createWorker }), data.port);
  };
}
