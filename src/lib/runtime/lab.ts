// The page's side of the sandbox: owns the frame, starts kernel's threads in it and ends them.
// Comlink never rejects a call whose worker died, so every way a run can end is raced here.

import * as Comlink from 'comlink';
import type { KernelControl, Placement, RunReport, RunRequest } from './control.ts';
import { frameDocument, type FramePacket, type FrameReply } from './frame.ts';
import type { ModelName } from '#lib/protocol/model-names.ts';
import type { Finding } from '#lib/protocol/errors.ts';
import type { Prepared } from './prepare.ts';
import type { Exploration } from './schedules.ts';
import { SyntaxChecker } from './syntax-checker.ts';
import type { Written } from './written.ts';

/** Real time without a sign of life after which the kernel's thread counts as hung. */
const HANG_MS = 15_000;
/** The same where interpreters start first; the kernel itself watches what they compute. */
const PYTHON_HANG_MS = 50_000;

/** The platform failed: a thread broke or hung, or was closed. The page offers Retry. */
export class LabFailure extends Error {
  override name = 'LabFailure';
}

/** The simulation's scripts, as text, and their identity. */
export interface LabScripts {
  kernel: string;
  node: string;
  tracer: string;
  /** Of those models at least that were asked for. */
  models: Partial<Record<ModelName, string>>;
  build: string;
}

/** What Python nodes need besides: the text of their worker, and what interpreters are made from. */
export interface LabPython {
  script: string;
  module: ArrayBuffer;
  stdlib: ArrayBuffer;
  snapshot: ArrayBuffer;
}

export interface LabRunOptions {
  seed: number;
  untilUs?: number;
  eventLimit?: number;
  /** See RunRequest. */
  trace?: RunRequest['trace'];
  /**
   * Receives the trace, whole lines at a time. While what it returns is pending the kernel has no
   * credit for that text, and waits when it has run a few megabytes ahead.
   */
  ontext?: (text: string) => void | Promise<void>;
}

const noPython = (): Promise<never> => Promise.reject(new Error('Python is not at hand'));

