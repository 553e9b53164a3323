// The sandboxed frame (DESIGN section 6): everything that a learner's program can touch lives in an
// iframe of opaque origin whose policy allows no connection, no eval and no form. The page hands in
// the scripts' texts and a port; the frame starts the kernel's worker and steps aside.

/** What the page posts into the frame. Each kernel's thread has an id of the page's. */
export type FramePacket =
  | {
      type: 'start';
      id: number;
      /** Text of the kernel's worker, ending with the linked program where processes run inline. */
      kernel: string;
      /** Text of a worker for processes, ending with the linked program. */
      node: string;
      /** Text of the worker that hashes. */
      tracer: string;
      /** The Python files as JSON; null without Python nodes. */
      python: string | null;
      /** For the kernel: see control.ts. Transferred. */
      port: MessagePort;
    }
  /**
   * What interpreters are made from, once, before the first `start` with Python: the text of their
   * worker, and the rest, which is transferred.
   */
  | {
      type: 'python';
      script: string;
      module: ArrayBuffer;
      stdlib: ArrayBuffer;
      snapshot: ArrayBuffer;
    }
  /** So many interpreters are to wait for the next run; there are fewer until then, never more. */
  | { type: 'warm'; count: number }
  /** An interpreter that answers what Python's compiler says, in place of the last one; null for none. */
  | { type: 'check'; port: MessagePort | null }
  | { type: 'stop'; id: number };

/** What the frame posts back. */
export type FrameReply = { type: 'ready' } | { type: 'broken'; id: number; message: string };

const POLICY = [
  "default-src 'none'",
  // WebAssembly is compiled for Python nodes; text is not.
  "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'none'",
  "form-action 'none'",
].join('; ');

/** What a thread beside the kernel's is for: processes live in it, or it hashes the trace. */
export type SpawnRole = 'processes' | 'python' | 'tracer';

/** From a kernel's worker to the frame, which starts and ends the threads beside it. */
export type SpawnPacket =
  | {
      type: 'spawn';
      id: number;
      role: SpawnRole;
      /** The new thread's end of its channel. Transferred. */
      port: MessagePort;
    }
  | { type: 'end'; id: number };

/** The first message to the kernel's thread. */
export interface KernelOpening {
  port: MessagePort;
}

export interface SpawnReply {
  type: 'broken';
  id: number;
  message: string;
}

/**
 * Runs inside the frame: its text is all of the frame's script, so it may use nothing around it.
 * It starts the threads beside the kernel's too: in Firefox, workers inside a worker stop answering.
 */
function bootstrap(): void {
  interface Thread {
    worker: Worker;
    /** Those beside the kernel's. */
    others: Map<number, Worker>;
    urls: string[];
  }
  const threads = new Map<number, Thread>();
  let pythonUrl = '';
  let pythonAssets: Promise<object> = Promise.reject(new Error('Python was not loaded'));
  pythonAssets.catch(() => undefined);
  /** Interpreters that have no process yet. */
  let spares: Worker[] = [];
  /** It compiles what is being typed and runs nothing: never one of the others. */
  let checker: Worker | null = null;
  const tell = (reply: FrameReply): void => parent.postMessage(reply, '*');
  const blobUrl = (text: string): string =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

  function loadPython(packet: FramePacket & { type: 'python' }): void {
    const { script, module, stdlib, snapshot } = packet;
    pythonUrl = blobUrl(script);
    // Compiled once: all workers of the frame share the module.
    pythonAssets = WebAssembly.compile(module).then((compiled) => ({
      module: compiled,
      stdlib: new Uint8Array(stdlib),
      snapshot: new Uint8Array(snapshot),
    }));
    pythonAssets.catch(() => undefined);
  }

  /** A worker whose interpreter is up or on its way. Its first process is its last. */
  function newPython(assets: object): Worker {
    const worker = new Worker(pythonUrl);
    worker.onerror = (event) => {
      event.preventDefault();
      spares = spares.filter((it) => it !== worker);
    };
    worker.postMessage({ assets });
    return worker;
  }

  function warm(count: number): void {
    for (const worker of spares.splice(count)) worker.terminate();
    pythonAssets.then(
      (assets) => {
        while (spares.length < count) spares.push(newPython(assets));
      },
      () => undefined,
    );
  }

  async function check({ port }: FramePacket & { type: 'check' }): Promise<void> {
    checker?.terminate();
    checker = null;
    if (!port) return;
    // What fails is not answered, and the page asks no more.
    checker = newPython(await pythonAssets);
    checker.postMessage({ check: port }, [port]);
  }

  function start(packet: FramePacket & { type: 'start' }): void {
    const { id, python, port } = packet;
    const texts = [packet.kernel, packet.node, packet.tracer];
    const urls = texts.map(blobUrl) as [string, string, string];
    const [kernelUrl, nodeUrl, tracerUrl] = urls;
    const files: unknown = JSON.parse(python ?? '{}');
    const worker = new Worker(kernelUrl);
    const others = new Map<number, Worker>();
    threads.set(id, { worker, others, urls });
    worker.onerror = (event) => {
      event.preventDefault();
      tell({ type: 'broken', id, message: event.message });
    };
    worker.onmessage = ({ data }: MessageEvent<SpawnPacket>) => {
      if (data.type === 'end') {
        others.get(data.id)?.terminate();
        others.delete(data.id);
        return;
      }
      const fail = (message: string): void => {
        const broken: SpawnReply = { type: 'broken', id: data.id, message };
        worker.postMessage(broken);
      };
      const keep = (beside: Worker): Worker => {
        others.set(data.id, beside);
        beside.onerror = (event) => {
          event.preventDefault();
          fail(event.message);
        };
        return beside;
      };
      const { role, port } = data;
      if (role !== 'python') {
        const beside = keep(new Worker(role === 'tracer' ? tracerUrl : nodeUrl));
        return beside.postMessage({ port }, [port]);
      }
      pythonAssets.then(
        (assets) => {
          // The run may be over by now.
          if (!threads.has(id)) return;
          keep(spares.shift() ?? newPython(assets)).postMessage({ port, files }, [port]);
        },
        (error: unknown) => fail(String(error)),
      );
    };
    worker.postMessage({ port }, [port]);
  }

  function stop(id: number): void {
    const thread = threads.get(id);
    threads.delete(id);
    thread?.worker.terminate();
    for (const other of thread?.others.values() ?? []) other.terminate();
    for (const url of thread?.urls ?? []) URL.revokeObjectURL(url);
  }

  addEventListener('message', ({ data, source }: MessageEvent<FramePacket>) => {
    if (source !== parent) return;
    if (data.type === 'start') start(data);
    else if (data.type === 'python') loadPython(data);
    else if (data.type === 'warm') warm(data.count);
    else if (data.type === 'check') check(data).catch(() => undefined);
    else stop(data.id);
  });
  tell({ type: 'ready' });
}

/** The frame's whole document. */
export function frameDocument(): string {
  return (
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<script>(${bootstrap.toString()})()</script>`
  );
}
