// The kernel's thread: a worker inside the sandboxed frame, or the child process of the command
// line. The linked program is part of this script's own text (no eval is needed or allowed): it
// registers itself through `lightconeProgram`.

import * as Comlink from 'comlink';
import { boot, type Program } from './boot.ts';
import type { KernelControl, RunReport, RunRequest, StreamPort } from './control.ts';
import { InlineHost } from './inline-host.ts';
import { run, type Host } from './run.ts';
import { tameScope } from './scope.ts';
import { WorkerHost, type WorkerPort } from './worker-host.ts';

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
    if (request.placement === 'worker') return new WorkerHost(this.#platform.createWorker);
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
  onmessage: ((event: { data: { port: MessagePort; nodeUrl: string } }) => void) | null;
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
  scope.onmessage = ({ data }) => {
    scope.onmessage = null;
    heldPorts.push(data.port);
    const { Worker: BrowserWorker } = globalThis;
    const createWorker = (): WorkerPort => new BrowserWorker(data.nodeUrl) as unknown as WorkerPort;
    Comlink.expose(controlOf({ createWorker }), data.port);
  };
}
