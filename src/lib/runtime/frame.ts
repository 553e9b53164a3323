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
      /** For the kernel: see control.ts. Transferred. */
      port: MessagePort;
    }
  | { type: 'stop'; id: number };

/** What the frame posts back. */
export type FrameReply = { type: 'ready' } | { type: 'broken'; id: number; message: string };

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "connect-src 'none'",
  "form-action 'none'",
].join('; ');

/** What a thread beside the kernel's is for: processes live in it, or it hashes the trace. */
export type SpawnRole = 'processes' | 'tracer';

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

/** The first message to a thread. The tracer runs the kernel's script. */
export interface KernelOpening {
  role: 'kernel' | 'tracer';
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
  const tell = (reply: FrameReply): void => parent.postMessage(reply, '*');
  const blobUrl = (text: string): string =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

  function start({ id, kernel, node, port }: FramePacket & { type: 'start' }): void {
    const [kernelUrl, nodeUrl] = [blobUrl(kernel), blobUrl(node)];
    const worker = new Worker(kernelUrl);
    const others = new Map<number, Worker>();
    threads.set(id, { worker, others, urls: [kernelUrl, nodeUrl] });
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
      const beside = new Worker(data.role === 'tracer' ? kernelUrl : nodeUrl);
      others.set(data.id, beside);
      beside.onerror = (event) => {
        event.preventDefault();
        const broken: SpawnReply = { type: 'broken', id: data.id, message: event.message };
        worker.postMessage(broken);
      };
      beside.postMessage({ role: data.role, port: data.port }, [data.port]);
    };
    worker.postMessage({ role: 'kernel', port }, [port]);
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
