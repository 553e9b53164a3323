// The kernel's thread: a worker inside the sandboxed frame, or the child process of the command
// line. The linked program is part of this script's own text (no eval is needed or allowed): it
// registers itself through `lightconeProgram`.

import * as Comlink from 'comlink';
import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import { boot, type Program } from './boot.ts';
import { isPython, needsPython } from './commands.ts';
import { explore } from './explore.ts';
import type { KernelControl, RunReport, RunRequest, StreamPort } from './control.ts';
import type { KernelOpening, SpawnPacket, SpawnReply, SpawnRole } from './frame.ts';
import { InlineHost } from './inline-host.ts';
import { MixedHost, shareOf } from './mixed-host.ts';
import type { WorkerPort } from './pool-thread.ts';
import type { Exploration } from './schedules.ts';
import { run, type Host } from './run.ts';
import { tameScope } from './scope.ts';
import { ThreadPool } from './thread-pool.ts';
import { DirectTrace, NoTrace, ThreadedTrace, type TraceOutput } from './trace-output.ts';
import { WorkerHost } from './worker-host.ts';
import { WrittenBytes, type Written } from './written.ts';

/** Captured: inline, a program tames this scope. */
const { MessageChannel } = globalThis;
const CORES = navigator.hardwareConcurrency;
const realNowMs = performance.now.bind(performance);
/** How often a search tells how far it is, in real milliseconds. */
const PROGRESS_MS = 100;

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

/** What this thread gets from whoever created it. */
interface Platform {
  /** A thread for processes. */
  createWorker: () => WorkerPort;
  /** A thread for one Python process. */
  createPython?: () => WorkerPort;
  /** A thread that hashes traces; without one the kernel's thread does that too. */
  createTracer?: () => WorkerPort;
}

class Control implements KernelControl {
  readonly #platform: Platform;
  readonly #program: () => Program;
  readonly #pool: ThreadPool;
  #tracer: WorkerPort | undefined;
  #isStopped = false;
  #written = new WrittenBytes();

  constructor(platform: Platform, program: () => Program) {
    this.#platform = platform;
    this.#program = program;
    this.#pool = new ThreadPool(platform.createWorker, CORES, platform.createPython);
  }

  async run(request: RunRequest, stream: StreamPort): Promise<RunReport> {
    this.#isStopped = false;
    const output = this.#output(request, stream);
    const written = (this.#written = new WrittenBytes());
    const { end, reports } = await run({
      spec: request.spec,
      host: this.#host(request),
      sink: output,
      ...(request.trace === 'none'
        ? {}
        : { onwrite: (id: number, bytes: Uint8Array) => written.keep(id, bytes) }),
      onyield: async () => {
        await yieldToTasks();
        await output.ready();
        return !this.#isStopped;
      },
    });
    await output.drained();
    return { end, reports };
  }

  async explore(
    { spec }: Pick<RunRequest, 'spec'>,
    onprogress: (count: number) => void = () => undefined,
  ): Promise<Exploration> {
    tameScope();
    const program = this.#program();
    let yieldAtMs = realNowMs() + PROGRESS_MS;
    return explore({
      spec,
      createHost: () => new InlineHost((own) => boot(own, program)),
      onprogress: (count) => {
        if (realNowMs() < yieldAtMs) return;
        yieldAtMs = realNowMs() + PROGRESS_MS;
        onprogress(count);
        return yieldToTasks();
      },
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  written(): Promise<Written> {
    const all = this.#written.all();
    return Promise.resolve(Comlink.transfer(all, [all.bytes.buffer as ArrayBuffer]));
  }

  #host(request: RunRequest): Host {
    const { pythonApps } = request;
    const isPythonProcess = (argv: readonly string[]): boolean => isPython(argv, pythonApps);
    if (request.placement === 'worker') return new WorkerHost(this.#pool, isPythonProcess);
    tameScope();
    const program = this.#program();
    const inline = new InlineHost((spec) => boot(spec, program));
    const isOwn = ({ spec }: ProcessHandle): boolean => !isPythonProcess(spec.argv);
    if (request.placement === 'shared') {
      const isShare = shareOf(CORES);
      const workers = new WorkerHost(this.#pool, isPythonProcess, CORES - 1);
      return new MixedHost(inline, workers, (process) => isOwn(process) && isShare(process));
    }
    const hasPython = request.spec.cluster.nodes.some(({ argv }) => needsPython(argv, pythonApps));
    return hasPython
      ? new MixedHost(inline, new WorkerHost(this.#pool, isPythonProcess), isOwn)
      : inline;
  }

  #output(request: RunRequest, stream: StreamPort): TraceOutput {
    if (request.trace === 'none') return new NoTrace();
    this.#tracer ??= this.#platform.createTracer?.();
    return this.#tracer ? new ThreadedTrace(this.#tracer, stream) : new DirectTrace(stream);
  }
}

interface KernelGlobal {
  lightconeProgram: (program: Program) => void;
  /** The command line's way in. */
  lightconeControl: (platform: Platform) => KernelControl;
  postMessage: (packet: SpawnPacket, transfer: MessagePort[]) => void;
  onmessage: ((event: { data: KernelOpening | SpawnReply }) => void) | null;
}

/** A worker beside this one, started and ended by the frame and talked to over a channel of its own. */
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

  postMessage(message: unknown, transfer: Transferable[]): void {
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
  // Bound before the first run: inline, a program tames this scope.
  let tellFrame: KernelGlobal['postMessage'] = () => undefined;

  function spawn(role: SpawnRole): WorkerPort {
    const id = ++workerCount;
    const { port1, port2 } = new MessageChannel();
    const worker = new FrameWorker(port1, () => {
      workers.delete(id);
      tellFrame({ type: 'end', id }, []);
    });
    workers.set(id, worker);
    tellFrame({ type: 'spawn', id, role, port: port2 }, [port2]);
    return worker;
  }

  scope.onmessage = ({ data }) => {
    if ('type' in data) {
      workers.get(data.id)?.onerror?.({ message: data.message });
      return;
    }
    heldPorts.push(data.port);
    tellFrame = scope.postMessage.bind(scope);
    const platform: Platform = {
      createWorker: () => spawn('processes'),
      createPython: () => spawn('python'),
      createTracer: () => spawn('tracer'),
    };
    Comlink.expose(controlOf(platform), data.port);
  };
}