export class Lab {
  readonly #frame: HTMLIFrameElement;
  readonly #ready: Promise<void>;
  readonly #scripts: (models: readonly ModelName[]) => Promise<LabScripts>;
  readonly #loadPython: () => Promise<LabPython>;
  /** The frame has what Python nodes need. */
  #python: Promise<void> | null = null;
  readonly #threads = new Map<number, LabThread>();
  readonly #onmessage: (event: MessageEvent) => void;
  #nextId = 1;
  readonly #checker = new SyntaxChecker((port) =>
    this.#post({ type: 'check', port }, port ? [port] : []),
  );

  /**
   * @param scripts loads the scripts' texts, with these models; called when a thread starts
   * @param python loads what Python nodes need; called when the first of them starts
   */
  constructor(
    scripts: (models: readonly ModelName[]) => Promise<LabScripts>,
    python: () => Promise<LabPython> = noPython,
  ) {
    this.#scripts = scripts;
    this.#loadPython = python;
    this.#frame = document.createElement('iframe');
    this.#frame.setAttribute('sandbox', 'allow-scripts');
    this.#frame.setAttribute('aria-hidden', 'true');
    this.#frame.tabIndex = -1;
    this.#frame.title = 'simulation';
    this.#frame.style.display = 'none';
    this.#frame.srcdoc = frameDocument();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ready = promise;
    this.#onmessage = (event) => {
      if (event.source !== this.#frame.contentWindow) return;
      const reply = event.data as FrameReply;
      if (reply.type === 'ready') resolve();
      else this.#threads.get(reply.id)?.fail(`a thread broke: ${reply.message}`);
    };
    addEventListener('message', this.#onmessage);
    document.body.append(this.#frame);
  }

  /**
   * Loads everything that a program needs, so that its first run starts at once.
   *
   * @throws (rejects) when something could not be fetched
   */
  async load({ python, models }: Prepared): Promise<void> {
    const scripts = this.#scripts(models).catch((error: unknown) => {
      throw new LabFailure(`the simulation did not load: ${String(error)}`);
    });
    await Promise.all([scripts, python === null ? null : this.#ensurePython()]);
  }

  /**
   * Starts the interpreters of the next run, so that it finds them up. Fewer than before ends some.
   * Needs `load` of a program with Python nodes first.
   *
   * @param count as many as the program needs, 0 for none
   */
  warm(count: number): void {
    this.#post({ type: 'warm', count });
  }

  /**
   * What CPython's compiler says of a file. Needs `load` of a program with Python nodes first.
   *
   * @returns nothing where the compiler did not live to tell
   */
  check(file: string, source: string): Promise<readonly Finding[]> {
    return this.#checker.check(file, source);
  }

  /**
   * Starts a thread for one program. Close it when its runs are done.
   *
   * @param placement shared when somebody watches; inline for many runs in a row
   */
  start(prepared: Prepared, placement: Placement): LabThread {
    const id = this.#nextId++;
    const control = new MessageChannel();
    const thread = new LabThread(prepared, placement, control.port1, () => {
      this.#threads.delete(id);
      this.#post({ type: 'stop', id });
    });
    this.#threads.set(id, thread);
    void this.#launch(id, thread, control.port2);
    return thread;
  }

  /** Removes the frame and everything in it. */
  close(): void {
    for (const thread of [...this.#threads.values()]) thread.close();
    this.#checker.close();
    removeEventListener('message', this.#onmessage);
    this.#frame.remove();
  }

  async #launch(id: number, thread: LabThread, port: MessagePort): Promise<void> {
    try {
      const { models, program, python } = thread.prepared;
      const [scripts] = await Promise.all([
        this.#scripts(models),
        python === null ? null : this.#ensurePython(),
        this.#ready,
      ]);
      if (!this.#threads.has(id)) return;
      const code = [...models.map((name) => scripts.models[name]), `lightconeProgram(${program});`];
      const kernel = thread.placement === 'worker' ? [] : code;
      this.#post(
        {
          type: 'start',
          id,
          kernel: [scripts.kernel, ...kernel].join('\n'),
          node: [scripts.node, ...code].join('\n'),
          tracer: scripts.tracer,
          python,
          port,
        },
        [port],
      );
      thread.launched(scripts.build);
    } catch (error) {
      thread.fail(`the simulation did not load: ${String(error)}`);
    }
  }

  #ensurePython(): Promise<void> {
    this.#python ??= (async () => {
      const [python] = await Promise.all([this.#loadPython(), this.#ready]);
      const { module, stdlib, snapshot } = python;
      this.#post({ type: 'python', ...python }, [module, stdlib, snapshot]);
    })();
    // What did not load is tried again by the next run.
    this.#python.catch(() => (this.#python = null));
    return this.#python;
  }

  #post(packet: FramePacket, transfer: Transferable[] = []): void {
    // The frame's origin is opaque: no other target can be named.
    this.#frame.contentWindow?.postMessage(packet, '*', transfer);
  }
}

/** A kernel's thread with one program in it. Runs follow one another. */
export class LabThread {
  readonly prepared: Prepared;
  readonly placement: Placement;
  readonly #port: MessagePort;
  readonly #remote: Comlink.Remote<KernelControl>;
  readonly #onclose: () => void;
  readonly #build = Promise.withResolvers<string>();
  readonly #failure = Promise.withResolvers<never>();
  #isClosed = false;

  constructor(prepared: Prepared, placement: Placement, port: MessagePort, onclose: () => void) {
    this.prepared = prepared;
    this.placement = placement;
    this.#port = port;
    this.#remote = Comlink.wrap<KernelControl>(port);
    this.#onclose = onclose;
    this.#failure.promise.catch(() => undefined);
  }

  /**
   * Runs the program once.
   *
   * @throws (rejects with) LabFailure when the thread broke, hung or was closed
   */
  async run({ seed, untilUs, eventLimit, trace, ontext }: LabRunOptions): Promise<RunReport> {
    const build = await Promise.race([this.#build.promise, this.#failure.promise]);
    const { cluster, faults, pythonApps } = this.prepared;
    const request: RunRequest = {
      spec: {
        build,
        cluster,
        faults,
        seed,
        ...(untilUs === undefined ? {} : { untilUs }),
        ...(eventLimit === undefined ? {} : { eventLimit }),
      },
      placement: this.placement,
      pythonApps,
      ...(trace === undefined ? {} : { trace }),
    };
    const stream = new MessageChannel();
    let watchdog = this.#watch(undefined);
    let heldCount = 0;
    const take = async (text: string): Promise<void> => {
      // Whoever waits for us is not hung.
      clearTimeout(watchdog);
      heldCount++;
      try {
        await ontext?.(text);
      } catch (error) {
        return this.fail(`the trace could not be taken: ${String(error)}`);
      }
      heldCount--;
      if (isOver) return;
      if (heldCount === 0) watchdog = this.#watch(watchdog);
      stream.port1.postMessage(text.length);
    };
    let isOver = false;
    stream.port1.onmessage = ({ data }: MessageEvent<string>) => void take(data);
    const port = Comlink.transfer(stream.port2, [stream.port2]);
    try {
      const report = this.#remote.run(request, port);
      return await Promise.race([report, this.#failure.promise]);
    } finally {
      isOver = true;
      clearTimeout(watchdog);
      stream.port1.close();
    }
  }

  /**
   * Tries all schedules of the program (see KernelControl). `close` ends it.
   *
   * @throws (rejects with) LabFailure when the thread broke, hung or was closed
   */
  async explore(onprogress: (count: number) => void): Promise<Exploration> {
    const build = await Promise.race([this.#build.promise, this.#failure.promise]);
    const { cluster, faults } = this.prepared;
    let watchdog = this.#watch(undefined);
    const tell = Comlink.proxy((count: number) => {
      watchdog = this.#watch(watchdog);
      onprogress(count);
    });
    const spec = { build, cluster, faults, seed: cluster.seed };
    try {
      return await Promise.race([this.#remote.explore({ spec }, tell), this.#failure.promise]);
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Ends the run under way at its frontier; its promise still resolves. */
  stop(): void {
    void this.#remote.stop();
  }

  /**
   * What programs wrote to files in the last run.
   *
   * @throws (rejects with) LabFailure when the thread broke or was closed
   */
  written(): Promise<Written> {
    return Promise.race([this.#remote.written(), this.#failure.promise]);
  }

  /** Ends the thread at once; a run under way rejects. */
  close(): void {
    this.fail('closed');
  }

  // For the lab.

  launched(build: string): void {
    this.#build.resolve(build);
  }

  fail(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#failure.reject(new LabFailure(reason));
    this.#port.close();
    this.#onclose();
  }

  #watch(previous: ReturnType<typeof setTimeout> | undefined): ReturnType<typeof setTimeout> {
    clearTimeout(previous);
    const hangMs = this.prepared.python === null ? HANG_MS : PYTHON_HANG_MS;
    return setTimeout(() => this.fail(`no sign of life for ${hangMs / 1000} s`), hangMs);
  }
}
