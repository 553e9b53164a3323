// The simulation's scripts as the lab wants them: fetched from beside the page, as text, because the
// sandboxed frame may load nothing itself.

import kernelUrl from '#workers/kernel.worker.ts?script-url';
import nodeUrl from '#workers/node.worker.ts?script-url';
import { build } from 'virtual:lightcone/build';
import { pythonUrls } from 'virtual:lightcone/python';
import type { LabPython, LabScripts } from '#lib/runtime/lab.ts';

export { build };

let loaded: Promise<LabScripts> | undefined;

/** Loads the scripts, once; after a failure the next call tries again. */
export function loadScripts(): Promise<LabScripts> {
  loaded ??= (async () => {
    const [kernel, node] = await Promise.all([textOf(kernelUrl), textOf(nodeUrl)]);
    return { kernel, node, build };
  })();
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

/**
 * Loads what Python nodes need: some 10 MB on the wire, kept by the browser's cache.
 *
 * @param onprogress told how many bytes have come, and how many there are: 0 while that is not known
 */
export async function loadPython(
  onprogress: (loadedBytes: number, totalBytes: number) => void,
): Promise<LabPython> {
  const { script, ...urls } = pythonUrls;
  const responses = await Promise.all(
    [urls.module, urls.stdlib, urls.snapshot].map(async (url) => checked(await fetch(url), url)),
  );
  const sizes = responses.map(({ headers }) => Number(headers.get('content-length')));
  const totalBytes = sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  let loadedBytes = 0;
  const count = (bytes: number): void => onprogress((loadedBytes += bytes), totalBytes);
  const [text, ...bytes] = await Promise.all([
    textOf(script),
    ...responses.map((response) => unpacked(response, count)),
  ]);
  return { script: text, module: bytes[0]!, stdlib: bytes[1]!, snapshot: bytes[2]! };
}

/** The files lie gzipped beside the page, because servers do not compress what they do not know. */
function unpacked(response: Response, count: (bytes: number) => void): Promise<ArrayBuffer> {
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      count(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const plain = response.body!.pipeThrough(counter).pipeThrough(new DecompressionStream('gzip'));
  return new Response(plain).arrayBuffer();
}

function checked(response: Response, url: string): Response {
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response;
}

async function textOf(url: string): Promise<string> {
  return checked(await fetch(url), url).text();
}
