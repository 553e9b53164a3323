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
      /** Text of a process's worker, ending with the linked program. */
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

/** Runs inside the frame: its text is all of the frame's script, so it may use nothing around it. */
function bootstrap(): void {
  const threads = new Map<number, { worker: Worker; urls: string[] }>();
  const tell = (reply: FrameReply): void => parent.postMessage(reply, '*');
  const blobUrl = (text: string): string =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  addEventListener('message', ({ data, source }: MessageEvent<FramePacket>) => {
    if (source !== parent) return;
    const { id } = data;
    if (data.type === 'start') {
      const urls = [blobUrl(data.kernel), blobUrl(data.node)] as const;
      const worker = new Worker(urls[0]);
      worker.onerror = (event) => {
        event.preventDefault();
        tell({ type: 'broken', id, message: event.message });
      };
      worker.postMessage({ port: data.port, nodeUrl: urls[1] }, [data.port]);
      threads.set(id, { worker, urls: [...urls] });
      return;
    }
    const thread = threads.get(id);
    threads.delete(id);
    thread?.worker.terminate();
    for (const url of thread?.urls ?? []) URL.revokeObjectURL(url);
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
